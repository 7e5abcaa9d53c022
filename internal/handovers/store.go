package handovers

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/members"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// remembered is how many handovers of one person are shown.
const remembered = 20

type handoverRow struct {
	bun.BaseModel `bun:"table:handovers"`
	TenantID      tenantdb.TenantID
	HandoverID    ID
	FromID        tenantdb.PersonID
	AskedBy       tenantdb.PersonID
	AskedAt       *time.Time
}

func askOpen(into *[]struct{ FromID tenantdb.PersonID }) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("handovers").Column("from_id").Where("done_at is null"))
}

func listOf(from tenantdb.PersonID, into *[]Handover) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("handovers as h").
		ColumnExpr("h.handover_id, h.from_id, h.asked_at, h.done_at, h.dossiers, h.tasks, h.referrals, h.appointments").
		ColumnExpr("coalesce((select m.name from members as m where m.tenant_id = h.tenant_id and m.member_id = h.to_id), '') as to_name").
		Where("h.from_id = ?", from).OrderExpr("h.done_at desc nulls first, h.handover_id").Limit(remembered))
}

// insertAsked says whether nobody had asked before.
func insertAsked(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, from tenantdb.PersonID, now time.Time) (bool, error) {
	row := handoverRow{TenantID: by.Tenant, HandoverID: id, FromID: from, AskedBy: by.Person, AskedAt: &now}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, from_id) where done_at is null do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("ask for a handover: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// finish writes down what was handed over: in what was asked for, or by itself.
func finish(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, from, to tenantdb.PersonID, done Load, now time.Time) error {
	row := handoverRow{TenantID: by.Tenant, HandoverID: id, FromID: from}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, from_id) where done_at is null do nothing").Exec(ctx); err != nil {
		return fmt.Errorf("insert handover: %w", err)
	}
	err := tenantdb.Affected(tx.Update().TableExpr("handovers").Set("done_at = ?", now).Set("done_by = ?", by.Person).Set("to_id = ?", to).
		Set("dossiers = ?", done.Dossiers).Set("tasks = ?", done.Tasks).Set("referrals = ?", done.Referrals).Set("appointments = ?", done.Appointments).
		Where("from_id = ?", from).Where("done_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("finish handover: %w", err)
	}
	return nil
}

// countUnanswered counts the referrals that go along with the dossiers of a member.
func countUnanswered(ctx context.Context, tx tenantdb.Tx, from tenantdb.PersonID) (int, error) {
	n, err := tx.Select().TableExpr("referrals as referral").
		Join("join dossiers as dossier on dossier.tenant_id = referral.tenant_id and dossier.dossier_id = referral.dossier_id").
		Where("dossier.responsible_id = ?", from).Where(referrals.Unanswered).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count referrals: %w", err)
	}
	return int(n), nil
}

// nameOf is what a member is called; somebody whom the tenant does not have is not found.
func nameOf(staff []members.Member, id tenantdb.PersonID) (string, error) {
	if name := members.Name(staff, id); name != "" {
		return name, nil
	}
	return "", fault.NotFound()
}
