package jobs

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/tenantdb"
)

// Standing is how many jobs there are: those that wait for their time, those of them that it has passed, and those that failed for good.
type Standing struct{ Waiting, Late, Failed int }

// Count counts the jobs of one tenant. late is how long after its time one may still wait.
func Count(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, now time.Time, late time.Duration) (standing Standing, err error) {
	err = tx.Select().TableExpr("jobs.river_job").
		ColumnExpr("count(*) filter (where state in ('available', 'scheduled', 'retryable', 'pending')) as waiting").
		ColumnExpr("count(*) filter (where state in ('available', 'scheduled', 'retryable', 'pending') and scheduled_at < ?) as late", now.Add(-late)).
		ColumnExpr("count(*) filter (where state = 'discarded') as failed").
		Where("args->>'tenant' = ?", tenant.String()).Scan(ctx, &standing)
	if err != nil {
		return Standing{}, fmt.Errorf("count jobs: %w", err)
	}
	return standing, nil
}
