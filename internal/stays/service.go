package stays

import (
	"context"
	"reflect"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with stays.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Sheet is what a dossier's page of stays shows, newest first.
type Sheet struct {
	Dossier  dossiers.Mention
	Stays    []Stay
	Presence Presence
	Dates    deadlines.List
	// Renewable says that a permit for the time of proceedings stands, and that they run.
	Renewable bool
}

// Of is one stay of the sheet.
func (s Sheet) Of(id ID) (Stay, error) {
	for _, stay := range s.Stays {
		if stay.StayID == id {
			return stay, nil
		}
	}
	return Stay{}, fault.NotFound()
}

// Open gives the stays of a dossier with the dates that follow from them.
func (s *Service) Open(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	var sheet Sheet
	var rows []sealedStay
	var presence []sealedPresence
	var reported []agenda.Reported
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &sheet.Dossier), ofDossier(dossier, &rows), presenceOf(dossier, &presence),
		agenda.OfDossier(dossiers.TimelineID(dossier), &reported), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Sheet{}, err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	if sheet.Stays, err = openStays(box, rows); err != nil {
		return Sheet{}, err
	}
	if sheet.Presence, err = openPresence(box, dossier, presence); err != nil {
		return Sheet{}, err
	}
	known, err := agenda.Open(box.Open, reported)
	if err != nil {
		return Sheet{}, err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Sheet{}, err
	}
	sheet.Dates, sheet.Renewable = agenda.Only(rules.Deadlines(known), Rules...), renewable(sheet.Stays, known)
	return sheet, nil
}

// Record adds a title. Where it takes the place of another, that one ends by it, in the same act; no identifier is none. The
// same form sent twice records it once.
func (s *Service) Record(ctx context.Context, dossier dossiers.ID, id ID, terms Terms, replaces ID) error {
	by, err := access.Require(ctx, access.StayWrite)
	if err != nil {
		return err
	}
	today := forms.Today(s.now())
	if err := terms.Check(today); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		before, err := listStays(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		fresh, err := insertStay(ctx, tx, box, by, Stay{StayID: id, DossierID: dossier, Terms: terms, Version: 1}, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			if _, err := (Sheet{Stays: before}).Of(id); err != nil {
				return err // what another dossier has is not found
			}
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		if !replaces.Zero() {
			old, err := Sheet{Stays: before}.Of(replaces)
			if err != nil {
				return err
			}
			if old.Current() {
				old.replace(terms, today)
				if err := updateStay(ctx, tx, box, by, old, s.now()); err != nil {
					return err
				}
			}
		}
		return s.report(ctx, tx, box, by, dossier, timeline.StayRecorded, string(terms.Kind))
	})
}

// Change gives a title other terms than somebody saw in a version. What comes to the same as before is no change.
func (s *Service) Change(ctx context.Context, dossier dossiers.ID, id ID, version int, terms Terms) error {
	by, err := access.Require(ctx, access.StayWrite)
	if err != nil {
		return err
	}
	if err := terms.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		all, err := listStays(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		stay, err := Sheet{Stays: all}.Of(id)
		switch {
		case err != nil:
			return err
		case reflect.DeepEqual(stay.Terms, terms):
			return dossiers.Unchanged(ctx, tx, dossier)
		case stay.Version != version:
			return fault.Conflict("stays.conflict", "Name", stay.ChangedByName)
		}
		stay.Terms, stay.Version = terms, stay.Version+1
		if err := updateStay(ctx, tx, box, by, stay, s.now()); err != nil {
			return err
		}
		return s.report(ctx, tx, box, by, dossier, timeline.StayChanged, string(terms.Kind))
	})
}

// Describe says what is known of a person's presence, as somebody saw it in a version.
func (s *Service) Describe(ctx context.Context, dossier dossiers.ID, version int, known Circumstances) error {
	by, err := access.Require(ctx, access.StayWrite)
	if err != nil {
		return err
	}
	if err := known.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		presence, err := findPresence(ctx, tx, box, dossier)
		switch {
		case err != nil:
			return err
		case reflect.DeepEqual(presence.Circumstances, known):
			return dossiers.Unchanged(ctx, tx, dossier)
		case presence.Version != version:
			return fault.Conflict("stays.conflict", "Name", presence.ChangedByName)
		}
		presence.Circumstances, presence.Version = known, presence.Version+1
		if err := writePresence(ctx, tx, box, by, presence, s.now()); err != nil {
			return err
		}
		return s.report(ctx, tx, box, by, dossier, timeline.PresenceChanged, "")
	})
}

// report tells the agenda and the timeline of what was written.
func (s *Service) report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, dossier dossiers.ID, kind timeline.Kind, detail string) error {
	all, err := listStays(ctx, tx, box, dossier)
	if err != nil {
		return err
	}
	presence, err := findPresence(ctx, tx, box, dossier)
	if err != nil {
		return err
	}
	if err := dossiers.Report(ctx, tx, box, dossier, Source, Facts(all, presence.Circumstances), s.now()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(dossier), Detail: detail})
}
