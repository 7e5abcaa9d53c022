package housing

import (
	"context"
	"errors"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Shown is an address, once, for whoever asked with a reason.
type Shown struct {
	// Dossier is whose it is, and zero where the address was asked for of a place.
	Dossier   dossiers.Mention
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
	// Address is empty where nobody has written one down, or it was forgotten.
	Address Address
}

// AddressOf shows where somebody lives, or lived.
func (s *Service) AddressOf(ctx context.Context, id StayID, reason Reason) (Shown, error) {
	by, err := access.Require(ctx, access.AddressShow)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, err := ownerOfStay(ctx, tx, id)
		if err != nil {
			return err
		}
		mention, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		stay, err := findStayed(ctx, tx, id)
		if err != nil {
			return err
		}
		shown = Shown{Dossier: mention, PlaceID: stay.PlaceID, PlaceName: stay.PlaceName, Kind: stay.Kind}
		if !stay.PlaceID.Zero() {
			shown.Address, err = s.showPlace(ctx, tx, by, stay.PlaceID, dossier, reason)
			return err
		}
		flat, err := findFlatAddress(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := box.Open(&flat); err != nil {
			return err
		}
		shown.Address = flat.Address.Get()
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AddressShown, Dossier: dossiers.TimelineID(dossier), Reason: string(reason)})
	})
	return shown, err
}

// AddressOfPlace shows where a place is.
func (s *Service) AddressOfPlace(ctx context.Context, id PlaceID, reason Reason) (Shown, error) {
	by, err := access.Require(ctx, access.AddressShow)
	if err != nil {
		return Shown{}, err
	}
	var shown Shown
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		vacancy, err := lockVacancy(ctx, tx, id, s.today())
		if err != nil {
			return err
		}
		if err := checkReason(reason); err != nil {
			return err
		}
		shown = Shown{PlaceID: id, PlaceName: vacancy.CodeName, Kind: vacancy.Kind}
		shown.Address, err = s.showPlace(ctx, tx, by, id, dossiers.ID{}, reason)
		return err
	})
	return shown, err
}

// showPlace opens the address of a place, and leaves beside it and in the journal that somebody saw it.
func (s *Service) showPlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, id PlaceID, dossier dossiers.ID, reason Reason) (Address, error) {
	sealed, err := findPlaceAddress(ctx, tx, id)
	if err != nil {
		return Address{}, err
	}
	if err := insertShowing(ctx, tx, showingRow{TenantID: by.Tenant, ShowingID: ids.New[showing](), PlaceID: id, PersonID: by.Person, Reason: reason}); err != nil {
		return Address{}, err
	}
	entry := journal.Entry{Action: journal.AddressShown, Dossier: dossiers.TimelineID(dossier), Reason: string(reason), Lodging: id.UUID()}
	if err := journal.Record(ctx, tx, entry); err != nil {
		return Address{}, err
	}
	box, err := s.keys.Box(ctx, holderOf(id))
	if errors.Is(err, keys.ErrDestroyed) {
		return Address{}, nil
	}
	if err != nil {
		return Address{}, err
	}
	if err := box.Open(&sealed); err != nil {
		return Address{}, err
	}
	return sealed.Address.Get(), nil
}
