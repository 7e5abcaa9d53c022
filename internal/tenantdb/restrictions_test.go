package tenantdb_test

import (
	"context"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// leaBarred is Léa, from whom every dossier is kept; admittance is where she is told so.
const (
	leaBarred  = "Léa, barred"
	admittance = "the admittance of Léa"
)

// hanging are the tables of which a restricted dossier's rows show to those alone who are named for it.
var hanging = []string{
	"admissions", "age_records", "agendas", "appointments", "beneficiaries", "bookings", "circle_members", "circles", "claims", "closures", "consents", "deadlines", "documents", "dossiers", "drafts", "enclosures", "events",
	"exclusions", "facts", "findings", "guardians", "housing_evaluations", "identifications", "inquiries", "interview_versions", "interviews", "letters", "meeting_places", "moves", "offences",
	"payers", "phase_settings", "postponements", "presences", "proceedings", "project_steps", "projects", "protection_reports", "received_files", "referrals", "reflections", "reminders", "removals", "restrictions",
	"return_contacts", "returns", "risk_assessments", "safety_plans", "second_readings", "situations", "stays", "successions", "task_texts", "tasks", "upload_parts", "uploads", "waivers",
}

func init() {
	const barred = "select set_config('app.barred', array_agg(dossier_id)::text, true) from dossiers; "
	counts := map[string]string{"consents": "2", "enclosures": "4", "referrals": "5", "events": "5"}
	for _, table := range hanging {
		without := "1"
		if n, ok := counts[table]; ok {
			without = n
		}
		policies[table+" admission_fence"] = probe{who: leaBarred, arrange: barred, statement: "select 1 from " + table, with: "0", without: without}
	}
	for _, table := range []string{"dossiers", "restrictions"} {
		policies[table+" admittance_reads"] = reads(admittance, table, "1", "0")
	}
	policies["emergency_accesses tenant_fence"] = fenced("Léa", "emergency_accesses", "1", "2")
	policies["emergency_accesses scope_fence"] = fenced("Noé", "emergency_accesses", "0", "1")
	policies["emergency_accesses staff_reads"] = reads("Léa", "emergency_accesses", "1", "0")
	policies["emergency_accesses staff_opens"] = probe{who: "Léa", with: "1", without: "fenced",
		statement: "insert into emergency_accesses (tenant_id, emergency_access_id, dossier_id, member_id, code_name, reason, words) select tenant_id, gen_random_uuid(), dossier_id, member_id, 'Amina', 'health', '' from emergency_accesses"}
	policies["emergency_accesses staff_looks"] = probe{who: "Léa", statement: "update emergency_accesses set coordination_saw_at = now(), coordination_saw_by = " + anna, with: "1", without: "0"}
	policies["emergency_accesses rotation"] = probe{who: rotationOfLea, statement: "update emergency_accesses set words = 'anew'", with: "1", without: "0"}
	triggers["restrictions restrictions_name_whoever_is_responsible"] = probe{who: "Léa", arrange: "delete from restrictions; ", with: "nobody_else", without: "1",
		statement: "insert into restrictions (tenant_id, dossier_id, restricted_by, restricted_at) select tenant_id, dossier_id, responsible_id, now() from dossiers"}
	triggers["dossiers dossiers_name_whoever_is_responsible"] = probe{who: "Léa", with: "nobody_else", without: "1", statement: "update dossiers set responsible_id = " + karim}
	triggers["admissions admissions_keep_whoever_is_responsible"] = probe{who: "Léa", statement: "delete from admissions", with: "admissions_keep_whoever_is_responsible", without: "1"}
	const given = "restricted_dossiers_are_worked_on_by_those_who_are_named"
	triggers["tasks tasks_of_a_restricted_dossier_go_to_those_who_are_named"] = probe{who: "Léa", statement: "update tasks set assignee_id = " + karim, with: given, without: "1", arrange: "delete from own_task_texts; "}
	triggers["appointments appointments_of_a_restricted_dossier_go_to_those_who_are_named"] = probe{who: "Léa", statement: "update appointments set member_id = " + karim, with: given, without: "1"}
	for _, trigger := range []string{"restrictions restrictions_name_whoever_is_responsible", "dossiers dossiers_name_whoever_is_responsible"} {
		p := triggers[trigger]
		p.arrange += "alter table admissions add constraint nobody_else check (false) not valid; "
		triggers[trigger] = p
	}
}

var karim = "'" + cast.Karim.ID.String() + "'"

// Which dossiers are there is found out when a transaction begins: of a restricted one nothing is, for anybody but who is named; whoever
// opens it in an emergency sees it from then on, for three hours; what works for all works through all.
func TestARestrictedDossierIsNotThere(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	sees := func(scope tenantdb.Scope, table string) int {
		t.Helper()
		found, err := rows(tenantdb.WithScope(t.Context(), scope), db.App, table)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		return len(found)
	}
	lea, other := tenantdb.Staff(cast.Vaud.ID, cast.Lea.ID), tenantdb.Staff(cast.Vaud.ID, cast.Karim.ID)
	for _, table := range hanging {
		if n := sees(lea, table); n == 0 {
			t.Errorf("Léa, who is responsible, sees nothing of %s", table)
		}
		if n := sees(other, table); n > 0 {
			t.Errorf("Karim, who is not named, sees %d rows of %s", n, table)
		}
		if n := sees(other.Throughout(), table); n == 0 {
			t.Errorf("what works through all sees nothing of %s", table)
		}
		if n := sees(tenantdb.Staff(cast.Vaud.ID, cast.Claire.ID), table); n > 0 {
			t.Errorf("somebody of nowhere sees %d rows of %s", n, table)
		}
	}
	if n := sees(tenantdb.Admittance(cast.Vaud.ID, cast.Karim.ID), "beneficiaries"); n > 0 {
		t.Errorf("who asks whether something is there sees %d people", n)
	}
	for _, table := range []string{"housing_stays", "bed_holds"} {
		if n := sees(other, table); n == 0 {
			t.Errorf("a bed that is taken looks free in %s", table)
		}
	}

	t.Run("in an emergency", func(t *testing.T) {
		err := db.App.Write(tenantdb.WithScope(t.Context(), other), func(ctx context.Context, tx tenantdb.Tx) error {
			var dossier string
			if err := db.Owner.QueryRow(ctx, "select dossier_id from dossiers where tenant_id = $1", cast.Vaud.ID).Scan(&dossier); err != nil {
				return err
			}
			values := map[string]any{"tenant_id": cast.Vaud.ID, "emergency_access_id": cast.Karim.ID, "dossier_id": dossier, "member_id": cast.Karim.ID, "code_name": "Amina", "reason": "danger", "words": []byte("x")}
			if _, err := tx.Insert().Model(&values).TableExpr("emergency_accesses").Exec(ctx); err != nil {
				return err
			}
			if n, err := tx.Select().TableExpr("dossiers").Count(ctx); err != nil || n > 0 {
				t.Errorf("before he is let in, Karim sees %d dossiers, %v", n, err)
			}
			if err := db.App.Readmit(ctx, tx); err != nil {
				return err
			}
			n, err := tx.Select().TableExpr("dossiers").Count(ctx)
			if n != 1 {
				t.Errorf("once he is let in, Karim sees %d dossiers", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := sees(other, "beneficiaries"); n != 1 {
			t.Errorf("afterwards Karim sees %d people", n)
		}
		db.Exec(t, "update emergency_accesses set opened_at = opened_at - interval '3 hours', until = until - interval '3 hours'")
		if n := sees(other, "beneficiaries"); n > 0 {
			t.Errorf("after three hours Karim sees %d people", n)
		}
	})

	t.Run("another becomes responsible, and is named", func(t *testing.T) {
		db.Exec(t, "update dossiers set responsible_id = $1 where tenant_id = $2", cast.Karim.ID, cast.Vaud.ID)
		if n := sees(other, "beneficiaries"); n != 1 {
			t.Errorf("Karim sees %d people", n)
		}
	})
}
