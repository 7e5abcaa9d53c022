package bench

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/progress"
)

// recounted are the counts that pages rest on, each as it is kept and as somebody finds it who counts the rows.
var recounted = []struct{ name, kept, found string }{
	{"the year", `select tenant_id::text, measure, month::text, code, n from year_counts where n > 0 order by 1, 2, 3, 4`, `
		select tenant_id::text, 'closed', date_trunc('month', closed_at at time zone 'Europe/Zurich')::date::text, '', count(*) from dossiers where closed_at is not null group by 1, 3
		union all select tenant_id::text, 'nights', date_trunc('month', night)::date::text, kind, count(*) from housing_stays,
			generate_series(begins_on::timestamp, ended_on::timestamp - interval '1 day', interval '1 day') as night group by 1, 3, 4
		union all select tenant_id::text, 'opened', date_trunc('month', opened_at at time zone 'Europe/Zurich')::date::text, '', count(*) from dossiers group by 1, 3
		union all select tenant_id::text, 'outcome', date_trunc('month', sent_at at time zone 'Europe/Zurich')::date::text, case when state = 'closed' then 'outcome:' || outcome else state end, count(*) from referrals where sent_at is not null group by 1, 3, 4
		union all select tenant_id::text, 'permit', date_trunc('month', valid_from)::date::text, kind, count(*) from stays group by 1, 3, 4
		union all select tenant_id::text, 'phase', '1970-01-01', phase, count(*) from dossiers group by 1, 4
		union all select tenant_id::text, 'referral', date_trunc('month', sent_at at time zone 'Europe/Zurich')::date::text, service, count(*) from referrals where sent_at is not null group by 1, 3, 4
		order by 1, 2, 3, 4`},
	{"interviews", `select tenant_id::text, month::text, kind, member_id::text, interviews, minutes from interview_counts order by 1, 2, 3, 4`, `
		select tenant_id::text, date_trunc('month', held_at at time zone 'Europe/Zurich')::date::text, kind, member_id::text, count(*), sum(minutes) from interviews
		group by 1, 2, 3, 4 order by 1, 2, 3, 4`},
	{"dossiers", `select tenant_id::text, dossiers from dossier_counts order by 1`, `select tenant_id::text, count(*) from dossiers group by 1 order by 1`},
}

// TestFill sees that what is filled in is what the application would have written: counts that are true, things that the
// keyset of their dossier opens, dates that follow from the facts, and timelines as long as they are said to be.
func TestFill(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ring := db.Ring(t)
	size := Size{Tenants: 2, Dossiers: 460, Referrals: 900}
	if err := fill(t.Context(), db.OwnerConnString, ring, size, time.Now().UTC(), progress.New(io.Discard, "Filling in", size.Dossiers)); err != nil {
		t.Fatal(err)
	}
	rows := func(question string) []string {
		t.Helper()
		found, err := db.Owner.Query(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (string, error) {
			values, err := row.Values()
			return fmt.Sprintln(values...), err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	for _, counts := range recounted {
		kept, found := rows(counts.kept), rows(counts.found)
		wrong := slices.DeleteFunc(slices.Clone(kept), func(row string) bool { return slices.Contains(found, row) })
		if len(found) == 0 || !slices.Equal(kept, found) {
			t.Errorf("%s: %d are kept, %d counted anew; not true are %q", counts.name, len(kept), len(found), wrong)
		}
	}

	number := func(question string) (n int) {
		t.Helper()
		if err := db.Owner.QueryRow(t.Context(), question).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	long := size.Tenants * longOfHouse
	if n := number("select count(*) from interviews"); n != (size.Dossiers-long)*interviewsOfDossier+long*interviewsOfLong {
		t.Errorf("%d interviews", n)
	}
	if n := number(fmt.Sprintf("select count(*) from (select from events group by dossier_id having count(*) >= %d) as long", eventsOfLong)); n != long {
		t.Errorf("%d long timelines", n)
	}
	if n := number("select count(*) from housing_stays where ended_on is null and place_id is not null"); n != size.Tenants*housedOfHouse {
		t.Errorf("%d live in places", n)
	}
	// Of dossiers that are not at work nothing is open.
	idle := "(select dossier_id from (select dossier_id, opened_at, row_number() over (partition by tenant_id order by opened_at) as nth from dossiers) as d " +
		fmt.Sprintf("where nth > %d and nth <= %d)", longOfHouse, size.Dossiers/size.Tenants-atWorkOfHouse)
	for _, open := range []string{
		"tasks where ended_at is null", "housing_stays where ended_on is null", "interviews where not noted", "appointments where outcome is null",
		"referrals where state in ('draft', 'sent', 'taken', 'accepted')",
	} {
		if number("select count(*) from "+open) == 0 {
			t.Errorf("there are no %s", open)
		}
		if n := number("select count(*) from " + open + " and dossier_id in " + idle); n != 0 {
			t.Errorf("of %s %d are of dossiers that are not at work", open, n)
		}
	}

	house := inventHouses(size.Tenants)[0]
	var id ids.ID[dossiers.Dossier]
	var held interviews.Interview
	err := db.Owner.QueryRow(t.Context(), "select dossier_id, interview_id, account from interviews where noted and tenant_id = $1 limit 1", house.tenant).
		Scan(&id, &held.InterviewID, &held.Account)
	if err != nil {
		t.Fatal(err)
	}
	box, err := ring.Box(staffOf(t.Context(), house), dossiers.HolderOf(id))
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Open(&held); err != nil || held.Account.Get().Note == "" {
		t.Errorf("an interview opens as %v, %v", held.Account.Get().Note != "", err)
	}
	var reported []agenda.Reported
	found, err := db.Owner.Query(t.Context(), "select source, facts from facts where dossier_id = $1 order by source", id)
	if err != nil {
		t.Fatal(err)
	}
	var fact agenda.Reported
	if _, err := pgx.ForEachRow(found, []any{&fact.Source, &fact.Facts}, func() error {
		fact.DossierID = dossiers.TimelineID(id)
		reported = append(reported, fact)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	follow, err := agenda.Of(staffOf(t.Context(), house), db.App, func(row keys.Row) error { return box.Open(row) }, reported)
	if err != nil {
		t.Fatal(err)
	}
	if n := number("select count(*) from deadlines where dossier_id = '" + id.String() + "'"); n == 0 || n != len(follow) {
		t.Errorf("%d dates are written down, and %d follow from the facts", n, len(follow))
	}
}
