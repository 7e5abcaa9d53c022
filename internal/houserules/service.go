package houserules

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with the rules of a house.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// holder is what reasons are sealed under: the keyset of the tenant's directory.
func holder(by access.Principal) keys.Holder {
	return keys.Holder{Kind: keys.Directory, ID: by.Tenant.UUID()}
}

// Table shows the rules that apply to the house, and what it has decided.
func (s *Service) Table(ctx context.Context) (Table, error) {
	by, err := access.Require(ctx, access.HouseRuleList)
	if err != nil {
		return Table{}, err
	}
	applied, err := agenda.AppliedTo(ctx, s.db)
	if err != nil {
		return Table{}, err
	}
	table := Table{Applied: applied, Today: forms.Today(s.now())}
	if err := s.db.Read(ctx, listDecisions(&table.Decisions), agenda.Outdated(applied.Digest, &table.Age)); err != nil {
		return Table{}, fmt.Errorf("list house rules: %w", err)
	}
	if len(table.Decisions) == 0 {
		return table, nil // the directory may have no keys yet
	}
	box, err := s.keys.Box(ctx, holder(by))
	if err != nil {
		return Table{}, err
	}
	for i := range table.Decisions {
		if err := box.Open(&table.Decisions[i]); err != nil {
			return Table{}, fmt.Errorf("open house rule: %w", err)
		}
	}
	return table, nil
}

// Decide decides on a rule, from a day on. The same form sent twice decides once; where somebody else has decided meanwhile, it is
// a fault.Conflict, and nothing is lost of either.
func (s *Service) Decide(ctx context.Context, choice Choice) error {
	by, err := access.Require(ctx, access.HouseRuleDecide)
	if err != nil {
		return err
	}
	// The keys first: a keyset without a row does no harm.
	if err := s.keys.Create(ctx, holder(by)); err != nil {
		return fmt.Errorf("decide a house rule: %w", err)
	}
	box, err := s.keys.Box(ctx, holder(by))
	if err != nil {
		return fmt.Errorf("decide a house rule: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		now := s.now()
		applied, err := agenda.AppliedIn(ctx, tx)
		if err != nil {
			return err
		}
		row, ok := applied.On(choice.Rule, forms.Today(now))
		if !ok {
			return fault.NotFound()
		}
		last, err := lastOn(ctx, tx, choice.Rule)
		switch {
		case err != nil:
			return err
		case last.HouseRuleID == choice.ID:
			return nil // the form was sent twice
		case last.Version != choice.Seen:
			return fault.Conflict("houserules.conflict")
		}
		if err := choice.Check(row, last.Version > 0, forms.Today(now)); err != nil {
			return err
		}
		d := Decision{HouseRuleID: choice.ID, Rule: choice.Rule, Version: last.Version + 1, Warn: choice.Warn, ValidFrom: *choice.ValidFrom, Words: keys.Of(choice.Reason), DecidedAt: now}
		if choice.Length != nil {
			d.Amount, d.Half, d.Unit = choice.Length.Amount, choice.Length.Half, choice.Length.Unit
		}
		if err := box.Seal(&d); err != nil {
			return fmt.Errorf("seal house rule: %w", err)
		}
		fresh, err := insertDecision(ctx, tx, by.Tenant, by.Person, d)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict("houserules.conflict")
		}
		// What the wider rules do not let a house say is found by laying them over each other.
		if applied, err = agenda.AppliedIn(ctx, tx); err != nil {
			return err
		}
		for _, unfit := range applied.Unfit {
			if unfit == choice.Rule {
				return fault.Invalid("valid_from", "houserules.valid_from.unfit")
			}
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.HouseRuleDecided, Reason: string(choice.Rule)})
	})
	agenda.Renew(s.db)
	return err
}

// portion is how many dossiers one call brings up to date: a page shows how far it has come, and asks for more.
const portion = 50

// BringUpToDate computes dossiers anew that rest on older rules, a portion of them, each in a transaction of its own, and says how
// many still do. It goes on where it stopped, whatever stopped it: which are left, the dossiers themselves say. One that cannot be
// opened does not hold up the others; when nothing else is left, it is the error.
func (s *Service) BringUpToDate(ctx context.Context) (age agenda.Age, err error) {
	if _, err := access.Require(ctx, access.HouseRuleDecide); err != nil {
		return age, err
	}
	// Dates are computed, and nothing of a dossier is shown.
	ctx = tenantdb.Throughout(ctx)
	var applied agenda.Applied
	var outdated []ids.ID[timeline.Dossier]
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if applied, err = agenda.AppliedIn(ctx, tx); err != nil {
			return err
		}
		outdated, err = agenda.ListOutdated(ctx, tx, applied.Digest, portion)
		return err
	})
	if err != nil {
		return age, err
	}
	var failed []error
	for _, id := range outdated {
		if err := s.recompute(ctx, ids.From[dossiers.Dossier](id.UUID())); err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 && len(failed) == len(outdated) {
		return age, errors.Join(failed...)
	}
	err = s.db.Read(ctx, agenda.Outdated(applied.Digest, &age))
	return age, err
}

// recompute computes one dossier anew; one that was erased meanwhile needs it no more.
func (s *Service) recompute(ctx context.Context, id dossiers.ID) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return dossiers.Recompute(ctx, tx, s.keys, id, s.now())
	})
	if errors.Is(err, fault.NotFound()) {
		return nil
	}
	return err
}
