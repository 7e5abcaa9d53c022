package dossiers

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Closing is what somebody has to know who closes, follows up or reopens a dossier.
type Closing struct {
	Dossier
	Owed Checklist
	// Closures are the latest first; where the dossier is closed, that one holds.
	Closures []Closure
	// KeptUntil is the day on which the dossier, where it is closed, need not be kept any longer.
	KeptUntil time.Time
	// Then is what becomes of it from that day on.
	Then retention.Outcome
}

// Closing shows what a dossier still owes before it can be closed, and when it was closed before.
func (s *Service) Closing(ctx context.Context, id ID) (Closing, error) {
	by, err := access.Require(ctx, access.DossierShow)
	if err != nil {
		return Closing{}, err
	}
	var closing Closing
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
			return err
		}
		closing.Dossier = dossier
		if closing.Owed, err = s.owes(ctx, tx, box, id); err != nil {
			return err
		}
		if closing.Closures, err = listClosures(ctx, tx, id); err != nil {
			return err
		}
		if closing.Closed() && len(closing.Closures) > 0 {
			schedule, err := retention.Find(ctx, tx, by.Tenant)
			if err != nil {
				return err
			}
			last := closing.Closures[0]
			reason := retention.Reason(last.Reason)
			closing.KeptUntil, closing.Then = schedule.Until(reason, forms.Today(last.ClosedAt)), schedule.Of(reason).Outcome
		}
		return openAll(box, closing.Closures)
	})
	return closing, err
}

// owes asks everybody who may know what a dossier still owes.
func (s *Service) owes(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID) (Checklist, error) {
	list, err := dates(ctx, tx, box, id)
	if err != nil {
		return Checklist{}, err
	}
	var others []Obligation
	for _, owed := range s.owed {
		more, err := owed(ctx, tx, id)
		if err != nil {
			return Checklist{}, err
		}
		others = append(others, more...)
	}
	return checklist(list, others, forms.Today(s.now())), nil
}

// Close ends the accompaniment, once nothing is owed any more. A phase that a person had set is given back: a closed
// dossier says so. Sent twice, it closes once; where somebody else has closed it, it is a fault.Conflict.
func (s *Service) Close(ctx context.Context, id ID, ending Ending) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	if err := ending.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if dossier.Closed() {
			return s.closedAlready(ctx, tx, id, ending.ID)
		}
		owed, err := s.owes(ctx, tx, box, id)
		if err != nil {
			return err
		}
		if err := owed.Check(); err != nil {
			return err
		}
		now := s.now()
		closure := Closure{ClosureID: ending.ID, DossierID: id, Reason: ending.Reason, Words: keys.Of(ClosureWords{Note: ending.Note}), ClosedAt: now}
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := insertClosure(ctx, tx, by.Tenant, by.Person, closure); err != nil {
			return err
		}
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.ClosedAt = Closed, false, &now
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.DossierClosed)
	})
}

// closedAlready tells a form that was sent twice from one that came too late.
func (s *Service) closedAlready(ctx context.Context, tx tenantdb.Tx, id ID, ending ClosureID) error {
	closures, err := listClosures(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
		return err
	}
	if closures[0].ClosureID == ending {
		return nil
	}
	return tenantdb.AndCommit(fault.Conflict("dossiers.closure.already"))
}

// turn writes that a dossier was closed, followed up or reopened, and tells the agenda and the timeline.
func (s *Service) turn(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, dossier Dossier, closure Closure, kind timeline.Kind) error {
	dossier.UpdatedAt = s.now()
	if err := updateStanding(ctx, tx, dossier); err != nil {
		return err
	}
	if err := Report(ctx, tx, box, dossier.DossierID, closing, closure.facts(), s.now()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: TimelineID(dossier.DossierID), Detail: string(closure.Reason)})
}

// BeginAftercare lets somebody look after the person again, the dossier staying closed.
func (s *Service) BeginAftercare(ctx context.Context, id ID, note string) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	return s.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier Dossier, closure Closure) error {
		if dossier.InAftercare() {
			return nil
		}
		now := s.now()
		words := closure.Words.Get()
		words.Aftercare = note
		closure.AftercareAt, closure.Words = &now, keys.Of(words)
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := updateAftercare(ctx, tx, by.Person, closure); err != nil {
			return err
		}
		dossier.Phase, dossier.AftercareAt = Aftercare, &now
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.AftercareBegun)
	})
}

// Reopen takes the accompaniment up again, for a reason. The closing stays among those that were.
func (s *Service) Reopen(ctx context.Context, id ID, reason string) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("why", "dossiers.closure.why_missing")
	}
	return s.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier Dossier, closure Closure) error {
		now := s.now()
		words := closure.Words.Get()
		words.Reopening = reason
		closure.ReopenedAt, closure.Words = &now, keys.Of(words)
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := updateReopening(ctx, tx, by.Person, closure); err != nil {
			return err
		}
		dossier.ClosedAt, dossier.AftercareAt = nil, nil
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.DossierReopened)
	})
}

// change is what follows a closing that holds; an open dossier has none.
func (s *Service) change(ctx context.Context, id ID, change func(context.Context, tenantdb.Tx, *keys.Box, Dossier, Closure) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
			return err
		}
		if !dossier.Closed() {
			return tenantdb.AndCommit(fault.Refused("dossiers.closure.not_closed"))
		}
		closures, err := listClosures(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := box.Open(&closures[0]); err != nil {
			return err
		}
		return change(ctx, tx, box, dossier, closures[0])
	})
}
