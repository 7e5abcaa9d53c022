package reminders

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
	"passerelle/internal/tenantdb"
)

// What is open and presses; the same words stand in the index deadlines_open.
func open(query *bun.SelectQuery) *bun.SelectQuery {
	return query.Where("deadline.settled_on is null").Where("deadline.presses")
}

// What follows says which way to the rows there is. A plan must not depend on what the planner knows of a table: one that was
// filled this morning it knows nothing of. A scalar question is asked for each row and never joined; what stands behind
// "offset 0" is entered for each row on its left, by an index.

// codeName is that of the dossier that a deadline is of.
func codeName() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("dossiers as dossier").Column("dossier.code_name").
		Where("dossier.tenant_id = deadline.tenant_id").Where("dossier.dossier_id = deadline.dossier_id")
}

// responsible is the name of who is responsible for a dossier.
func responsible() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("members as member").Column("member.name").
		Where("member.tenant_id = dossier.tenant_id").Where("member.member_id = dossier.responsible_id")
}

// mentioned are open deadlines with the dossier's code name.
func mentioned(query *bun.SelectQuery) *bun.SelectQuery {
	return query.ColumnExpr("deadline.dossier_id, (?) as code_name, deadline.rule, deadline.about, deadline.due_on, deadline.to_the_month", codeName())
}

// ofOwn are the open deadlines of the dossier that stands on the left.
func ofOwn() *bun.SelectQuery {
	return open(tenantdb.Select().TableExpr("deadlines as deadline").ColumnExpr("deadline.*")).
		Where("deadline.tenant_id = own.tenant_id").Where("deadline.dossier_id = own.dossier_id")
}

// unseen are the reminders of that dossier that nobody has acknowledged.
func unseen() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("reminders as reminder").ColumnExpr("reminder.*").Where("reminder.acknowledged_at is null").
		Where("reminder.tenant_id = own.tenant_id").Where("reminder.dossier_id = own.dossier_id")
}

// ofPerson begins with the dossiers that somebody is responsible for and that are not closed: these are few, and in a closed one
// nothing presses.
func ofPerson(person any) *bun.SelectQuery {
	return tenantdb.Select().TableExpr("dossiers as own").Where("own.responsible_id = ?", person).Where("own.closed_at is null")
}

// entered is joined row by row.
const entered = "cross join lateral (? offset 0) as "

var (
	dueStatement = tenantdb.Prepare(mentioned(ofPerson(tenantdb.Argument(1)).
			Join(entered+"deadline", ofOwn().Where("deadline.due_on <= ?::date + ?", tenantdb.Argument(2), week))).
			OrderExpr("deadline.due_on, deadline.dossier_id, deadline.rule, deadline.about").Limit(most + 1))
	// Of several reminders of one date the last one counts.
	remindersStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("(?) as deadline", ofPerson(tenantdb.Argument(1)).
				ColumnExpr("deadline.tenant_id, deadline.dossier_id, deadline.rule, deadline.about, deadline.due_on, deadline.to_the_month, reminder.reminder_id, reminder.warn_on").DistinctOn("deadline.dossier_id, deadline.rule, deadline.about").
				Join(entered+"reminder", unseen()).
				Join(entered+"deadline", ofOwn().Where("deadline.rule = reminder.rule").Where("deadline.about = reminder.about").Where("deadline.due_on = reminder.due_on")).
				OrderExpr("deadline.dossier_id, deadline.rule, deadline.about, reminder.warn_on desc")).
				Apply(mentioned).ColumnExpr("deadline.reminder_id, deadline.warn_on").
				OrderExpr("deadline.due_on, deadline.dossier_id, deadline.rule, deadline.about").Limit(most + 1))
)

// dueOf asks for a person's deadlines that are over or within the week.
func dueOf(person tenantdb.PersonID, today time.Time, into *[]Due) tenantdb.Question {
	return tenantdb.Many(into, dueStatement.With(person, today))
}

// remindersOf asks for what a person was reminded of and has not acknowledged, as far as the date still holds.
func remindersOf(person tenantdb.PersonID, into *[]Reminder) tenantdb.Question {
	return tenantdb.Many(into, remindersStatement.With(person))
}

func acknowledgeReminder(ctx context.Context, tx tenantdb.Tx, id ID, by tenantdb.PersonID, at time.Time) error {
	var found struct{ ReminderID ID }
	if err := tenantdb.Found(tx.Select().TableExpr("reminders").Column("reminder_id").Where("reminder_id = ?", id).Scan(ctx, &found)); err != nil {
		return fmt.Errorf("find reminder %s: %w", id, err)
	}
	_, err := tx.Update().TableExpr("reminders").TableExpr("reminders as seen").Set("acknowledged_at = ?", at).Set("acknowledged_by = ?", by).
		Where("seen.reminder_id = ?", id).Where("reminders.acknowledged_at is null").
		Where("(reminders.tenant_id, reminders.dossier_id, reminders.rule, reminders.about, reminders.due_on) = (seen.tenant_id, seen.dossier_id, seen.rule, seen.about, seen.due_on)").Exec(ctx)
	if err != nil {
		return fmt.Errorf("acknowledge reminder %s: %w", id, err)
	}
	return nil
}

// overdue says of a deadline that its day, or the month that lists are told, is over.
const overdue = "case when deadline.to_the_month then deadline.due_on + interval '1 month' <= ?::date else deadline.due_on < ?::date end"

// loads asks what everybody carries who may be responsible, and who still is without working here. What is counted for
// everybody is counted once.
func loads(today time.Time, into *[]Load) tenantdb.Question {
	carried := tenantdb.Select().TableExpr("dossiers").ColumnExpr("responsible_id, count(*) as dossiers").Where("closed_at is null").GroupExpr("responsible_id")
	due := open(tenantdb.Select().TableExpr("deadlines as deadline")).Where("deadline.due_on <= ?::date + ?", today, week).
		ColumnExpr("("+overdue+") as overdue", today, today).
		ColumnExpr("(select agendas.responsible_id from agendas where agendas.tenant_id = deadline.tenant_id and agendas.dossier_id = deadline.dossier_id) as responsible_id")
	dates := tenantdb.Select().TableExpr("(?) as due", due).ColumnExpr("responsible_id, count(*) filter (where overdue) as overdue, count(*) as all_due").GroupExpr("responsible_id")
	return tenantdb.Many(into, tenantdb.OfTenant(tenantdb.Select().
		WithQuery(bun.NewWithQuery("carried", carried).Materialized()).WithQuery(bun.NewWithQuery("dates", dates).Materialized()).
		TableExpr("members as member").
		Join("left join carried on carried.responsible_id = member.member_id").Join("left join dates on dates.responsible_id = member.member_id").
		ColumnExpr("member.member_id, member.name, member.role, coalesce(member.ended_at <= now(), false) as gone, coalesce(carried.dossiers, 0) as dossiers").
		ColumnExpr("coalesce(dates.overdue, 0) as overdue, coalesce(dates.all_due - dates.overdue, 0) as week").
		Where("carried.dossiers is not null or (member.ended_at is null or member.ended_at > now()) and member.role in ('caseworker', 'coordinator')").OrderExpr("overdue desc, week desc, member.name, member.member_id")))
}

// quietSince asks for dossiers whose person nobody has been in contact with since a moment: no interview or accompaniment of
// any kind, but for meetings of the network, in which the person need not be. Whoever was never met counts from the day on which
// the dossier was opened.
func quietSince(since time.Time, into *[]Quiet) tenantdb.Question {
	last := tenantdb.Select().TableExpr("interviews as interview").Column("held_at").
		Where("interview.tenant_id = dossier.tenant_id").Where("interview.dossier_id = dossier.dossier_id").Where("interview.kind <> 'network'").
		OrderExpr("held_at desc").Limit(1)
	return tenantdb.Many(into, tenantdb.Select().TableExpr("(?) as quiet", running().ColumnExpr("dossier.opened_at").ColumnExpr("(?) as last_at", last)).
		ColumnExpr("quiet.dossier_id, quiet.code_name, quiet.responsible, quiet.last_at").
		Where("coalesce(quiet.last_at, quiet.opened_at) <= ?", since).
		OrderExpr("coalesce(quiet.last_at, quiet.opened_at), quiet.dossier_id").Limit(mostOfTeam+1))
}

// undated asks for dossiers of which no date is known.
func undated(into *[]Undated) tenantdb.Question {
	known := tenantdb.Select().TableExpr("deadlines as deadline").ColumnExpr("1").
		Where("deadline.tenant_id = dossier.tenant_id").Where("deadline.dossier_id = dossier.dossier_id").Limit(1)
	return tenantdb.Many(into, running().ColumnExpr("dossier.opened_at").Where("(?) is null", known).
		OrderExpr("dossier.updated_at desc, dossier.dossier_id desc").Limit(mostOfTeam+1))
}

// running are dossiers that are not closed, as the index dossiers_running has them.
func running() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("dossiers as dossier").ColumnExpr("dossier.dossier_id, dossier.code_name, (?) as responsible", responsible()).
		Where("dossier.closed_at is null")
}

// ending asks for the dates of some rules that are over or will be before long.
func ending(rules []deadlines.RuleID, today time.Time, into *[]Due) tenantdb.Question {
	return tenantdb.Many(into, mentioned(open(tenantdb.Select().TableExpr("deadlines as deadline"))).Where("deadline.rule in (?)", bun.List(rules)).
		Where("deadline.due_on <= ?::date + ?", today, ahead).OrderExpr("deadline.due_on, deadline.dossier_id, deadline.rule, deadline.about").Limit(mostOfTeam+1))
}

type languageRow struct {
	bun.BaseModel `bun:"table:languages"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	MemberID      tenantdb.PersonID `bun:"member_id"`
	Language      i18n.Lang         `bun:"language"`
}

func upsertLanguage(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, person tenantdb.PersonID, lang i18n.Lang) error {
	row := languageRow{TenantID: tenant, MemberID: person, Language: lang}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, member_id) do update").Set("language = excluded.language").Exec(ctx); err != nil {
		return fmt.Errorf("keep the language of %s: %w", person, err)
	}
	return nil
}
