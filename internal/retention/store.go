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
	Outcome       Outcome
	DecidedBy     tenantdb.PersonID
	DecidedAt     time.Time
}

// Find gives the schedule of a tenant, in the scope in which it is asked for: what it has decided, and what we ship beside it.
func Find(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (Schedule, error) {
	var rows []ruleRow
	if err := tx.Select().Model(&rows).Column("reason", "months", "outcome").Where("tenant_id = ?", tenant).Scan(ctx); err != nil {
		return nil, fmt.Errorf("find how long dossiers are kept: %w", err)
	}
	schedule := Usual()
	for _, row := range rows {
		schedule[row.Reason] = Rule{row.Months, row.Outcome}
	}
	return schedule, nil
}

// Write writes what a tenant has decided, or those decided who set it up: then by is nobody.
func Write(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, schedule Schedule, by tenantdb.PersonID, at time.Time) error {
	var rows []ruleRow
	for _, reason := range Reasons() {
		rows = append(rows, ruleRow{TenantID: tenant, Reason: reason, Months: schedule[reason].Months, Outcome: schedule[reason].Outcome, DecidedBy: by, DecidedAt: at})
	}
	_, err := tx.Insert().Model(&rows).On("conflict (tenant_id, reason) do update").Set("months = excluded.months, outcome = excluded.outcome, decided_by = excluded.decided_by, decided_at = excluded.decided_at").
		Returning("").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write how long dossiers are kept: %w", err)
	}
	return nil
}

type termsRow struct {
	bun.BaseModel `bun:"table:retention_terms"`
	TenantID      tenantdb.TenantID
	GraceDays     int
	DecidedBy     tenantdb.PersonID
	DecidedAt     time.Time
}

// FindPolicy gives all that a tenant has decided, and what we ship beside it.
func FindPolicy(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (policy Policy, err error) {
	if policy.Schedule, err = Find(ctx, tx, tenant); err != nil {
		return Policy{}, err
	}
	var rows []termsRow
	if err := tx.Select().Model(&rows).Column("grace_days").Scan(ctx); err != nil {
		return Policy{}, fmt.Errorf("find how long a removal can be taken back: %w", err)
	}
	policy.Grace = UsualGrace
	for _, row := range rows {
		policy.Grace = row.GraceDays
	}
	return policy, nil
}

// WritePolicy writes what a tenant has decided.
func WritePolicy(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, policy Policy, by tenantdb.PersonID, at time.Time) error {
	if err := Write(ctx, tx, tenant, policy.Schedule, by, at); err != nil {
		return err
	}
	_, err := tx.Insert().Model(&termsRow{TenantID: tenant, GraceDays: policy.Grace, DecidedBy: by, DecidedAt: at}).On("conflict (tenant_id) do update").
		Set("grace_days = excluded.grace_days, decided_by = excluded.decided_by, decided_at = excluded.decided_at").Returning("").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write how long a removal can be taken back: %w", err)
	}
	return nil
}
