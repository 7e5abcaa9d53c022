package restrictions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with them.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Find shows who sees a dossier.
func (s *Service) Find(ctx context.Context, id dossiers.ID) (found Restriction, err error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Restriction{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if found, err = find(ctx, tx, id, false); err != nil {
			return err
		}
		if found.Staff, err = members.List(ctx, tx); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(id)})
	})
	return found, err
}

// Restrict limits a dossier to those who are named, or changes who they are; whoever is responsible is always one of them. version is
// what was seen: 0 is that all of the staff saw it.
func (s *Service) Restrict(ctx context.Context, id dossiers.ID, version int, named []tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.RestrictionWrite)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, version, func(ctx context.Context, tx tenantdb.Tx, r Restriction) error {
		if !slices.Contains(named, r.ResponsibleID) {
			named = append(named, r.ResponsibleID)
		}
		if err := r.check(named); err != nil {
			return err
		}
		event := timeline.RestrictionChanged
		if r.Restricted() {
			if err := countChange(ctx, tx, id); err != nil {
				return err
			}
		} else {
			event = timeline.DossierRestricted
			if err := insertRestriction(ctx, tx, by, id, s.now()); err != nil {
				return err
			}
		}
		if err := name(ctx, tx, by.Tenant, id, r.Named, named); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: event, Dossier: dossiers.TimelineID(id)})
	}, func(r Restriction) bool { return r.Restricted() && same(r.Named, append(named, r.ResponsibleID)) })
}

// Lift has all of the staff see a dossier again.
func (s *Service) Lift(ctx context.Context, id dossiers.ID, version int) error {
	by, err := access.Require(ctx, access.RestrictionWrite)
	if err != nil {
		return err
	}
	return s.change(ctx, by, id, version, func(ctx context.Context, tx tenantdb.Tx, _ Restriction) error {
		if err := deleteRestriction(ctx, tx, id); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.RestrictionLifted, Dossier: dossiers.TimelineID(id)})
	}, func(r Restriction) bool { return !r.Restricted() })
}

// change does something about who sees a dossier, once, for whoever may and has seen how it stands.
func (s *Service) change(ctx context.Context, by access.Principal, id dossiers.ID, version int, do func(context.Context, tenantdb.Tx, Restriction) error, done func(Restriction) bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		r, err := find(ctx, tx, id, true)
		if err != nil {
			return err
		}
		if r.Staff, err = members.List(ctx, tx); err != nil {
			return err
		}
		switch {
		case !r.MayChange(by):
			return fault.Refused("restrictions.refused")
		case done(r):
			return nil // the form was sent twice, or somebody else decided the same
		case r.Version != version:
			return fault.Conflict("restrictions.conflict")
		}
		return do(ctx, tx, r)
	})
}

// Open lets somebody who is not named into a restricted dossier, for three hours. Whoever is responsible and those who coordinate see it at
// once. A restricted dossier that somebody sees anyway is just found.
func (s *Service) Open(ctx context.Context, order Order) (dossiers.ID, error) {
	by, err := access.Require(ctx, access.EmergencyOpen)
	if err != nil {
		return dossiers.ID{}, err
	}
	if err := order.check(); err != nil {
		return dossiers.ID{}, err
	}
	mention, barred, err := dossiers.Behind(ctx, s.db, order.CodeName)
	switch {
	case errors.Is(err, fault.NotFound()):
		return dossiers.ID{}, fault.Invalid("code_name", "restrictions.code_name.unknown")
	case err != nil || !barred:
		return mention.DossierID, err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(mention.DossierID))
	if err != nil {
		return dossiers.ID{}, fmt.Errorf("open a dossier in an emergency: %w", err)
	}
	row := emergencyRow{TenantID: by.Tenant, EmergencyID: order.ID, DossierID: mention.DossierID, MemberID: by.Person, CodeName: mention.CodeName, Reason: order.Reason, Words: keys.Of(strings.TrimSpace(order.Words))}
	if err := box.Seal(&row); err != nil {
		return dossiers.ID{}, fmt.Errorf("open a dossier in an emergency: %w", err)
	}
	return mention.DossierID, s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		recent, err := countRecent(ctx, tx, by.Person)
		if err != nil {
			return err
		}
		if recent >= MostADay {
			return fault.Refused("restrictions.too_often", "Most", MostADay)
		}
		fresh, err := insertEmergency(ctx, tx, row)
		if err != nil || !fresh {
			return err
		}
		if err := s.db.Readmit(ctx, tx); err != nil {
			return err
		}
		if err := timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.OpenedInEmergency, Dossier: dossiers.TimelineID(mention.DossierID), Detail: string(order.Reason)}); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Dossier: mention.DossierID.UUID(), Emergency: true})
	})
}

// List shows the emergencies that concern whoever asks, the newest first. Each dossier is told that its reason was read.
func (s *Service) List(ctx context.Context) (list []Emergency, err error) {
	by, err := access.Require(ctx, access.EmergencyList)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if list, err = listEmergencies(ctx, tx, by); err != nil {
			return err
		}
		told := map[dossiers.ID]bool{}
		for i := range list {
			id := list[i].DossierID
			box, err := s.keys.Box(ctx, dossiers.HolderOf(id))
			if errors.Is(err, keys.ErrDestroyed) {
				continue
			}
			if err != nil {
				return err
			}
			if err := box.Open(&list[i]); err != nil {
				return err
			}
			if told[id] {
				continue
			}
			told[id] = true
			if err := journal.Record(ctx, tx, journal.Entry{Action: journal.EmergencyRead, Dossier: dossiers.TimelineID(id)}); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Look says that somebody who has to has looked at an emergency.
func (s *Service) Look(ctx context.Context, id EmergencyID) error {
	by, err := access.Require(ctx, access.EmergencyLook)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		found, err := findEmergency(ctx, tx, by, id)
		if err != nil || !found.Waits(by) {
			return err
		}
		if err := updateSeen(ctx, tx, by, found, s.now()); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.EmergencyLookedAt, Dossier: dossiers.TimelineID(found.DossierID)}); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Emergency: true})
	})
}

// same says whether two lists name the same people.
func same(a, b []tenantdb.PersonID) bool {
	within := func(all []tenantdb.PersonID) func(tenantdb.PersonID) bool {
		return func(id tenantdb.PersonID) bool { return !slices.Contains(all, id) }
	}
	return !slices.ContainsFunc(a, within(b)) && !slices.ContainsFunc(b, within(a))
}
