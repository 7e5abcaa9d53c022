package statistics

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

// full counts everything anew, from the rows themselves.
const full = `
select 'opened', date_trunc('month', opened_at at time zone 'Europe/Zurich')::date, '', count(*) from dossiers group by 2
union all select 'closed', date_trunc('month', closed_at at time zone 'Europe/Zurich')::date, '', count(*) from dossiers where closed_at is not null group by 2
union all select 'phase', date '1970-01-01', phase, count(*) from dossiers group by 3
union all select 'finding', date_trunc('month', found_on)::date, body || ':' || verdict, count(*) from findings where withdrawn_at is null group by 2, 3
union all select 'referral', date_trunc('month', sent_at at time zone 'Europe/Zurich')::date, service, count(*) from referrals where sent_at is not null group by 2, 3
union all select 'outcome', date_trunc('month', sent_at at time zone 'Europe/Zurich')::date, case when state = 'closed' then 'outcome:' || outcome else state end, count(*) from referrals where sent_at is not null group by 2, 3
union all select 'permit', date_trunc('month', valid_from)::date, kind, count(*) from stays where valid_from is not null group by 2, 3
union all select 'nights', date_trunc('month', night)::date, kind, count(*) from housing_stays, generate_series(begins_on::timestamp, ended_on::timestamp - interval '1 day', interval '1 day') as night group by 2, 3
order by 1, 2, 3`

const kept = `select measure, month, code, n from year_counts where n > 0 order by measure, month, code`

// TestTheCountsAreThoseOfAFullCount: whatever happens, in whatever order, to several rows at once or to one, what the triggers
// keep is what somebody would find who counts everything.
func TestTheCountsAreThoseOfAFullCount(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	random := rand.New(rand.NewPCG(7, 11))
	one := func(codes ...string) string { return codes[random.IntN(len(codes))] }
	on := func() string { return fmt.Sprintf("date '2025-11-15' + %d", random.IntN(420)) }
	some := func(table, id string) string {
		return fmt.Sprintf("%s in (select %s from %s order by random() limit %d)", id, id, table, 1+random.IntN(3))
	}
	dossier := "(select dossier_id from dossiers order by random() limit 1)"
	vaud, lea := "'"+cast.Vaud.ID.String()+"'", "'"+cast.Lea.ID.String()+"'"
	for i := range 260 {
		statement := [...]func() string{
			func() string {
				return fmt.Sprintf("insert into dossiers (tenant_id, dossier_id, code_name, responsible_id, opened_at) values (%s, gen_random_uuid(), 'Bofa%c%c%c', %s, %s)", vaud, 'a'+i/26%26, 'a'+i%26, 'a'+i/676, lea, on())
			},
			func() string {
				return "update dossiers set phase = '" + one("reflection", "integration", "return") + "' where closed_at is null and " + some("dossiers", "dossier_id")
			},
			func() string {
				return "update dossiers set phase = 'closed', closed_at = " + on() + " where " + some("dossiers", "dossier_id")
			},
			func() string {
				return "update dossiers set phase = 'reflection', closed_at = null where " + some("dossiers", "dossier_id")
			},
			func() string {
				return "with erased as (select dossier_id, set_config('app.erases', dossier_id::text, true) from dossiers order by random() limit 1) delete from dossiers using erased where dossiers.dossier_id = erased.dossier_id"
			},
			func() string {
				return "insert into findings (tenant_id, finding_id, dossier_id, body, verdict, found_on, words, recorded_by, recorded_at) select " + vaud + ", gen_random_uuid(), dossier_id, 'ngo', '" + one("presumed", "identified") + "', " + on() + ", '', " + lea + ", now() from dossiers where " + some("dossiers", "dossier_id")
			},
			func() string {
				return "update findings set withdrawn_at = now(), withdrawn_by = " + lea + " where " + some("findings", "finding_id")
			},
			func() string {
				return "insert into stays (tenant_id, stay_id, dossier_id, kind, canton, legal_ground, valid_from, opinion, approval, particulars, version, recorded_at, changed_at, changed_by, changed_by_name) select " + vaud + ", gen_random_uuid(), dossier_id, '" + one("l", "b") + "', '', '', " + one("null", on()) + ", '', '', '', 1, now(), now(), " + lea + ", '' from dossiers where " + some("dossiers", "dossier_id")
			},
			func() string {
				return "update stays set valid_from = " + one("null", on()) + " where " + some("stays", "stay_id")
			},
			func() string {
				return "insert into housing_stays (tenant_id, stay_id, dossier_id, kind, beds, begins_on, ended_on, went_to, particulars) select " + vaud + ", gen_random_uuid(), dossier_id, 'own_flat', 1, day, day + " + fmt.Sprint(random.IntN(100)) + ", 'other', '' from dossiers, (select " + on() + " as day) as d where dossier_id = " + dossier
			},
			func() string {
				return "update housing_stays set ended_on = ended_on + 40 where " + some("housing_stays", "stay_id")
			},
			func() string {
				return "with given as (insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by) select " + vaud + ", gen_random_uuid(), dossier_id, '" + cast.CSR.ID.String() + "', '', '{identity}', current_date, current_date, 'orally', " + lea + " from dossiers where dossier_id = " + dossier + " returning *)" +
					" insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, state, request, slice, created_by, sent_at, visible_until) select tenant_id, gen_random_uuid(), gen_random_uuid()::text, dossier_id, office_id, consent_id, '" + one("social", "medical") + "', 'sent', '', '', " + lea + ", " + on() + ", now() + interval '1 hour' from given, generate_series(1, 3)"
			},
			func() string {
				return "update referrals set state = '" + one("taken", "accepted", "declined") + "' where " + some("referrals", "referral_id")
			},
			func() string {
				return "update referrals set state = 'closed', outcome = '" + one("got_all", "got_part") + "' where " + some("referrals", "referral_id")
			},
		}[max(0, random.IntN(20)-6)]() // most often, a dossier is opened
		if _, err := db.Owner.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	read := func(question string) (all []string) {
		t.Helper()
		rows, err := db.Owner.Query(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprint(values...))
		}
		return all
	}
	want, got := read(full), read(kept)
	met := map[string]bool{}
	for _, line := range want {
		met[strings.TrimRight(line[:strings.IndexByte(line, '-')], "0123456789")] = true
	}
	if len(met) != 8 || len(want) < 20 || !slices.Equal(want, got) {
		t.Errorf("counted anew:\n%q\nas kept:\n%q", want, got)
	}
}

func TestOf(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	vaud, lea := cast.Vaud.ID, cast.Lea.ID
	db.Exec(t, `insert into dossiers (tenant_id, dossier_id, code_name, responsible_id, opened_at, phase, closed_at)
		values ($1, gen_random_uuid(), 'Lomidak', $2, '2024-05-01', 'integration', null), ($1, gen_random_uuid(), 'Beludok', $2, '2025-03-01', 'closed', '2025-12-30'),
			($1, gen_random_uuid(), 'Fenulat', $2, '2026-02-01', 'closed', '2026-03-03'), ($1, gen_random_uuid(), 'Nobetim', $2, '2026-10-01', 'reflection', null)`, vaud, lea)
	db.Exec(t, `insert into housing_stays (tenant_id, stay_id, dossier_id, kind, beds, begins_on, went_to, particulars)
		select tenant_id, gen_random_uuid(), dossier_id, 'own_flat', 1, date '2026-10-30', '', '' from dossiers where code_name = 'Nobetim'`)
	service := New(db.App, func() time.Time { return now })
	y, err := service.Of(cast.Ruth.Context(t.Context()), 2026)
	if err != nil {
		t.Fatal(err)
	}
	if y.Accompanied != 3 || y.Opened != 2 || y.Closed != 1 {
		t.Errorf("%d accompanied, %d opened, %d closed", y.Accompanied, y.Opened, y.Closed)
	}
	// The nights of October are two, of November those until today.
	if len(y.Nights) != 1 || y.Nights[0].N[9] != 2 || y.Nights[0].N[10] != 23 || y.Nights[0].Sum() != 25 {
		t.Errorf("nights: %+v", y.Nights)
	}
	if before, err := service.Of(cast.Lea.Context(t.Context()), 2025); err != nil || before.Accompanied != 2 || len(before.Nights) != 0 {
		t.Errorf("the year before: %+v, %v", before, err)
	}
	if later, err := service.Of(cast.Lea.Context(t.Context()), 9999); err != nil || later.Year != 2026 {
		t.Errorf("a year that has not begun is %d, %v", later.Year, err)
	}
	if other, err := service.Of(cast.Claire.Context(t.Context()), 2026); err != nil || other.Accompanied != 0 || len(other.Phases) != 0 || len(other.Nights) != 0 {
		t.Errorf("Claire of the other canton: %+v, %v", other, err)
	}
	if _, err := service.Of(cast.Noe.Context(t.Context()), 2026); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office: %v", err)
	}
}
