package platform

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// RemovalWait is how long a tenant's data stay at least once it is planned that they are deleted: so long it can be taken back, and
// the archive fetched. The database holds to it as well.
const RemovalWait = 30 * 24 * time.Hour

// RemovalReasons are why a tenant is deleted: it asked for it; its agreement has ended; it was never set up to its end.
var RemovalReasons = []Reason{"asked", "agreement", "abandoned"}

func (t Tenant) planRemoval() error {
	if t.RemovalDueAt != nil {
		return fmt.Errorf("%w: it is planned already that %s is deleted, from %s on", ErrState, t.Slug, t.RemovalDueAt.In(i18n.Zone).Format(time.DateTime))
	}
	return nil
}

func (t Tenant) withdrawRemoval() error {
	if t.RemovalDueAt == nil {
		return fmt.Errorf("%w: nobody has planned that %s is deleted", ErrState, t.Slug)
	}
	return nil
}

// PlanRemoval has everything of a tenant deleted once the waiting period is over, and says from when on. Nothing is touched until
// somebody who has its keys does it, by command; nobody is kept out.
func (r *Registry) PlanRemoval(ctx context.Context, slug string, reason Reason) (time.Time, error) {
	if !slices.Contains(RemovalReasons, reason) {
		return time.Time{}, fmt.Errorf("the reason %q is none of %v", reason, RemovalReasons)
	}
	due := r.removalDue()
	return due, r.change(ctx, slug, journal.RemovalPlanned, string(reason), Tenant.planRemoval, planningRemoval(due, reason))
}

// removalDue is an hour later than it has to be: the clock of the database is the one that counts, and may go before ours.
func (r *Registry) removalDue() time.Time { return r.now().Add(RemovalWait + time.Hour) }

func planningRemoval(due time.Time, reason Reason) doing {
	return func(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
		return insertRemoval(ctx, tx, tenant, due, reason)
	}
}

// WithdrawRemoval takes it back.
func (r *Registry) WithdrawRemoval(ctx context.Context, slug string) error {
	return r.change(ctx, slug, journal.RemovalWithdrawn, "", Tenant.withdrawRemoval, r.withdrawing)
}

func (r *Registry) withdrawing(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	return withdrawRemoval(ctx, tx, tenant, r.now())
}

// PlanRemoval is Registry.PlanRemoval, by somebody who types the tenant's short name once more.
func (s *Service) PlanRemoval(ctx context.Context, id tenantdb.TenantID, reason Reason, slug string) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	tenant, err := s.Find(ctx, id)
	if err != nil {
		return err
	}
	var problems fault.Problems
	if !slices.Contains(RemovalReasons, reason) {
		problems.Add("reason", "console.removal.reason.missing")
	}
	if slug != tenant.Slug {
		problems.Add("slug", "console.removal.slug.differs", "Slug", tenant.Slug)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return stated(s.registry.changeByID(ctx, id, journal.RemovalPlanned, string(reason), Tenant.planRemoval, planningRemoval(s.registry.removalDue(), reason)))
}

// WithdrawRemoval is Registry.WithdrawRemoval.
func (s *Service) WithdrawRemoval(ctx context.Context, id tenantdb.TenantID) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return stated(s.registry.changeByID(ctx, id, journal.RemovalWithdrawn, "", Tenant.withdrawRemoval, s.registry.withdrawing))
}
