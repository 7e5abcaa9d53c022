package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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

// Kinds is how many jobs of one kind there are in one state, of all tenants: waiting for their time, late by it, or failed for good.
type Kinds struct {
	Kind, State string
	Jobs        int
}

// Standing counts all jobs, by kind. late is how long after its time one may still wait.
func (q *Queue) Standing(ctx context.Context, late time.Duration) ([]Kinds, error) {
	rows, err := q.pool.Query(ctx, `select kind, case when state = 'discarded' then 'failed' when scheduled_at < now() - $1::interval then 'late' else 'waiting' end as state, count(*)::int as jobs
		from jobs.river_job where state in ('available', 'scheduled', 'retryable', 'pending', 'discarded') group by 1, 2`, late)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	kinds, err := pgx.CollectRows(rows, pgx.RowToStructByName[Kinds])
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return kinds, nil
}
