package reflections

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
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with reflections.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Sheet is what a dossier's page of reflections shows, newest first.
type Sheet struct {
	Dossier     dossiers.Mention
	Reflections []Reflection
	Dates       deadlines.List
}

// Of is one reflection of the sheet.
func (s Sheet) Of(id ID) (Reflection, error) {
	for _, r := range s.Reflections {
		if r.ReflectionID == id {
			return r, nil
		}
	}
	return Reflection{}, fault.NotFound()
}

// Open gives the reflections of a dossier with the dates that follow from them.
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
	if sheet.Reflections, err = openAll(box, rows); err != nil {
		return Sheet{}, err
	}
	list, err := agenda.Of(ctx, s.db, box.Open, reported)
	sheet.Dates = agenda.Only(list, Rules...)
	return sheet, err
}

// Record begins a reflection: it was asked for, or decided already. The same form sent twice records it once.
func (s *Service) Record(ctx context.Context, dossier dossiers.ID, id ID, terms Terms) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return err
	}
	if err := terms.Check(rules, forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		before, err := listReflections(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		if current, open := Current(before); open && current.ReflectionID != id {
			return fault.Refused("reflections.record.one_is_open")
		}
		reflection := Reflection{ReflectionID: id, DossierID: dossier, Particulars: Particulars{Terms: terms}, Version: 1}
		fresh, err := insertReflection(ctx, tx, box, by, reflection, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			if _, err := (Sheet{Reflections: before}).Of(id); err != nil {
				return err // what another dossier has is not found
			}
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		return s.report(ctx, tx, box, by, reflection, timeline.ReflectionRecorded, string(terms.Decision))
	})
}

// Change gives a reflection other terms than somebody saw in a version.
func (s *Service) Change(ctx context.Context, dossier dossiers.ID, id ID, version int, terms Terms) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return err
	}
	today := forms.Today(s.now())
	if err := terms.Check(rules, today); err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.ReflectionChanged, func(r *Reflection) (string, error) {
		return string(terms.Decision), r.Change(terms, today)
	})
}

// Extend records that the migration office has decided on a later end.
func (s *Service) Extend(ctx context.Context, dossier dossiers.ID, id ID, version int, extension Extension) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.ReflectionExtended, func(r *Reflection) (string, error) {
		return "", r.Extend(extension, forms.Today(s.now()))
	})
}

// Retract takes back the last extension, which was recorded by mistake.
func (s *Service) Retract(ctx context.Context, dossier dossiers.ID, id ID, version int, extension ids.ID[Extension]) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.ReflectionChanged, func(r *Reflection) (string, error) {
		r.Retract(extension)
		return "", nil
	})
}

// End records that a reflection ended, and why; a second time it corrects that.
func (s *Service) End(ctx context.Context, dossier dossiers.ID, id ID, version int, ending Ending) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.ReflectionEnded, func(r *Reflection) (string, error) {
		return string(ending.Reason), r.End(ending, forms.Today(s.now()))
	})
}

// Resume takes back that it ended, which was recorded by mistake. Not while another one is open.
func (s *Service) Resume(ctx context.Context, dossier dossiers.ID, id ID, version int) error {
	by, err := access.Require(ctx, access.ReflectionWrite)
	if err != nil {
		return err
	}
	return s.write(ctx, by, dossier, id, version, timeline.ReflectionChanged, func(r *Reflection) (string, error) {
		r.Ending = nil
		return "", nil
	})
}

// write changes one reflection by a rule, whose answer is the code that the timeline tells along. What comes to the same as
// before is no change; what was changed by somebody else since that version is a conflict.
func (s *Service) write(ctx context.Context, by access.Principal, dossier dossiers.ID, id ID, version int, kind timeline.Kind, rule func(*Reflection) (string, error)) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		all, err := listReflections(ctx, tx, box, dossier)
		if err != nil {
			return err
		}
		before, err := Sheet{Reflections: all}.Of(id)
		if err != nil {
			return err
		}
		after := before
		detail, err := rule(&after)
		switch {
		case err == nil && reflect.DeepEqual(before, after):
			return dossiers.Unchanged(ctx, tx, dossier)
		case before.Version != version:
			return fault.Conflict("reflections.conflict", "Name", before.ChangedByName)
		case err != nil:
			return err
		}
		if current, open := Current(all); after.Open() && open && current.ReflectionID != id {
			return fault.Refused("reflections.record.one_is_open")
		}
		after.Version++
		if err := updateReflection(ctx, tx, box, by, after, s.now()); err != nil {
			return err
		}
		return s.report(ctx, tx, box, by, after, kind, detail)
	})
}

// report tells the agenda and the timeline of what was written.
func (s *Service) report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, r Reflection, kind timeline.Kind, detail string) error {
	all, err := listReflections(ctx, tx, box, r.DossierID)
	if err != nil {
		return err
	}
	if err := dossiers.Report(ctx, tx, box, r.DossierID, source, facts(all), s.now()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(r.DossierID), Detail: detail})
}
