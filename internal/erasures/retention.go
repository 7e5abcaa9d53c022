package erasures

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// Kept is how long the NGO keeps closed dossiers, and those that it has kept for long enough.
type Kept struct {
	retention.Policy
	// Due are those of which the day has come: contacts that were never identified first, then the oldest. Next is where the page
	// after this one begins; none is the last page.
	Due  []Line
	Next string
	// First says that the page is the first one, on which what is ordered and what is postponed stand as well, soonest first.
	First              bool
	Ordered, Postponed []Line
}

// The longest lists of a page.
const (
	onAPage   = 50
	MostAside = 200
)

// Retention shows how long closed dossiers are kept, and what becomes of those that have been kept for long enough. Dossiers that
// somebody looks after again are not among them. after is Kept.Next of the page before.
func (s *Service) Retention(ctx context.Context, after string) (kept Kept, err error) {
	by, err := access.Require(ctx, access.ErasureShow)
	if err != nil {
		return Kept{}, err
	}
	from, err := parsePlace(after)
	if err != nil {
		return Kept{}, err
	}
	kept.First = from == nil
	today := forms.Today(s.now())
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if kept.Policy, err = retention.FindPolicy(ctx, tx, by.Tenant); err != nil {
			return err
		}
		if kept.Due, err = listDue(ctx, tx, kept.Schedule, today, from, onAPage+1); err != nil || !kept.First {
			return err
		}
		if kept.Ordered, err = listOrdered(ctx, tx, kept.Schedule, today); err != nil {
			return err
		}
		kept.Postponed, err = listPostponed(ctx, tx, kept.Schedule, today)
		return err
	})
	if err != nil {
		return Kept{}, fmt.Errorf("see which dossiers are kept for long enough: %w", err)
	}
	if len(kept.Due) > onAPage {
		kept.Due = kept.Due[:onAPage]
		kept.Next = kept.Due[onAPage-1].place().String()
	}
	return kept, nil
}

// Policy is what the organisation has decided, for the form that changes it.
func (s *Service) Policy(ctx context.Context) (policy retention.Policy, err error) {
	by, err := access.Require(ctx, access.RetentionDecide)
	if err != nil {
		return retention.Policy{}, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		policy, err = retention.FindPolicy(ctx, tx, by.Tenant)
		return err
	})
	return policy, err
}

// Decide says how long closed dossiers are kept from now on and what becomes of them then, those as well that are closed already. seen is
// Policy.Seen of what the form was filled in from. What is ordered already keeps its day.
func (s *Service) Decide(ctx context.Context, seen string, policy retention.Policy) error {
	by, err := access.Require(ctx, access.RetentionDecide)
	if err != nil {
		return err
	}
	if err := policy.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockTenant(ctx, tx, by.Tenant); err != nil {
			return err
		}
		standing, err := retention.FindPolicy(ctx, tx, by.Tenant)
		if err != nil {
			return err
		}
		switch standing.Seen() {
		case policy.Seen():
			return nil // decided so already, perhaps by the same form
		case seen:
		default:
			return fault.Conflict("retention.conflict")
		}
		if err := retention.WritePolicy(ctx, tx, by.Tenant, policy, by.Person, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.RetentionDecided})
	})
}
