package proceedings

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

// Service is what can be done with proceedings.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Sheet is what a dossier's page of proceedings shows, newest first.
type Sheet struct {
	Dossier     dossiers.Mention
	Proceedings []Proceeding
	Dates       deadlines.List
}

// Of is one of the sheet's proceedings.
func (s Sheet) Of(id ID) (Proceeding, error) {
	for _, p := range s.Proceedings {
		if p.ProceedingID == id {
			return p, nil
		}
	}
	return Proceeding{}, fault.NotFound()
}

// Open gives the proceedings of a dossier with the dates that follow from them.
func (s *Service) Open(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	var sheet Sheet
	var rows []sealed
	var reported []agenda.Reported
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &sheet.Dossier), ofDossier(dossier, &rows),
		agenda.OfDossier(dossiers.TimelineID(dossier), &reported), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Sheet{}, err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	if sheet.Proceedings, err = openAll(box, rows); err != nil {
		return Sheet{}, err
	}
	list, err := agenda.Of(ctx, s.db, box.Open, reported)
	sheet.Dates = agenda.Only(list, Rules...)
	return sheet, err
}

// Record begins to keep proceedings. The same form sent twice records them once.
func (s *Service) Record(ctx context.Context, dossier dossiers.ID, id ID, terms Terms) error {
	by, err := access.Require(ctx, access.ProceedingWrite)
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
		p := Proceeding{ProceedingID: id, DossierID: dossier, Particulars: Particulars{Terms: terms}, Version: 1}
		fresh, err := insertProceeding(ctx, tx, box, by, p, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			there, err := listProceedings(ctx, tx, box, dossier)
			if err != nil {
				return err
			}
			if _, err := (Sheet{Proceedings: there}).Of(id); err != nil {
				return err // what another dossier has is not found
			}
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		return s.report(ctx, tx, box, by, p, timeline.ProceedingRecorded)
	})
}

// Change gives proceedings other terms than somebody saw in a version.
func (s *Service) Change(ctx context.Context, dossier dossiers.ID, id ID, version int, terms Terms) error {
	by, err := access.Require(ctx, access.ProceedingWrite)
	if err != nil {
		return err
	}
	if err := terms.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, func(p *Particulars) (bool, error) {
		p.Terms = terms
		return true, nil
	})
}

// Enter writes a step, a hearing, a decision or a penalty into proceedings, or corrects one that is there. What is new
// stands in nobody's way; what is corrected was seen in a version.
func (s *Service) Enter(ctx context.Context, dossier dossiers.ID, id ID, version int, entry Entry) error {
	by, err := access.Require(ctx, access.ProceedingWrite)
	if err != nil {
		return err
	}
	if err := entry.check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, entry.write)
}

// Remove takes away an entry that was written by mistake; twice is once.
func (s *Service) Remove(ctx context.Context, dossier dossiers.ID, id ID, version int, entry EntryID) error {
	by, err := access.Require(ctx, access.ProceedingWrite)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, func(p *Particulars) (bool, error) {
		p.remove(entry)
		return true, nil
	})
}

// write changes one of the proceedings by a rule, which says whether it touches what was there. What comes to the same as
// before is no change; what was changed by somebody else since that version is a conflict.
func (s *Service) write(ctx context.Context, by access.Principal, dossier dossiers.ID, id ID, version int, rule func(*Particulars) (bool, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		all, err := listProceedings(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		before, err := Sheet{Proceedings: all}.Of(id)
		if err != nil {
			return err
		}
		after := before
		touches, err := rule(&after.Particulars)
		switch {
		case err != nil:
			return err
		case before.same(after):
			return dossiers.Unchanged(ctx, tx, dossier)
		case touches && before.Version != version:
			return fault.Conflict("proceedings.conflict", "Name", before.ChangedByName)
		}
		after.Version++
		if err := updateProceeding(ctx, tx, box, by, after, s.now()); err != nil {
			return err
		}
		return s.report(ctx, tx, box, by, after, timeline.ProceedingChanged)
	})
}

// same compares lists by what they hold: an empty one and none are the same.
func (p Proceeding) same(other Proceeding) bool {
	return reflect.DeepEqual(p.Terms, other.Terms) && sameList(p.Steps, other.Steps) && sameList(p.Hearings, other.Hearings) &&
		sameList(p.Rulings, other.Rulings) && sameList(p.Penalties, other.Penalties)
}

func sameList[E any](a, b []E) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// report tells the agenda and the timeline of what was written.
func (s *Service) report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, p Proceeding, kind timeline.Kind) error {
	all, err := listProceedings(ctx, tx, box, p.DossierID)
	if err != nil {
		return err
	}
	if err := dossiers.Report(ctx, tx, box, p.DossierID, source, facts(all), s.now()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(p.DossierID), Detail: string(p.Stage())})
}
