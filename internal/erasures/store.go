package erasures

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/dossiers"
	"passerelle/internal/referrals"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// counted is how much goes along with a dossier.
type counted struct{ Referrals, Live int }

func countReferrals(id dossiers.ID, into *counted) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("referrals").
		ColumnExpr("count(*) as referrals, count(*) filter (where sent_at is not null and revoked_at is null and visible_until > now()) as live").
		Where("dossier_id = ?", id))
}

// lockDossier keeps everybody else away from a dossier that is about to go.
func lockDossier(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (dossiers.Mention, error) {
	var mention dossiers.Mention
	err := tx.Select().TableExpr("dossiers").Column("dossier_id", "code_name").Where("dossier_id = ?", id).For("update").Scan(ctx, &mention)
	if err := tenantdb.Found(err); err != nil {
		return dossiers.Mention{}, fmt.Errorf("lock dossier %s: %w", id, err)
	}
	return mention, nil
}

// addressed is a referral that goes along, and the office that may have it open.
type addressed struct {
	ReferralID referrals.ID
	OfficeID   tenantdb.OfficeID
}

func lockReferrals(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (found []addressed, err error) {
	err = tx.Select().TableExpr("referrals").Column("referral_id", "office_id").Where("dossier_id = ?", id).OrderExpr("referral_id").For("update").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lock referrals of dossier %s: %w", id, err)
	}
	return found, nil
}

// deleteDossier takes along whatever hangs on it.
func deleteDossier(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("dossiers").Where("dossier_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete dossier %s: %w", id, err)
	}
	return nil
}

// listOver gives dossiers whose last closing is as many months ago as they are kept, the oldest first.
func listOver(ctx context.Context, tx tenantdb.Tx, schedule retention.Schedule, today time.Time, most int64) (found []Over, err error) {
	var reasons []string
	var months []int
	for _, reason := range retention.Reasons() {
		reasons, months = append(reasons, string(reason)), append(months, schedule[reason])
	}
	err = tx.Select().TableExpr("closures as c").
		Join("join dossiers as d on d.tenant_id = c.tenant_id and d.dossier_id = c.dossier_id").
		Join("join unnest(?::text[], ?::int[]) as r (reason, months) on r.reason = c.reason", pgdialect.Array(reasons), pgdialect.Array(months)).
		ColumnExpr("d.dossier_id, d.code_name, c.reason, c.closed_at").
		Where("d.closed_at is not null").Where("d.aftercare_at is null").Where("c.reopened_at is null").
		Where("(c.closed_at at time zone 'Europe/Zurich')::date + make_interval(months => r.months) <= ?::date", today.Format(time.DateOnly)).
		OrderExpr("c.closed_at, d.dossier_id").Limit(most).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list dossiers that are kept for long enough: %w", err)
	}
	return found, nil
}

// lockTenant has decisions of one tenant come after each other.
func lockTenant(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	if _, err := tx.Select().ColumnExpr("pg_advisory_xact_lock(hashtextextended(?, 0))", "retention "+tenant.String()).Exec(ctx); err != nil {
		return fmt.Errorf("wait for another decision: %w", err)
	}
	return nil
}
