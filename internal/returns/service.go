package returns

import (
	"context"
	"fmt"
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

// source is how the agenda knows what returns report.
const source agenda.Source = "returns"

// medicalAid is the one rule that counts from a departure.
const medicalAid deadlines.RuleID = "return_medical_aid"

// Service is what can be done with returns.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Sheet is what the page of returns shows.
type Sheet struct {
	Dossier dossiers.Mention
	// Current is the return under way, if there is one; Earlier are those that are over.
	Current  *Return
	Earlier  []Return
	Contacts []Contact
	// AssessedOn is when the risk was assessed last; without it nobody decides.
	AssessedOn *time.Time
	Dates      deadlines.List
	Now        time.Time
}

// Brief is of a return under way what may be told without opening it.
type Brief struct {
	ConsideredOn, PlannedOn, DecidedOn, DepartedOn *time.Time
}

// Show opens the returns of a dossier.
func (s *Service) Show(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Now: s.now()}
	var all []Return
	var reported []agenda.Reported
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &sheet.Dossier), tenantdb.Many(&all, returnsStatement.With(dossier)),
		tenantdb.Many(&sheet.Contacts, contactsStatement.With(dossier)), agenda.OfDossier(dossiers.TimelineID(dossier), &reported),
		journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Sheet{}, fmt.Errorf("find the returns of a dossier: %w", err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	for i := range all {
		if err := box.Open(&all[i]); err != nil {
			return Sheet{}, fmt.Errorf("open return: %w", err)
		}
	}
	for i := range sheet.Contacts {
		if err := box.Open(&sheet.Contacts[i]); err != nil {
			return Sheet{}, fmt.Errorf("open contact: %w", err)
		}
	}
	if sheet.Earlier = all; len(all) > 0 && !all[0].Over() {
		sheet.Current, sheet.Earlier = &all[0], all[1:]
	}
	known, err := agenda.Open(box.Open, reported)
	if err != nil {
		return Sheet{}, err
	}
	for _, fact := range known {
		if fact.Trigger == deadlines.ReturnAssessed && (sheet.AssessedOn == nil || fact.On.After(*sheet.AssessedOn)) {
			sheet.AssessedOn = &fact.On
		}
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Sheet{}, err
	}
	sheet.Dates = agenda.Only(rules.Deadlines(known), medicalAid)
	return sheet, nil
}

// Prepare writes down that a return is considered, or what was prepared for one that somebody saw in a version. One is under
// way at a time. The same form sent twice is done once.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID, prepared Return) error {
	by, err := access.Require(ctx, access.ReturnWrite)
	if err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Kind, error) {
		if prepared.Version == 0 {
			if err := prepared.check(forms.Today(s.now())); err != nil {
				return "", err
			}
			if c.current != nil {
				if c.current.ReturnID == prepared.ReturnID && c.current.same(prepared) {
					return "", nil
				}
				return "", fault.Conflict("returns.conflict")
			}
			prepared.DossierID, prepared.Version = dossier, 1
			fresh, err := insertReturn(ctx, c.tx, by.Tenant, c.box, prepared)
			if err == nil && !fresh {
				err = fault.Conflict("returns.conflict")
			}
			return timeline.ReturnConsidered, err
		}
		if c.current == nil {
			return "", fault.Conflict("returns.milestone.not_now")
		}
		next := *c.current
		details := prepared.Details.Get()
		details.Said = next.Details.Get().Said
		next.ConsideredOn, next.Programme, next.PlannedOn, next.Details = prepared.ConsideredOn, prepared.Programme, prepared.PlannedOn, keys.Of(details)
		if err := next.check(forms.Today(s.now())); err != nil {
			return "", err
		}
		if next.same(*c.current) {
			return "", nil
		}
		if c.current.Version != prepared.Version {
			return "", fault.Conflict("returns.conflict")
		}
		next.Version++
		return timeline.ReturnPrepared, updateReturn(ctx, c.tx, c.box, next)
	})
}

// happened is how the timeline calls each milestone.
var happened = map[Milestone]timeline.Kind{
	Decision: timeline.ReturnDecided, Departure: timeline.ReturnDeparted, Conclusion: timeline.ReturnConcluded, Abandonment: timeline.ReturnAbandoned,
}

// Reach writes down that the return that somebody saw in a version has come to a milestone.
func (s *Service) Reach(ctx context.Context, dossier dossiers.ID, version int, milestone Milestone, mark Mark) error {
	if _, err := access.Require(ctx, access.ReturnWrite); err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Kind, error) {
		if c.current == nil {
			return "", fault.Conflict("returns.milestone.not_now")
		}
		if c.current.Version != version {
			return "", fault.Conflict("returns.conflict")
		}
		known, err := c.known(ctx)
		if err != nil {
			return "", err
		}
		next, err := c.current.Reach(milestone, mark, known, forms.Today(s.now()))
		if err != nil {
			return "", err
		}
		next.Version++
		return happened[milestone], updateReturn(ctx, c.tx, c.box, next)
	})
}

// Follow writes down a contact after the departure. What was noted stays; the same form sent twice notes it once.
func (s *Service) Follow(ctx context.Context, dossier dossiers.ID, contact Contact) error {
	by, err := access.Require(ctx, access.ReturnWrite)
	if err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Kind, error) {
		if c.current == nil {
			return "", fault.Conflict("returns.contact.not_departed")
		}
		if err := contact.check(*c.current, forms.Today(s.now())); err != nil {
			return "", err
		}
		contact.DossierID, contact.ReturnID = dossier, c.current.ReturnID
		fresh, err := insertContact(ctx, c.tx, by.Tenant, c.box, contact)
		if err != nil || !fresh {
			return "", err
		}
		return timeline.ReturnFollowed, nil
	})
}

// change is what a change of a dossier's return begins with.
type change struct {
	tx      tenantdb.Tx
	box     *keys.Box
	dossier dossiers.ID
	// current is the return under way, if there is one.
	current *Return
}

// known are the facts of all capabilities.
func (c change) known(ctx context.Context) ([]deadlines.Fact, error) {
	return agenda.Known(ctx, c.tx, c.box, dossiers.TimelineID(c.dossier))
}

// change holds the dossier, does something, and tells the agenda and the timeline of it; without a kind, nothing was done.
func (s *Service) change(ctx context.Context, dossier dossiers.ID, do func(context.Context, change) (timeline.Kind, error)) error {
	by, err := access.Require(ctx, access.ReturnWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		all, err := listReturns(ctx, tx, dossier)
		if err != nil {
			return err
		}
		c := change{tx: tx, box: box, dossier: dossier}
		if len(all) > 0 && !all[0].Over() {
			if err := box.Open(&all[0]); err != nil {
				return fmt.Errorf("open return: %w", err)
			}
			c.current = &all[0]
		}
		kind, err := do(ctx, c)
		switch {
		case err != nil:
			return err
		case kind == "":
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		if all, err = listReturns(ctx, tx, dossier); err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, facts(all), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(dossier)})
	})
}
