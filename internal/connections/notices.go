package connections

import (
	"context"

	"passerelle/internal/jobs"
	"passerelle/internal/tenantdb"
)

// Notify has all administrators of a tenant told that something about a connection needs them, in the transaction of what does. About
// tells one occasion from another, and nothing of it.
func Notify(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, about string) error {
	administrators, err := listAdministrators(ctx, tx)
	if err != nil {
		return err
	}
	var notices []jobs.Planned
	for _, administrator := range administrators {
		notices = append(notices, jobs.Planned{Job: Notice{tenant, administrator.MemberID, about}})
	}
	return jobs.Plan(ctx, tx, notices...)
}
