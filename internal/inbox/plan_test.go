package inbox

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

// TestAPageIsReadOffAnIndex asks Postgres how it answers an inbox among 40 000 referrals: each question through the
// index made for it, from the right place on, without sorting and without walking over what other offices have.
func TestAPageIsReadOffAnIndex(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	dossier := uuid.New()
	db.Exec(t, `insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, $2, 'Amina', $3)`, cast.Vaud.ID, dossier, cast.Lea.ID)
	db.Exec(t, `insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by)
		select tenant_id, gen_random_uuid(), $2, office_id, 'social', '{identity}', current_date, current_date + 90, 'orally', $3 from offices where tenant_id = $1`,
		cast.Vaud.ID, dossier, cast.Lea.ID)
	db.Exec(t, `insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, urgency, answer_by, state, slice, created_by, sent_at, visible_until, answered_at, closed_at, request)
		select c.tenant_id, gen_random_uuid(), n::text, c.dossier_id, c.office_id, c.consent_id, 'social', (array['normal', 'soon', 'urgent'])[1 + n % 3], current_date + n % 60,
			(array['sent', 'taken', 'accepted', 'declined', 'closed'])[1 + n / 7 % 5], ''::bytea, c.recorded_by, now() - n * interval '1 minute', now() + interval '90 days',
			case when n / 7 % 5 >= 2 then now() - n * interval '1 minute' end, case when n / 7 % 5 = 4 then now() - n * interval '1 minute' end, ''
		from generate_series(1, 40000) n join (select *, row_number() over () - 1 as number from consents) c on c.number = n % 7`)
	// Commits of this cluster reach the disk later, and before that no page counts as visible to everybody.
	db.Exec(t, `checkpoint`)
	db.Exec(t, `vacuum analyze referrals`)

	noe := cast.Noe.Principal()
	plan := func(query *bun.SelectQuery) string {
		tx, err := db.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
		if _, err := tx.Exec(t.Context(), `set local role passerelle_app; set local app.scope = 'office'; set local app.barred = '{}'; set local app.tenant_id = '`+noe.Tenant.String()+`'; set local app.office_id = '`+noe.Office.String()+`'`); err != nil {
			t.Fatal(err)
		}
		rows, err := tx.Query(t.Context(), "explain (analyze, buffers, costs off, timing off, summary off) "+query.String())
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		return strings.Join(lines, "\n")
	}
	index := map[Tab]string{TabNew: "referrals_new", TabInProgress: "referrals_in_progress", TabAnswered: "referrals_settled"}
	someday := time.Now().AddDate(0, 0, 30)
	for _, tab := range Tabs {
		somewhere := place(tab, Line{
			ReferralID: ids.New[timeline.Referral](), Urgency: referrals.Soon, AnswerBy: &someday, State: referrals.Declined,
			SentAt: time.Now().AddDate(0, 0, -10), AnsweredAt: new(time.Now().AddDate(0, 0, -10)),
		})
		for _, ask := range []Ask{{Tab: tab}, {Tab: tab, After: somewhere}, {Tab: tab, Before: somewhere}} {
			got := plan(listLines(noe.Office, ask))
			if !strings.Contains(got, "Index Only Scan using "+index[tab]+" on ") && !strings.Contains(got, "Index Only Scan Backward using "+index[tab]+" on ") || strings.Contains(got, "Sort") || strings.Contains(got, "Rows Removed by Filter") {
				t.Errorf("%s, after %v, before %v:\n%s", tab, ask.After, ask.Before, got)
			}
		}
	}
	for tab, name := range index {
		if got := plan(countTab(noe.Office, tab)); !strings.Contains(got, "Index Only Scan using "+name+" on ") {
			t.Errorf("%s is counted without its index:\n%s", tab, got)
		}
	}
}
