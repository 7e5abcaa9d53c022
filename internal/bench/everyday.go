package bench

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/views/paths"
	"passerelle/views/statisticsview"
)

// everyday are the pages of the accompaniment: to be quick for whoever waits, and to stay so. What they reach of raw is told,
// and no share is asked for.
var everyday = []page{
	{name: "long dossier", p99: 100, growth: 1.3, statement: dossierStatement, read: readPart, plan: planLong},
	{name: "long timeline", p99: 100, growth: 1.3, statement: timelineStatement, read: readHappened, plan: planTimelines},
	{name: "my work", p99: 100, growth: 1.3, statement: workStatement, read: readLine, plan: planWork},
	{name: "board", p99: 100, growth: 1.3, statement: boardStatement, read: readLine, plan: planBoards},
	{name: "year", p99: 100, growth: 1.3, statement: yearStatement, read: readNumber, plan: planYears},
}

// timelineStatement fetches the newest page of a timeline, and those who did something in the dossier.
const timelineStatement = `
	(select 'event' as part, event_id as id, kind, actor_name, office_name, detail, at from events
	where tenant_id = $1 and dossier_id = $2 order by at desc, event_id desc limit 51)
	union all
	select distinct on (actor_id) 'actor', actor_id, '', actor_name, '', '', at from events
	where tenant_id = $1 and dossier_id = $2`

func readHappened(rows pgx.Rows) error {
	var row struct {
		part, kind, actor, office, detail string
		id                                uuid.UUID
		at                                time.Time
	}
	return rows.Scan(&row.part, &row.id, &row.kind, &row.actor, &row.office, &row.detail, &row.at)
}

// longs names the dossiers of a guest's tenant in which most has happened.
func longs(ctx context.Context, owner *pgxpool.Pool, g guest) ([]uuid.UUID, error) {
	// The oldest ones, by the way in which they are filled in.
	rows, err := owner.Query(ctx, "select dossier_id from dossiers where tenant_id = $1 order by opened_at limit $2", g.tenant, longOfHouse)
	if err != nil {
		return nil, fmt.Errorf("choose long dossiers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("choose long dossiers: %w", err)
	}
	return found, nil
}

func planLong(ctx context.Context, owner *pgxpool.Pool, ring *keys.Ring, guests []guest) ([]visit, error) {
	return visitDossiers(ctx, owner, ring, guests, "order by dossiers.opened_at limit $2", longOfHouse)
}

func planTimelines(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	for _, g := range staffOnly(guests) {
		found, err := longs(ctx, owner, g)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			code, err := column(ctx, owner, "select code_name from dossiers where tenant_id = $1 and dossier_id = $2", g.tenant, id)
			if err != nil {
				return nil, err
			}
			visits = append(visits, visit{path: paths.Dossier(ids.From[dossiers.Dossier](id)) + "/timeline", cookie: g.cookie, arguments: []any{g.tenant, id}, expected: code})
		}
	}
	return visits, countRows(ctx, owner, timelineStatement, visits)
}

// workStatement fetches what my work shows somebody ($2) on a day ($3) and at a moment ($4): dates that are due, dates that
// she or he was reminded of, tasks, appointments without a word on what came of them, interviews without a note, and of
// referrals what is new, what waits for an answer, and drafts.
const workStatement = `
	(select 'due' as part, x.dossier_id as id, d.code_name as name, x.rule as code, x.about as text, x.due_on as day, 0 as number from dossiers as d
	join deadlines as x on x.tenant_id = $1 and x.dossier_id = d.dossier_id
	where d.tenant_id = $1 and d.responsible_id = $2 and d.closed_at is null and x.settled_on is null and x.presses and x.due_on <= $3::date + 7 order by x.due_on limit 101)
	union all
	(select distinct on (x.dossier_id, x.rule, x.about) 'reminded', r.reminder_id, d.code_name, x.rule, x.about, x.due_on, 0 from dossiers as d
	join reminders as r on r.tenant_id = $1 and r.dossier_id = d.dossier_id and r.acknowledged_at is null
	join deadlines as x on (x.tenant_id, x.dossier_id, x.rule, x.about, x.due_on) = ($1, r.dossier_id, r.rule, r.about, r.due_on)
	where d.tenant_id = $1 and d.responsible_id = $2 and d.closed_at is null and x.settled_on is null and x.presses order by x.dossier_id, x.rule, x.about, r.warn_on desc limit 101)
	union all
	(select 'task', t.task_id, coalesce(d.code_name, ''), t.kind, '', t.due_on, t.version from tasks as t left join dossiers as d on d.tenant_id = $1 and d.dossier_id = t.dossier_id
	where t.tenant_id = $1 and t.assignee_id = $2 and t.ended_at is null and t.due_on <= $3::date + 7 order by t.due_on, t.task_id limit 200)
	union all
	(select 'unwritten', p.appointment_id, d.code_name, p.kind, '', p.starts_at::date, p.minutes from appointments as p join dossiers as d on d.tenant_id = $1 and d.dossier_id = p.dossier_id
	where p.tenant_id = $1 and p.member_id = $2 and p.dossier_id is not null and p.outcome is null and p.starts_at + make_interval(mins => p.minutes) <= $4 order by p.starts_at limit 50)
	union all
	(select 'noteless', i.interview_id, d.code_name, i.kind, '', i.held_at::date, i.minutes from interviews as i join dossiers as d on d.tenant_id = $1 and d.dossier_id = i.dossier_id
	where i.tenant_id = $1 and i.member_id = $2 and not i.noted order by i.held_at desc limit 20)
	union all
	(select 'news', r.referral_id, d.code_name, r.state, o.name, r.news_at::date, 0 from referrals as r join dossiers as d on d.tenant_id = $1 and d.dossier_id = r.dossier_id
	join offices as o on o.tenant_id = $1 and o.office_id = r.office_id
	where r.tenant_id = $1 and r.news_at is not null and (r.acknowledged_at is null or r.news_at > r.acknowledged_at) and (r.created_by = $2 or r.dossier_id in (select dossier_id from dossiers where tenant_id = $1 and responsible_id = $2)) order by r.news_at desc limit 101)
	union all
	(select 'waiting', r.referral_id, d.code_name, r.state, o.name, r.answer_by, 0 from referrals as r join dossiers as d on d.tenant_id = $1 and d.dossier_id = r.dossier_id
	join offices as o on o.tenant_id = $1 and o.office_id = r.office_id
	where r.tenant_id = $1 and r.state in ('sent', 'taken') and (r.news_at is null or r.news_at <= r.acknowledged_at) and (r.created_by = $2 or r.dossier_id in (select dossier_id from dossiers where tenant_id = $1 and responsible_id = $2)) order by r.answer_by nulls last limit 101)
	union all
	(select 'draft', r.referral_id, d.code_name, r.state, o.name, r.answer_by, 0 from referrals as r join dossiers as d on d.tenant_id = $1 and d.dossier_id = r.dossier_id
	join offices as o on o.tenant_id = $1 and o.office_id = r.office_id
	where r.tenant_id = $1 and r.state = 'draft' and (r.created_by = $2 or r.dossier_id in (select dossier_id from dossiers where tenant_id = $1 and responsible_id = $2)) order by r.updated_at desc limit 101)`

func readLine(rows pgx.Rows) error {
	var row struct {
		part, name, code, text string
		id                     uuid.UUID
		day                    *time.Time
		number                 int
	}
	return rows.Scan(&row.part, &row.id, &row.name, &row.code, &row.text, &row.day, &row.number)
}

func planWork(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	now := time.Now().UTC()
	for _, g := range staffOnly(guests) {
		v := visit{path: paths.Work, cookie: g.cookie, arguments: []any{g.tenant, g.person, forms.Today(now), now}}
		names, err := column(ctx, owner, "select name from ("+workStatement+") as lines where part in ('task', 'noteless') order by part, day", v.arguments...)
		if err != nil {
			return nil, err
		}
		v.expected = ends(names)
		visits = append(visits, v)
	}
	return visits, countRows(ctx, owner, workStatement, visits)
}

// boardStatement fetches the places and who lives in them, by code name.
const boardStatement = `
	(select 'place' as part, place_id as id, code_name as name, kind as code, '' as text, closes_on as day, beds as number from places where tenant_id = $1)
	union all
	(select 'guest', s.place_id, d.code_name, s.kind, '', coalesce(s.leaves_on, s.planned_end_on), s.beds from housing_stays as s
	join dossiers as d on d.tenant_id = $1 and d.dossier_id = s.dossier_id
	where s.tenant_id = $1 and s.ended_on is null and s.place_id is not null)
	union all
	(select 'hold', h.place_id, d.code_name, '', '', h.until_on, h.beds from bed_holds as h join dossiers as d on d.tenant_id = $1 and d.dossier_id = h.dossier_id
	where h.tenant_id = $1 and h.until_on >= $2)`

func planBoards(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	today := forms.Today(time.Now())
	for _, g := range staffOnly(guests) {
		names, err := column(ctx, owner, "select code_name from places where tenant_id = $1 order by kind, lower(code_name)", g.tenant)
		if err != nil {
			return nil, err
		}
		visits = append(visits, visit{path: paths.Housing, cookie: g.cookie, arguments: []any{g.tenant, today}, expected: ends(names)})
	}
	return visits, countRows(ctx, owner, boardStatement, visits)
}

// yearStatement fetches the numbers of a year ($2 until $3, or today, $4): what is counted as it happens, and the nights of stays
// that go on.
const yearStatement = `
	select 'year' as part, measure, code, month, n from year_counts where tenant_id = $1 and month >= $2 and month < $3
	union all
	select 'before', measure, '', $2, sum(n)::bigint from year_counts where tenant_id = $1 and measure in ('opened', 'closed') and month < $2 group by 2
	union all
	select 'now', measure, code, month, n from year_counts where tenant_id = $1 and measure = 'phase'
	union all
	select 'running', kind, '', $2, sum(least($3, $4) - greatest(begins_on, $2)) from housing_stays where tenant_id = $1 and ended_on is null and begins_on < $4 group by 2
	union all
	select 'interviews', kind, sum(minutes)::text, month, sum(interviews) from interview_counts where tenant_id = $1 and month >= $2 and month < $3 group by 2, 4`

func readNumber(rows pgx.Rows) error {
	var row struct {
		part, measure, code string
		month               time.Time
		n                   int
	}
	return rows.Scan(&row.part, &row.measure, &row.code, &row.month, &row.n)
}

func planYears(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	today := forms.Today(time.Now())
	begins := time.Date(today.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	for _, g := range staffOnly(guests) {
		// Counted anew, from the rows themselves: a page that shows it shows what is kept of it.
		opened, err := column(ctx, owner, "select count(*)::text from dossiers where tenant_id = $1 and opened_at >= $2::timestamp at time zone 'Europe/Zurich'", g.tenant, begins)
		if err != nil {
			return nil, err
		}
		visits = append(visits, visit{path: statisticsview.YearURL(today.Year()), cookie: g.cookie, arguments: []any{g.tenant, begins, begins.AddDate(1, 0, 0), today},
			expected: []string{strconv.Itoa(today.Year()), ">" + opened[0] + "<"}})
	}
	return visits, countRows(ctx, owner, yearStatement, visits)
}

// staffOnly are the guests who work at an NGO.
func staffOnly(guests []guest) (staff []guest) {
	for _, g := range guests {
		if !g.atOffice() {
			staff = append(staff, g)
		}
	}
	return staff
}

// countRows finds how many rows the raw statement of a page has to give.
func countRows(ctx context.Context, owner *pgxpool.Pool, statement string, visits []visit) error {
	for i := range visits {
		if err := owner.QueryRow(ctx, "select count(*) from ("+statement+") as parts", visits[i].arguments...).Scan(&visits[i].rows); err != nil {
			return fmt.Errorf("count the rows of %s: %w", visits[i].path, err)
		}
	}
	return nil
}
