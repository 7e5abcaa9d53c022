package dossiers

import (
	"context"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Calendar is all dates of a dossier, and which of them somebody does without.
type Calendar struct {
	Mention
	List    deadlines.List
	Waivers []Waiver
	closed  bool
}

// Closed says that nothing of it can be changed.
func (c Calendar) Closed() bool { return c.closed }

// Known are the dates that press nobody and are open.
func (c Calendar) Known() (known deadlines.List) {
	for _, d := range c.List {
		if d.Open() && !d.Presses() {
			known = append(known, d)
		}
	}
	return known
}

// Settled are the dates that nobody waits for any more.
func (c Calendar) Settled() (past deadlines.List) {
	for _, d := range c.List {
		if !d.Open() {
			past = append(past, d)
		}
	}
	return past
}

// Waiver is what somebody wrote who does without a date.
func (c Calendar) Waiver(d deadlines.Deadline) (Waiver, bool) {
	i := slices.IndexFunc(c.Waivers, func(w Waiver) bool { return w.Rule == d.ID && w.About == d.Of })
	if i < 0 {
		return Waiver{}, false
	}
	return c.Waivers[i], true
}

// Calendar shows all dates of a dossier.
func (s *Service) Calendar(ctx context.Context, id ID) (Calendar, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Calendar{}, err
	}
	var calendar Calendar
	var dossier Dossier
	var reported []agenda.Reported
	if err := s.db.Read(ctx, ofID(id, &dossier), agenda.OfDossier(TimelineID(id), &reported), ofWaivers(id, &calendar.Waivers), journal.Seen(ctx, TimelineID(id))); err != nil {
		return Calendar{}, fmt.Errorf("show the dates of dossier %s: %w", id, err)
	}
	calendar.Mention, calendar.closed = Mention{id, dossier.CodeName}, dossier.Closed()
	box, err := s.keys.Box(ctx, HolderOf(id))
	if err != nil {
		return Calendar{}, err
	}
	if calendar.List, err = agenda.Of(ctx, s.db, box.Open, reported); err != nil {
		return Calendar{}, err
	}
	return calendar, openAll(box, calendar.Waivers)
}

// Waive does without a date that presses, for a reason. To do without it twice is to do without it once.
func (s *Service) Waive(ctx context.Context, id ID, rule deadlines.RuleID, about, reason string) error {
	by, err := access.Require(ctx, access.DeadlineWaive)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("reason", "dossiers.waiver.reason_missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		all, err := listWaivers(ctx, tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(w Waiver) bool { return w.Rule == rule && w.About == about }) {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)})
		}
		list, err := dates(ctx, tx, box, id)
		if err != nil {
			return err
		}
		if err := mayBeWaived(list, rule, about); err != nil {
			return err
		}
		waiver := Waiver{DossierID: id, Rule: rule, About: about, Words: keys.Of(reason), WaivedAt: s.now()}
		if err := box.Seal(&waiver); err != nil {
			return fmt.Errorf("seal waiver: %w", err)
		}
		if err := insertWaiver(ctx, tx, by.Tenant, by.Person, waiver); err != nil {
			return err
		}
		if err := Report(ctx, tx, box, id, waivers, settled(append(all, waiver)), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DeadlineWaived, Dossier: TimelineID(id), Detail: string(rule)})
	})
}

// TakeUp makes a date count again that somebody had done without.
func (s *Service) TakeUp(ctx context.Context, id ID, rule deadlines.RuleID, about string) error {
	by, err := access.Require(ctx, access.DeadlineWaive)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		was, err := deleteWaiver(ctx, tx, id, rule, about)
		if err != nil || !was {
			return err
		}
		all, err := listWaivers(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := Report(ctx, tx, box, id, waivers, settled(all), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.WaiverTakenBack, Dossier: TimelineID(id), Detail: string(rule)})
	})
}

// dates are the deadlines of a dossier within the transaction of a change.
func dates(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID) (deadlines.List, error) {
	facts, err := agenda.Known(ctx, tx, box, TimelineID(id))
	if err != nil {
		return nil, err
	}
	rules, err := agenda.RulesIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	return rules.Deadlines(facts), nil
}
