package housing

import (
	"context"
	"errors"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// HoldBed keeps beds for somebody. The same form sent twice keeps them once.
func (s *Service) HoldBed(ctx context.Context, dossier dossiers.ID, id HoldID, wish Wish) error {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return err
	}
	today := s.today()
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		if owner, err := ownerOfHold(ctx, tx, id); !errors.Is(err, fault.NotFound()) {
			return sameDossier(err, owner, dossier)
		}
		if err := wish.Check(today); err != nil {
			return err
		}
		vacancy, err := lockVacancy(ctx, tx, wish.PlaceID, today)
		if err != nil {
			return noSuchPlace(err)
		}
		if err := vacancy.Admits(wish.Beds, *wish.FromOn, today); err != nil {
			return err
		}
		if err := deletePastHolds(ctx, tx, wish.PlaceID, today); err != nil {
			return err
		}
		if isNew, err := insertHold(ctx, tx, holdRow{
			TenantID: by.Tenant, HoldID: id, DossierID: dossier, PlaceID: wish.PlaceID, Beds: wish.Beds, FromOn: *wish.FromOn, UntilOn: *wish.UntilOn, HeldBy: by.Person,
		}); err != nil || !isNew {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.BedHeld, Dossier: dossiers.TimelineID(dossier), Detail: string(vacancy.Kind)})
	})
}

// ReleaseBed lets go of beds that were kept, and says for whom they were.
func (s *Service) ReleaseBed(ctx context.Context, id HoldID) (dossier dossiers.ID, err error) {
	by, err := access.Require(ctx, access.HousingWrite)
	if err != nil {
		return dossiers.ID{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if dossier, err = ownerOfHold(ctx, tx, id); err != nil {
			return err
		}
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		if err := deleteHold(ctx, tx, id); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.BedReleased, Dossier: dossiers.TimelineID(dossier)})
	})
	return dossier, err
}

// sameDossier keeps an identifier that is taken by another dossier's thing from being taken for this one's.
func sameDossier(err error, owner, dossier dossiers.ID) error {
	if err == nil && owner != dossier {
		return fault.NotFound()
	}
	return err
}

// noSuchPlace is a place of a form that is none: of the dossier something is there.
func noSuchPlace(err error) error {
	if errors.Is(err, fault.NotFound()) {
		return fault.Invalid("place", "housing.place.missing")
	}
	return err
}
