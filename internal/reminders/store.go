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

// mentioned are open deadlines with the dossier's code name.
func mentioned(query *bun.SelectQuery) *bun.SelectQuery {
	return open(query.TableExpr("deadlines as deadline").
		Join("join dossiers as dossier on dossier.tenant_id = deadline.tenant_id and dossier.dossier_id = deadline.dossier_id")).
		ColumnExpr("deadline.dossier_id, dossier.code_name, deadline.rule, deadline.about, deadline.due_on, deadline.to_the_month")
}

// ofPerson narrows deadlines to the dossiers that somebody is responsible for. It begins with these: they are few.
func ofPerson(query *bun.SelectQuery, person any) *bun.SelectQuery {
	return query.Join("join agendas on agendas.tenant_id = deadline.tenant_id and agendas.dossier_id = deadline.dossier_id").
		Where("agendas.responsible_id = ?", person)
}

var (
	dueStatement = tenantdb.Prepare(ofPerson(mentioned(tenantdb.Select()), tenantdb.Argument(1)).
			Where("deadline.due_on <= ?::date + ?", tenantdb.Argument(2), week).OrderExpr("deadline.due_on, deadline.dossier_id, deadline.rule, deadline.about").Limit(most + 1))
	// Of several reminders of one date the last one counts.
	remindersStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("(?) as latest", ofPerson(mentioned(tenantdb.Select()), tenantdb.Argument(1)).
				ColumnExpr("reminder.reminder_id, reminder.warn_on").DistinctOn("deadline.dossier_id, deadline.rule, deadline.about").
				Join("join reminders as reminder on reminder.tenant_id = deadline.tenant_id and reminder.dossier_id = deadline.dossier_id and reminder.rule = deadline.rule and reminder.about = deadline.about and reminder.due_on = deadline.due_on").
				Where("reminder.acknowledged_at is null").OrderExpr("deadline.dossier_id, deadline.rule, deadline.about, reminder.warn_on desc")).
				ColumnExpr("latest.*").OrderExpr("due_on, dossier_id, rule, about").Limit(most + 1))
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

// loads asks what everybody carries who may be responsible, and who still is without working here.
func loads(today time.Time, into *[]Load) tenantdb.Question {
	carried := tenantdb.Select().TableExpr("dossiers").ColumnExpr("responsible_id, count(*) as dossiers").Where("closed_at is null").GroupExpr("responsible_id")
	dates := open(tenantdb.Select().TableExpr("deadlines as deadline")).
		Join("join agendas on agendas.tenant_id = deadline.tenant_id and agendas.dossier_id = deadline.dossier_id").
		Where("deadline.due_on <= ?::date + ?", today, week).
		ColumnExpr("agendas.responsible_id").ColumnExpr("count(*) filter (where "+overdue+") as overdue", today, today).ColumnExpr("count(*) as all_due").
		GroupExpr("agendas.responsible_id")
	return tenantdb.Many(into, tenantdb.OfTenant(tenantdb.Select().TableExpr("members as member").
		Join("left join (?) as carried on carried.responsible_id = member.member_id", carried).
		Join("left join (?) as dates on dates.responsible_id = member.member_id", dates).
		ColumnExpr("member.member_id, member.name, member.role, member.ended_at is not null as gone, coalesce(carried.dossiers, 0) as dossiers").
		ColumnExpr("coalesce(dates.overdue, 0) as overdue, coalesce(dates.all_due - dates.overdue, 0) as week").
		Where("carried.dossiers is not null or member.ended_at is null and member.role <> 'auditor'").OrderExpr("overdue desc, week desc, member.name, member.member_id")))
}

// quietSince asks for dossiers in which nothing has happened since a moment.
func quietSince(since time.Time, into *[]Quiet) tenantdb.Question {
	last := tenantdb.Select().TableExpr("events").ColumnExpr("max(at)").Where("events.tenant_id = dossier.tenant_id").Where("events.dossier_id = dossier.dossier_id")
	lately := tenantdb.Select().TableExpr("events").ColumnExpr("1").Where("events.tenant_id = dossier.tenant_id").Where("events.dossier_id = dossier.dossier_id").Where("events.at > ?", since)
	return tenantdb.Many(into, withResponsible(tenantdb.Select().TableExpr("dossiers as dossier")).
		ColumnExpr("(?) as last_at", last).Where("dossier.closed_at is null").Where("dossier.updated_at < ?", since).Where("not exists (?)", lately).
		OrderExpr("dossier.updated_at, dossier.dossier_id").Limit(mostOfTeam+1))
}

// undated asks for dossiers of which no date is known.
func undated(into *[]Undated) tenantdb.Question {
	known := tenantdb.Select().TableExpr("deadlines as deadline").ColumnExpr("1").Where("deadline.tenant_id = dossier.tenant_id").Where("deadline.dossier_id = dossier.dossier_id")
	return tenantdb.Many(into, withResponsible(tenantdb.Select().TableExpr("dossiers as dossier")).
		ColumnExpr("dossier.opened_at").Where("dossier.closed_at is null").Where("not exists (?)", known).OrderExpr("dossier.updated_at desc, dossier.dossier_id desc").Limit(mostOfTeam+1))
}

func withResponsible(query *bun.SelectQuery) *bun.SelectQuery {
	return query.Join("join members as member on member.tenant_id = dossier.tenant_id and member.member_id = dossier.responsible_id").
		ColumnExpr("dossier.dossier_id, dossier.code_name, member.name as responsible")
}

// ending asks for the dates of some rules that are over or will be before long.
func ending(rules []deadlines.RuleID, today time.Time, into *[]Due) tenantdb.Question {
	return tenantdb.Many(into, mentioned(tenantdb.Select()).Where("deadline.rule in (?)", bun.List(rules)).
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
