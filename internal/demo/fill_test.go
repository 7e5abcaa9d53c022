package demo

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestStoriesCanBeTold: what the demo invents, the rules allow, on whatever day it begins.
func TestStoriesCanBeTold(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	pgtest.Cast(t, database)
	a, err := app.New(t.Context(), app.Options{
		DatabaseURL: database.AppConnString, MaxConns: 4, KeysDatabaseURL: database.KeysConnString, Master: pgtest.Master(),
		SequencerDatabaseURL: database.SequencerConnString, Origin: "http://127.0.0.1", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	if err := fill(t.Context(), a, func(string) {}); err != nil {
		t.Fatal(err)
	}
	t.Run("people stand at every step of the path", func(t *testing.T) {
		for _, phase := range dossiers.Phases {
			if cantons := count(t, database, `select count(distinct tenant_id) from dossiers where phase = $1`, phase); cantons != len(cast.Tenants) {
				t.Errorf("%s: in %d cantons", phase, cantons)
			}
		}
		// A phase follows from what is told of somebody, and is not merely said.
		if set := count(t, database, `select count(*) from dossiers where phase_set`); set != 0 {
			t.Errorf("%d phases are set by a person", set)
		}
	})
	t.Run("no page is empty for everybody of a canton", func(t *testing.T) {
		for _, table := range []string{
			"age_records", "appointments", "bed_holds", "bookings", "claims", "closures", "consents", "deadlines", "exclusions", "findings", "guardians",
			"housing_evaluations", "housing_stays", "identifications", "interpreters", "interviews", "letters", "messages", "offences", "payers", "places",
			"presences", "proceedings", "project_steps", "projects", "protection_reports", "referrals", "reflections", "returns", "risk_assessments",
			"safety_plans", "second_readings", "situations", "stays", "tasks", "waivers",
		} {
			if cantons := count(t, database, `select count(distinct tenant_id) from `+table); cantons != len(cast.Tenants) {
				t.Errorf("%s: in %d cantons", table, cantons)
			}
		}
		for about, question := range map[string]string{
			"a place is announced":       `select count(distinct tenant_id) from places where opens_on > current_date`,
			"a stay was prolonged":       `select count(distinct tenant_id) from housing_evaluations where decision = 'prolonged'`,
			"a referral is open":         `select count(distinct tenant_id) from referrals where state in ('sent', 'taken', 'accepted')`,
			"a referral has an outcome":  `select count(distinct tenant_id) from referrals where outcome <> ''`,
			"a date is today":            `select count(distinct tenant_id) from deadlines where presses and settled_on is null and due_on = $1`,
			"a date is in the next week": `select count(distinct tenant_id) from deadlines where presses and settled_on is null and due_on > $1 and due_on <= $1::date + 7`,
		} {
			args := []any{forms.Today(time.Now())}[:strings.Count(question, "= $1")]
			if cantons := count(t, database, question, args...); cantons != len(cast.Tenants) {
				t.Errorf("%s: in %d cantons", about, cantons)
			}
		}
	})
	t.Run("hardly anything is overdue, and nothing for long", func(t *testing.T) {
		today := forms.Today(time.Now())
		const overdue = `select count(*) from deadlines join dossiers using (tenant_id, dossier_id) where presses and settled_on is null and phase not in ('closed', 'aftercare')`
		for _, tenant := range cast.Tenants {
			if n := count(t, database, overdue+` and tenant_id = $1 and due_on < $2`, tenant.ID, today); n < 1 || n > 2 {
				t.Errorf("%s: %d dates are overdue", tenant.Name, n)
			}
		}
		if n := count(t, database, overdue+` and due_on < $1::date - 7`, today); n != 0 {
			t.Errorf("%d dates have been overdue for more than a week", n)
		}
	})
}

func count(t *testing.T, database *pgtest.Database, question string, args ...any) (n int) {
	t.Helper()
	if err := database.Owner.QueryRow(t.Context(), question, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return n
}
