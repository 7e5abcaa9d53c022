package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
)

// dossierPage is the one on which what is sealed is opened, and an entry left.
const dossierPage = "dossier page"

// pages are measured in this order.
var pages = append([]page{
	{name: "dossier list", goal: 0.50, p99: 40, growth: 1.2, statement: listStatement, read: readListed, plan: planLists},
	{name: dossierPage, goal: 0.30, p99: 40, growth: 1.2, statement: dossierStatement, read: readPart, plan: planDossiers},
	{name: "inbox", goal: 0.50, p99: 40, growth: 1.2, statement: inboxStatement, read: readWaiting, plan: planInboxes},
}, everyday...)

// listStatement fetches what the list shows in one statement: fifty dossiers with the names of those who are responsible
// and how many dossiers there are, and the staff, among whom one chooses whose dossiers to list.
const listStatement = `
	(select 'dossier' as part, d.dossier_id as id, d.code_name as name, d.phase as kind, d.updated_at as at, m.name as responsible,
		(select dossiers from dossier_counts where tenant_id = $1) as count
	from (select dossier_id, code_name, phase, updated_at, responsible_id from dossiers
		where tenant_id = $1 order by updated_at desc, dossier_id desc limit 50) as d
	join members as m on m.tenant_id = $1 and m.member_id = d.responsible_id
	order by d.updated_at desc, d.dossier_id desc)
	union all
	(select 'member', member_id, name, role, ended_at, '', 0 from members where tenant_id = $1 order by name, member_id)`

func readListed(rows pgx.Rows) error {
	var row struct {
		part, name, kind, responsible string
		id                            uuid.UUID
		at                            *time.Time
		count                         int
	}
	return rows.Scan(&row.part, &row.id, &row.name, &row.kind, &row.at, &row.responsible, &row.count)
}

func planLists(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	for _, g := range staffOnly(guests) {
		codes, err := column(ctx, owner, "select code_name from dossiers where tenant_id = $1 order by updated_at desc, dossier_id desc limit 50", g.tenant)
		if err != nil {
			return nil, err
		}
		staff, err := column(ctx, owner, "select name from members where tenant_id = $1", g.tenant)
		if err != nil {
			return nil, err
		}
		visits = append(visits, visit{path: "/dossiers", cookie: g.cookie, arguments: []any{g.tenant}, rows: len(codes) + len(staff),
			expected: append(ends(codes), ends(staff)...)})
	}
	return visits, nil
}

// dossierStatement fetches what a dossier's first page shows in one statement: particulars, situation, consents, referrals, the
// newest events, facts and the phase that somebody has set, and what matters now: danger, housing, the last interview, the next
// appointment, reflection period, titles, proceedings, steps, return, who pays. Each row is a part with its texts, what is
// sealed of it, and its moment. What is sealed stays so: to open it is the page's work, not the database's.
const dossierStatement = `
	select 'particulars' as part, d.dossier_id as id, array[d.code_name, d.phase, m.name, d.reached_through] as texts, b.particulars as sealed, d.updated_at as at
	from dossiers as d
	join beneficiaries as b on b.tenant_id = $1 and b.dossier_id = $2
	join members as m on m.tenant_id = $1 and m.member_id = d.responsible_id
	where d.tenant_id = $1 and d.dossier_id = $2
	union all
	select 'situation', dossier_id, array[data_class], body, updated_at from situations where tenant_id = $1 and dossier_id = $2
	union all
	select 'consent', c.consent_id, array[o.name, c.purpose, c.given_how, c.valid_from::text, c.valid_until::text] || c.data_classes, c.interpreter, c.recorded_at
	from consents as c join offices as o on o.tenant_id = $1 and o.office_id = c.office_id
	where c.tenant_id = $1 and c.dossier_id = $2
	union all
	select 'referral', r.referral_id, array[o.name, r.reference, r.service, r.urgency, r.state, r.answer_by::text, r.outcome], null, r.created_at
	from referrals as r join offices as o on o.tenant_id = $1 and o.office_id = r.office_id
	where r.tenant_id = $1 and r.dossier_id = $2
	union all
	(select 'event', event_id, array[kind, actor_name, office_name, detail], null, at from events
	where tenant_id = $1 and dossier_id = $2 order by at desc, event_id desc limit 10)
	union all
	select 'fact', dossier_id, array[source], facts, now() from facts where tenant_id = $1 and dossier_id = $2
	union all
	select 'setting', setting_id, array[phase], words, set_at from phase_settings where tenant_id = $1 and dossier_id = $2 and ended_at is null
	union all
	select * from (select distinct on (kind) 'risk', risk_assessment_id, array[kind, level, child_scale::text, review_on::text], null::bytea, assessed_on::timestamptz
	from risk_assessments where tenant_id = $1 and dossier_id = $2 order by kind, assessed_on desc, written_at desc, risk_assessment_id) as risks
	union all
	select 'housing', s.stay_id, array[p.code_name, s.kind, s.planned_end_on::text, s.leaves_on::text], null, s.begins_on
	from housing_stays as s left join places as p on p.tenant_id = $1 and p.place_id = s.place_id
	where s.tenant_id = $1 and s.dossier_id = $2 and s.ended_on is null
	union all
	(select 'interview', interview_id, array[kind, minutes::text, member_id::text], null, held_at from interviews
	where tenant_id = $1 and dossier_id = $2 order by held_at desc, interview_id desc limit 1)
	union all
	(select 'appointment', a.appointment_id, array[a.kind, a.minutes::text, a.member_id::text], p.place, a.starts_at
	from appointments as a left join meeting_places as p on p.tenant_id = $1 and p.appointment_id = a.appointment_id
	where a.tenant_id = $1 and a.dossier_id = $2 and a.starts_at >= $3 and a.outcome is null order by a.starts_at, a.appointment_id limit 1)
	union all
	(select 'reflection', reflection_id, array[kind, decision, until_on::text, ended_on::text, end_reason], null, recorded_at from reflections
	where tenant_id = $1 and dossier_id = $2 order by recorded_at desc, reflection_id limit 1)
	union all
	select 'title', stay_id, array[kind, canton, valid_until::text, renewal_requested_on::text], null, recorded_at from stays
	where tenant_id = $1 and dossier_id = $2 and ended_on is null
	union all
	(select 'proceeding', proceeding_id, array[stage, complaint, closed_on::text], null, recorded_at from proceedings
	where tenant_id = $1 and dossier_id = $2 order by recorded_at desc, proceeding_id)
	union all
	select 'steps', $2, array[state, count(*)::text], null, now() from project_steps where tenant_id = $1 and dossier_id = $2 group by state
	union all
	select 'return', return_id, array[planned_on::text, decided_on::text, departed_on::text], null, considered_on from returns
	where tenant_id = $1 and dossier_id = $2 and abandoned_on is null and concluded_on is null
	union all
	(select 'payer', payer_id, array[payer, until_on::text], null, now() from payers
	where tenant_id = $1 and dossier_id = $2 and from_on <= $3::date and (until_on is null or until_on >= $3::date) order by until_on desc nulls first limit 1)`

func readPart(rows pgx.Rows) error {
	var row struct {
		part   string
		id     uuid.UUID
		texts  []*string
		sealed []byte
		at     time.Time
	}
	return rows.Scan(&row.part, &row.id, &row.texts, &row.sealed, &row.at)
}

// dossiersVisited is how many dossiers of a tenant are opened, in turn.
const dossiersVisited = 100

func planDossiers(ctx context.Context, owner *pgxpool.Pool, ring *keys.Ring, guests []guest) ([]visit, error) {
	// Identifiers are random, so that the first ones are anywhere.
	return visitDossiers(ctx, owner, ring, guests, "order by dossier_id limit $2", dossiersVisited)
}

// visitDossiers opens so many dossiers of each tenant, chosen by an order that a constant says.
func visitDossiers(ctx context.Context, owner *pgxpool.Pool, ring *keys.Ring, guests []guest, order string, many int) ([]visit, error) {
	var visits []visit
	// One moment for all of a run: an appointment that begins meanwhile would change how many rows there are.
	now := time.Now()
	for _, g := range staffOnly(guests) {
		rows, err := owner.Query(ctx, "select dossier_id, code_name, particulars from dossiers join beneficiaries using (tenant_id, dossier_id) "+
			"where tenant_id = $1 "+order, g.tenant, many)
		if err != nil {
			return nil, fmt.Errorf("choose dossiers: %w", err)
		}
		var code string
		var who dossiers.SealedBeneficiary
		_, err = pgx.ForEachRow(rows, []any{&who.DossierID, &code, &who.Particulars}, func() error {
			box, err := ring.Box(of(ctx, g.tenant, g.person), dossiers.HolderOf(who.DossierID))
			if err != nil {
				return err
			}
			if err := box.Open(&who); err != nil {
				return err
			}
			visits = append(visits, visit{path: "/dossiers/" + who.DossierID.String(), cookie: g.cookie, arguments: []any{g.tenant, who.DossierID.UUID(), now},
				expected: []string{code, who.Particulars.Get().FamilyName}})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("choose dossiers: %w", err)
		}
	}
	return visits, countRows(ctx, owner, dossierStatement, visits)
}

// inboxStatement orders by the expressions that the index of migrations/008_office_news is made of: a raw statement that
// had to sort would flatter the page.
const inboxStatement = `
	select referral_id, reference, service, urgency, answer_by, state, sent_at, taken_by_name, answered_at, closed_at, office_news_at from referrals
	where tenant_id = $1 and office_id = $2 and state = 'sent' and revoked_at is null and visible_until > now()
	order by case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end,
		case when answer_by is null then 'infinity'::date else answer_by end, sent_at, referral_id
	limit 50`

func readWaiting(rows pgx.Rows) error {
	var row struct {
		id                                        uuid.UUID
		reference, service, urgency, state, taken string
		answerBy, answered, closed, news          *time.Time
		sent                                      time.Time
	}
	return rows.Scan(&row.id, &row.reference, &row.service, &row.urgency, &row.answerBy, &row.state, &row.sent, &row.taken, &row.answered, &row.closed, &row.news)
}

func planInboxes(ctx context.Context, owner *pgxpool.Pool, _ *keys.Ring, guests []guest) ([]visit, error) {
	var visits []visit
	for _, g := range guests {
		if !g.atOffice() {
			continue
		}
		references, err := column(ctx, owner, "select reference from ("+inboxStatement+") as waiting", g.tenant, g.office)
		if err != nil {
			return nil, err
		}
		visits = append(visits, visit{path: "/inbox", cookie: g.cookie, arguments: []any{g.tenant, g.office}, rows: len(references), expected: ends(references)})
	}
	return visits, nil
}

func column(ctx context.Context, owner *pgxpool.Pool, statement string, arguments ...any) ([]string, error) {
	rows, err := owner.Query(ctx, statement, arguments...)
	if err != nil {
		return nil, fmt.Errorf("choose what is expected: %w", err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("choose what is expected: %w", err)
	}
	return texts, nil
}

// ends are the first and the last: a page that holds both holds the list.
func ends(texts []string) []string {
	if len(texts) == 0 {
		return nil
	}
	return []string{texts[0], texts[len(texts)-1]}
}
