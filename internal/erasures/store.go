package erasures

import (
	"context"
	"fmt"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// counted is how much goes along with a dossier.
type counted struct{ Referrals, Live int }

func countReferrals(id dossiers.ID, into *counted) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("referrals").
		ColumnExpr("count(*) as referrals, count(*) filter (where sent_at is not null and revoked_at is null and visible_until > now()) as live").
		Where("dossier_id = ?", id))
}

// countCircles counts the professions that keep notes on a dossier still.
func countCircles(id dossiers.ID, into *circles) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("circles").ColumnExpr("count(*) as circles").Where("dossier_id = ?", id).Where("closed_at is null"))
}

type circles struct{ Circles int }

// noCircle refuses to erase what a profession keeps notes on: those who do close them first, and take what they have to keep.
func noCircle(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) error {
	open, err := tx.Select().TableExpr("circles").Where("dossier_id = ?", id).Where("closed_at is null").Count(ctx)
	if err != nil {
		return fmt.Errorf("count circles: %w", err)
	}
	if open > 0 {
		return fault.Refused("erasures.confidences")
	}
	return nil
}

func findDossier(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (mention dossiers.Mention, err error) {
	err = tx.Select().TableExpr("dossiers").Column("dossier_id", "code_name").Where("dossier_id = ?", id).Scan(ctx, &mention)
	if err := tenantdb.Found(err); err != nil {
		return dossiers.Mention{}, fmt.Errorf("find dossier %s: %w", id, err)
	}
	return mention, nil
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

// lockTenant has decisions of one tenant come after each other.
func lockTenant(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	if _, err := tx.Select().ColumnExpr("pg_advisory_xact_lock(hashtextextended(?, 0))", "retention "+tenant.String()).Exec(ctx); err != nil {
		return fmt.Errorf("wait for another decision: %w", err)
	}
	return nil
}
