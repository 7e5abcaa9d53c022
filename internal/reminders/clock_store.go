package reminders

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// listTenants names the tenants that there are; the door knows.
func listTenants(ctx context.Context, db *tenantdb.DB) ([]tenantdb.TenantID, error) {
	var rows []struct{ TenantID tenantdb.TenantID }
	err := db.Read(tenantdb.WithScope(ctx, tenantdb.SignIn()), tenantdb.Many(&rows, tenantdb.Select().TableExpr("tenants").Column("tenant_id").OrderExpr("tenant_id")))
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	tenants := make([]tenantdb.TenantID, len(rows))
	for i, row := range rows {
		tenants[i] = row.TenantID
	}
	return tenants, nil
}

// warning is a date that a day reminds of.
type warning struct {
	Rule  deadlines.RuleID
	About string
	DueOn time.Time
}

// listWarnings asks which dates of a dossier name the day as one to remind on. They stay as they are until the transaction ends.
func listWarnings(ctx context.Context, tx tenantdb.Tx, dossier ids.ID[timeline.Dossier], day time.Time) (due []warning, err error) {
	err = open(tx.Select().TableExpr("deadlines as deadline")).Column("deadline.rule", "deadline.about", "deadline.due_on").
		Where("deadline.dossier_id = ?", dossier).Where("?::date = any (deadline.warn_on)", day).OrderExpr("deadline.due_on, deadline.rule, deadline.about").Scan(ctx, &due)
	if err != nil {
		return nil, fmt.Errorf("list what to remind of: %w", err)
	}
	return due, nil
}

type reminderRow struct {
	bun.BaseModel `bun:"table:reminders"`
	TenantID      tenantdb.TenantID        `bun:"tenant_id"`
	ReminderID    ID                       `bun:"reminder_id"`
	DossierID     ids.ID[timeline.Dossier] `bun:"dossier_id"`
	Rule          deadlines.RuleID         `bun:"rule"`
	About         string                   `bun:"about"`
	DueOn         time.Time                `bun:"due_on,type:date"`
	WarnOn        time.Time                `bun:"warn_on,type:date"`
}

func insertReminders(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, dossier ids.ID[timeline.Dossier], due []warning, day time.Time) error {
	if len(due) == 0 {
		return nil
	}
	rows := make([]reminderRow, len(due))
	for i, d := range due {
		rows[i] = reminderRow{TenantID: tenant, ReminderID: ids.New[Reminder](), DossierID: dossier, Rule: d.Rule, About: d.About, DueOn: d.DueOn, WarnOn: day}
	}
	if _, err := tx.Insert().Model(&rows).On("conflict (tenant_id, dossier_id, rule, about, due_on, warn_on) do nothing").Exec(ctx); err != nil {
		return fmt.Errorf("insert reminders: %w", err)
	}
	return nil
}

// listWaiting counts for everybody on the staff what waits on a day.
func listWaiting(ctx context.Context, tx tenantdb.Tx, day time.Time) (members []waiting, err error) {
	due := tx.Select().TableExpr("(?) as due", open(tx.Select().TableExpr("deadlines as deadline")).Where("deadline.due_on <= ?::date + ?", day, week).
		ColumnExpr("(select agendas.responsible_id from agendas where agendas.tenant_id = deadline.tenant_id and agendas.dossier_id = deadline.dossier_id) as responsible_id")).
		ColumnExpr("responsible_id, count(*) as due").GroupExpr("responsible_id")
	reminded := tx.Select().TableExpr("dossiers as own").Where("own.closed_at is null").
		Join(entered+"reminder", unseen()).
		Join(entered+"deadline", ofOwn().Where("deadline.rule = reminder.rule").Where("deadline.about = reminder.about").Where("deadline.due_on = reminder.due_on")).
		ColumnExpr("own.responsible_id, count(*) as reminded").GroupExpr("own.responsible_id")
	known := tx.Select().TableExpr("deadlines as deadline").ColumnExpr("1").Where("deadline.tenant_id = own.tenant_id").Where("deadline.dossier_id = own.dossier_id").Limit(1)
	undated := tx.Select().TableExpr("dossiers as own").ColumnExpr("count(*)").Where("own.closed_at is null").Where("(?) is null", known)
	late := open(tx.Select().TableExpr("deadlines as deadline")).ColumnExpr("count(*)").Where(overdue, day, day)
	soon := open(tx.Select().TableExpr("deadlines as deadline")).ColumnExpr("count(*)").Where("deadline.rule in (?)", bun.List(append(leaving, expiring...))).
		Where("deadline.due_on <= ?::date + ?", day, ahead)
	agreed := tx.Select().TableExpr("agreements as agreement").ColumnExpr("count(*)").Where("agreement.remind_days is not null").
		Where("agreement.valid_until - agreement.remind_days <= ?::date", day)
	err = tenantdb.OfTenant(tx.Select().TableExpr("members as member").
		Join("left join due on due.responsible_id = member.member_id").Join("left join reminded on reminded.responsible_id = member.member_id")).
		WithQuery(bun.NewWithQuery("due", due).Materialized()).WithQuery(bun.NewWithQuery("reminded", reminded).Materialized()).
		WithQuery(bun.NewWithQuery("everybody", tx.Select().ColumnExpr("(?) as undated, (?) as overdue, (?) as ending, (?) as agreements", undated, late, soon, agreed)).Materialized()).
		Join("cross join everybody").
		ColumnExpr("member.member_id, member.role, coalesce(due.due, 0) as due, coalesce(reminded.reminded, 0) as reminded").
		ColumnExpr("everybody.undated, everybody.overdue, everybody.ending, everybody.agreements").
		Where("(member.ended_at is null or member.ended_at > now())").OrderExpr("member.member_id").Scan(ctx, &members)
	if err != nil {
		return nil, fmt.Errorf("count what waits: %w", err)
	}
	return members, nil
}

type digestRow struct {
	bun.BaseModel `bun:"table:digests"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	DigestID      DigestID          `bun:"digest_id"`
	MemberID      tenantdb.PersonID `bun:"member_id"`
	Kind          digestKind        `bun:"kind"`
	Day           time.Time         `bun:"day,type:date"`
}

// insertDigest says whether it was new.
func insertDigest(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, d Digest) (bool, error) {
	row := digestRow{TenantID: tenant, DigestID: d.DigestID, MemberID: d.MemberID, Kind: d.Kind, Day: d.Day}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, member_id, kind, day) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert digest: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// beginDigest writes down that sending begins, and says to whom; one that has begun is not found, nor one for somebody who has
// left.
func beginDigest(ctx context.Context, tx tenantdb.Tx, id DigestID, at time.Time) (to addressee, err error) {
	if err := tenantdb.Affected(tx.Update().TableExpr("digests").Set("begun_at = ?", at).Where("digest_id = ?", id).Where("begun_at is null").Exec(ctx)); err != nil {
		return addressee{}, fmt.Errorf("begin digest %s: %w", id, err)
	}
	err = tenantdb.Found(tx.Select().TableExpr("digests").Join("join members using (tenant_id, member_id)").Join("left join languages using (tenant_id, member_id)").
		ColumnExpr("members.email, coalesce(languages.language, ?) as language", i18n.Langs[0]).
		Where("digest_id = ?", id).Where("(members.ended_at is null or members.ended_at > now())").Scan(ctx, &to))
	if err != nil {
		return addressee{}, fmt.Errorf("find whom digest %s is for: %w", id, err)
	}
	return to, nil
}

func unbeginDigest(ctx context.Context, tx tenantdb.Tx, id DigestID) error {
	if _, err := tx.Update().TableExpr("digests").Set("begun_at = null").Where("digest_id = ?", id).Where("sent_at is null").Exec(ctx); err != nil {
		return fmt.Errorf("take back the beginning of digest %s: %w", id, err)
	}
	return nil
}

func finishDigest(ctx context.Context, tx tenantdb.Tx, id DigestID, at time.Time) error {
	if _, err := tx.Update().TableExpr("digests").Set("sent_at = ?", at).Where("digest_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("finish digest %s: %w", id, err)
	}
	return nil
}
