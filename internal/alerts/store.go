package alerts

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

func parseID(text string) (ID, error) { return ids.Parse[Alert](text) }

const (
	alertColumns = "alert.alert_id, alert.kind, alert.person_id, alert.role, alert.office_id, alert.dossier_id, alert.referral_id, alert.opened, alert.usual, alert.since, alert.until, alert.at, " +
		"alert.acknowledged_at, alert.acknowledged_by, alert.acknowledged_as, pause.paused_at, pause.lifted_at"
	withPause = "left join pauses as pause on pause.tenant_id = alert.tenant_id and pause.alert_id = alert.alert_id"
)

// listLines asks for one alert more than a page shows.
func listLines(ask Ask) *bun.SelectQuery {
	query := tenantdb.Select().TableExpr("alerts as alert").ColumnExpr(alertColumns).
		ColumnExpr("coalesce(member.name, office_member.name, '') as person_name, coalesce(office.name, '') as office_name").
		ColumnExpr("coalesce(dossier.code_name, '') as code_name, coalesce(referral.reference, '') as reference, coalesce(acknowledger.name, '') as acknowledged_by_name").
		Join(withPause).
		Join("left join members as member on member.tenant_id = alert.tenant_id and member.member_id = alert.person_id").
		Join("left join office_members as office_member on office_member.tenant_id = alert.tenant_id and office_member.office_member_id = alert.person_id").
		Join("left join offices as office on office.tenant_id = alert.tenant_id and office.office_id = alert.office_id").
		Join("left join dossiers as dossier on dossier.tenant_id = alert.tenant_id and dossier.dossier_id = alert.dossier_id").
		Join("left join referrals as referral on referral.tenant_id = alert.tenant_id and referral.referral_id = alert.referral_id").
		Join("left join members as acknowledger on acknowledger.tenant_id = alert.tenant_id and acknowledger.member_id = alert.acknowledged_by").
		OrderExpr("(alert.acknowledged_at is not null), alert.at desc, alert.alert_id desc").Limit(pageSize + 1)
	if !ask.All {
		query.Where("alert.acknowledged_at is null")
	}
	if after := ask.After; !after.None() {
		query.Where("((alert.acknowledged_at is not null) > ? or (alert.acknowledged_at is not null) = ? and (alert.at, alert.alert_id) < (?, ?))",
			after.settled, after.settled, after.at, after.id)
	}
	return query
}

type counted struct{ N int }

var countWaiting = tenantdb.Prepare(tenantdb.Select().TableExpr("alerts").ColumnExpr("count(*) as n").Where("acknowledged_at is null"))

func findAlert(ctx context.Context, tx tenantdb.Tx, id ID) (*Alert, error) {
	alert := new(Alert)
	err := tx.Select().TableExpr("alerts as alert").ColumnExpr(alertColumns).Join(withPause).Where("alert.alert_id = ?", id).Scan(ctx, alert)
	if err := tenantdb.Found(err); err != nil {
		return nil, fmt.Errorf("find alert: %w", err)
	}
	return alert, nil
}

// changed turns "no row" into false: somebody else was quicker, or it was done before.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updateAcknowledgement(ctx context.Context, tx tenantdb.Tx, a *Alert) (bool, error) {
	done, err := changed(tx.Update().TableExpr("alerts").Set("acknowledged_at = ?", a.AcknowledgedAt).Set("acknowledged_by = ?", a.AcknowledgedBy).
		Set("acknowledged_as = ?", a.AcknowledgedAs).Where("alert_id = ?", a.AlertID).Where("acknowledged_at is null").Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("acknowledge alert: %w", err)
	}
	return done, nil
}

func updatePause(ctx context.Context, tx tenantdb.Tx, a *Alert, by tenantdb.PersonID) (bool, error) {
	done, err := changed(tx.Update().TableExpr("pauses").Set("lifted_at = ?", a.LiftedAt).Set("lifted_by = ?", by).
		Where("alert_id = ?", a.AlertID).Where("lifted_at is null").Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("lift pause: %w", err)
	}
	return done, nil
}

func listMarks() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("decoys as decoy").
		ColumnExpr("decoy.dossier_id, dossier.code_name, coalesce(member.name, '') as marked_by_name, decoy.marked_at").
		Join("join dossiers as dossier on dossier.tenant_id = decoy.tenant_id and dossier.dossier_id = decoy.dossier_id").
		Join("left join members as member on member.tenant_id = decoy.tenant_id and member.member_id = decoy.marked_by").
		OrderExpr("decoy.marked_at desc, decoy.dossier_id").Limit(mostMarks)
}

func findDossier(ctx context.Context, tx tenantdb.Tx, id ids.ID[journal.Dossier]) error {
	exists, err := tx.Select().TableExpr("dossiers").Where("dossier_id = ?", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("find dossier: %w", err)
	}
	if !exists {
		return fault.NotFound()
	}
	return nil
}

type markRow struct {
	bun.BaseModel `bun:"table:decoys"`
	TenantID      tenantdb.TenantID       `bun:"tenant_id"`
	DossierID     ids.ID[journal.Dossier] `bun:"dossier_id"`
	MarkedBy      tenantdb.PersonID       `bun:"marked_by"`
	MarkedAt      time.Time               `bun:"marked_at"`
}

func insertMark(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier ids.ID[journal.Dossier], at time.Time) (bool, error) {
	row := markRow{TenantID: by.Tenant, DossierID: dossier, MarkedBy: by.Person, MarkedAt: at}
	done, err := changed(tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("mark decoy: %w", err)
	}
	return done, nil
}

func deleteMark(ctx context.Context, tx tenantdb.Tx, dossier ids.ID[journal.Dossier]) (bool, error) {
	done, err := changed(tx.Delete().TableExpr("decoys").Where("dossier_id = ?", dossier).Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("unmark decoy: %w", err)
	}
	return done, nil
}
