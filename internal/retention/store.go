package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type ruleRow struct {
	bun.BaseModel `bun:"table:retention_rules"`
	TenantID      tenantdb.TenantID
	Reason        Reason
	Months        int
	DecidedBy     tenantdb.PersonID
	DecidedAt     time.Time
}

// Find gives the schedule of a tenant, in the scope in which it is asked for: what it has decided, and what we ship beside it.
func Find(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (Schedule, error) {
	var rows []ruleRow
	if err := tx.Select().Model(&rows).Column("reason", "months").Where("tenant_id = ?", tenant).Scan(ctx); err != nil {
		return nil, fmt.Errorf("find how long dossiers are kept: %w", err)
	}
	schedule := Usual()
	for _, row := range rows {
		schedule[row.Reason] = row.Months
	}
	return schedule, nil
}

// Write writes what a tenant has decided, or those decided who set it up: then by is nobody.
func Write(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, schedule Schedule, by tenantdb.PersonID, at time.Time) error {
	var rows []ruleRow
	for _, reason := range Reasons() {
		rows = append(rows, ruleRow{TenantID: tenant, Reason: reason, Months: schedule[reason], DecidedBy: by, DecidedAt: at})
	}
	_, err := tx.Insert().Model(&rows).On("conflict (tenant_id, reason) do update").Set("months = excluded.months, decided_by = excluded.decided_by, decided_at = excluded.decided_at").
		Returning("").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write how long dossiers are kept: %w", err)
	}
	return nil
}
