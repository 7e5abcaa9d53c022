package erasures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// ownFlat is a stay in a place of the person's own, which ends with nobody's doing: housing.OwnFlat, of which nothing else is asked here.
const ownFlat = "own_flat"

const (
	until = "((c.closed_at at time zone 'Europe/Zurich')::date + make_interval(months => r.months))::date"
	since = "greatest(((c.closed_at at time zone 'Europe/Zurich')::date + make_interval(months => r.months))::date, p.until)"
	found = "exists (select from findings as f where f.tenant_id = d.tenant_id and f.dossier_id = d.dossier_id and f.withdrawn_at is null and f.verdict in ('identified', 'recognised'))"
)

// closed are closed dossiers by the rule of their last closing. Dossiers that somebody looks after again are not among them.
func closed(query *bun.SelectQuery, schedule retention.Schedule) *bun.SelectQuery {
	var reasons, outcomes []string
	var months []int
	for _, reason := range retention.Reasons() {
		rule := schedule.Of(reason)
		reasons, months, outcomes = append(reasons, string(reason)), append(months, rule.Months), append(outcomes, string(rule.Outcome))
	}
	return query.TableExpr("closures as c").
		Join("join dossiers as d on d.tenant_id = c.tenant_id and d.dossier_id = c.dossier_id").
		Join("join unnest(?::text[], ?::int[], ?::text[]) as r (reason, months, outcome) on r.reason = c.reason", pgdialect.Array(reasons), pgdialect.Array(months), pgdialect.Array(outcomes)).
		Join("join members as m on m.tenant_id = d.tenant_id and m.member_id = d.responsible_id").
		Join("left join postponements as p on p.tenant_id = d.tenant_id and p.dossier_id = d.dossier_id").
		Join("left join members as pm on pm.tenant_id = p.tenant_id and pm.member_id = p.postponed_by").
		Join("left join removals as x on x.tenant_id = d.tenant_id and x.dossier_id = d.dossier_id").
		Join("left join members as xm on xm.tenant_id = x.tenant_id and xm.member_id = x.ordered_by").
		Where("d.closed_at is not null").Where("d.aftercare_at is null").Where("c.reopened_at is null")
}

// lines are those with what is known of them.
func lines(query *bun.SelectQuery, schedule retention.Schedule, today time.Time) *bun.SelectQuery {
	of := func(query *bun.SelectQuery) *bun.SelectQuery {
		return query.Where("h.tenant_id = d.tenant_id").Where("h.dossier_id = d.dossier_id")
	}
	day := today.Format(time.DateOnly)
	// Of a birthday the first of its month is known, which holds for all of it. What presses in a closed dossier is owed to the
	// person, however late it is.
	open := of(tenantdb.Select().TableExpr("deadlines as h")).ColumnExpr("max(h.due_on)").Where("h.settled_on is null").
		Where("h.presses or h.due_on >= case when h.to_the_month then date_trunc('month', ?::date)::date else ?::date end", day, day)
	born := of(tenantdb.Select().TableExpr("deadlines as h")).ColumnExpr("1").Where("h.rule = ?", deadlines.Majority)
	child := tenantdb.Select().TableExpr("(?) as last", of(tenantdb.Select().TableExpr("age_records as h")).ColumnExpr("h.finding, h.found_on").OrderExpr("h.written_at desc, h.age_record_id desc").Limit(1)).
		ColumnExpr("(last.found_on + make_interval(years => ?))::date", youngest).
		Where("last.finding in ('disputed', 'unclear') or last.finding = 'minor' and not exists (?)", born).
		Where("last.found_on + make_interval(years => ?) > ?::date", youngest, day)
	return closed(query, schedule).
		ColumnExpr("d.dossier_id, d.code_name, d.responsible_id, m.name as responsible, c.reason, c.closed_at, r.outcome").
		ColumnExpr(until+" as until").ColumnExpr(since+" as since").ColumnExpr(found+" as identified").
		ColumnExpr("(?) as proceedings", of(tenantdb.Select().TableExpr("proceedings as h")).ColumnExpr("count(*)").Where("h.closed_on is null").Where("h.stage <> ''")).
		ColumnExpr("(?) as claims", of(tenantdb.Select().TableExpr("claims as h")).ColumnExpr("count(*)").Where("h.asked_on is not null and h.decision = '' or h.granted_until >= ?::date", day)).
		ColumnExpr("(?) as open_until", open).ColumnExpr("(?) as child_until", child).
		ColumnExpr("(?) as tasks", of(tenantdb.Select().TableExpr("tasks as h")).ColumnExpr("count(*)").Where("h.ended_at is null")).
		ColumnExpr("(?) as circles", of(tenantdb.Select().TableExpr("circles as h")).ColumnExpr("count(*)").Where("h.closed_at is null")).
		ColumnExpr("exists (?) as housed", of(tenantdb.Select().TableExpr("housing_stays as h")).ColumnExpr("1").Where("h.ended_on is null").Where("h.kind <> ?", ownFlat)).
		ColumnExpr("p.until as postponed_until, coalesce(p.ground, '') as ground, coalesce(pm.name, '') as postponed_by, p.postponed_at").
		ColumnExpr("coalesce(x.outcome, '') as as, x.due_on, coalesce(xm.name, '') as ordered_by, x.ordered_at")
}

// listDue gives those of which the day has come and which nobody has ordered: contacts that were never identified first, then the oldest.
func listDue(ctx context.Context, tx tenantdb.Tx, schedule retention.Schedule, today time.Time, after *place, most int64) (list []Line, err error) {
	query := lines(tx.Select(), schedule, today).Where("r.outcome <> ?", retention.Keep).Where("x.due_on is null").
		Where(since+" <= ?::date", today.Format(time.DateOnly)).OrderExpr("identified, since, d.dossier_id").Limit(most)
	if after != nil {
		query = query.Where("("+found+", "+since+", d.dossier_id) > (?, ?::date, ?)", after.identified, after.since.Format(time.DateOnly), after.id)
	}
	if err := query.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list dossiers that are kept for long enough: %w", err)
	}
	return list, nil
}

// listOrdered gives those that are about to be removed, the next first.
func listOrdered(ctx context.Context, tx tenantdb.Tx, schedule retention.Schedule, today time.Time) (list []Line, err error) {
	if err := lines(tx.Select(), schedule, today).Where("x.due_on is not null").OrderExpr("x.due_on, d.code_name").Limit(MostAside).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list removals: %w", err)
	}
	return list, nil
}

// listPostponed gives those that are kept on although they need not be, those first that come up next.
func listPostponed(ctx context.Context, tx tenantdb.Tx, schedule retention.Schedule, today time.Time) (list []Line, err error) {
	day := today.Format(time.DateOnly)
	err = lines(tx.Select(), schedule, today).Where("r.outcome <> ?", retention.Keep).Where("x.due_on is null").Where("p.until > ?::date", day).Where(until+" <= ?::date", day).
		OrderExpr("p.until, d.code_name").Limit(MostAside).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("list postponements: %w", err)
	}
	return list, nil
}

// findLine finds one, whether its day has come or not; NotFound is that there is no such dossier that is closed.
func findLine(ctx context.Context, tx tenantdb.Tx, schedule retention.Schedule, today time.Time, id dossiers.ID) (line Line, err error) {
	if err := tenantdb.Found(lines(tx.Select(), schedule, today).Where("d.dossier_id = ?", id).Scan(ctx, &line)); err != nil {
		return Line{}, fmt.Errorf("find what becomes of dossier %s: %w", id, err)
	}
	return line, nil
}

// Ahead is a dossier that is about to be removed, as whoever is responsible for it is told.
type Ahead struct {
	DossierID dossiers.ID
	CodeName  dossiers.CodeName
	As        retention.Outcome
	DueOn     time.Time
	OrderedBy string
}

// AskAhead asks, along with the questions of somebody's own page, which of her or his dossiers are about to be removed.
func AskAhead(by access.Principal, into *[]Ahead) tenantdb.Question {
	return tenantdb.Many(into, ahead.With(by.Person))
}

var ahead = tenantdb.Prepare(tenantdb.Select().TableExpr("removals as x").
	Join("join dossiers as d on d.tenant_id = x.tenant_id and d.dossier_id = x.dossier_id").
	Join("join members as xm on xm.tenant_id = x.tenant_id and xm.member_id = x.ordered_by").
	ColumnExpr("d.dossier_id, d.code_name, x.outcome as as, x.due_on, xm.name as ordered_by").
	Where("d.responsible_id = ?", tenantdb.Argument(1)).OrderExpr("x.due_on, d.code_name").Limit(onAPage))

type removalRow struct {
	bun.BaseModel `bun:"table:removals"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	Outcome       retention.Outcome `bun:"outcome"`
	DueOn         time.Time         `bun:"due_on,type:date"`
	OrderedBy     tenantdb.PersonID `bun:"ordered_by"`
	OrderedAt     time.Time         `bun:"ordered_at"`
}

func insertRemoval(ctx context.Context, tx tenantdb.Tx, row removalRow) error {
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("order the removal of dossier %s: %w", row.DossierID, err)
	}
	return nil
}

// findRemoval finds the order to remove a dossier, or fault.NotFound.
func findRemoval(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (row removalRow, err error) {
	if err := tenantdb.Found(tx.Select().Model(&row).Where("dossier_id = ?", id).Scan(ctx)); err != nil {
		return removalRow{}, fmt.Errorf("find the order to remove dossier %s: %w", id, err)
	}
	return row, nil
}

// deleteRemoval takes an order back, and says whether there was one.
func deleteRemoval(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (bool, error) {
	result, err := tx.Delete().TableExpr("removals").Where("dossier_id = ?", id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take back the removal of dossier %s: %w", id, err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

type postponementRow struct {
	bun.BaseModel `bun:"table:postponements"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	Until         time.Time         `bun:"until,type:date"`
	Ground        Ground            `bun:"ground"`
	PostponedBy   tenantdb.PersonID `bun:"postponed_by"`
	PostponedAt   time.Time         `bun:"postponed_at"`
}

func upsertPostponement(ctx context.Context, tx tenantdb.Tx, row postponementRow) error {
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id) do update").
		Set("until = excluded.until, ground = excluded.ground, postponed_by = excluded.postponed_by, postponed_at = excluded.postponed_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("postpone the removal of dossier %s: %w", row.DossierID, err)
	}
	return nil
}

// endStays counts the nights up to today of stays that go on: what is deleted cannot be counted any more.
func endStays(ctx context.Context, tx tenantdb.Tx, id dossiers.ID, now time.Time) error {
	_, err := tx.Update().TableExpr("housing_stays").Set("ended_on = greatest(begins_on, ?::date)", forms.Today(now).Format(time.DateOnly)).Set("went_to = 'other'").Set("leaves_on = null").
		Where("dossier_id = ?", id).Where("ended_on is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("end the stays of dossier %s: %w", id, err)
	}
	return nil
}

// findOrderer is who had a removal ordered, if she or he still works here.
func findOrderer(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID) (role access.Role, err error) {
	var row struct{ Role access.Role }
	err = tenantdb.Found(tx.Select().TableExpr("members").Column("role").Where("member_id = ?", by).Where("ended_at is null").Scan(ctx, &row))
	if err != nil && !errors.Is(err, fault.NotFound()) {
		return "", fmt.Errorf("find who ordered a removal: %w", err)
	}
	return row.Role, nil
}
