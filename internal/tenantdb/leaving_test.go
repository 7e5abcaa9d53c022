package tenantdb_test

import (
	"context"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// What a tenant leaves by: the key that it gives, and that it is planned.

var (
	geneve     = "(select tenant_id from tenants where slug = 'geneve')"
	newKey     = "insert into handover_keys (tenant_id, recipient, version, written_by, written_at) values (" + vaud + ", 'age1' || repeat('p', 58), 1, " + anna + ", now())"
	newRemoval = "insert into tenant_removals (tenant_id, due_at, reason) values (" + vaud + ", now() + interval '31 days', 'asked')"
	stays      = "update tenant_removals set withdrawn_at = now(); "
)

func init() {
	visible["handover_keys"] = map[string]int{"Anna": 1}
	visible["tenant_removals"] = map[string]int{"Anna": 1}
	policies["handover_keys tenant_fence"] = fenced("Anna", "handover_keys", "1", "2")
	policies["handover_keys scope_fence"] = fenced("Léa", "handover_keys", "0", "1")
	policies["handover_keys admin"] = reads("Anna", "handover_keys", "1", "0")
	policies["tenant_removals door_fence"] = fenced("Anna", "tenant_removals", "1", "2")
	policies["tenant_removals admin"] = reads("Anna", "tenant_removals", "1", "0")
	policies["tenant_removals platform_reads"] = reads(platform, "tenant_removals", "2", "0")
	policies["tenant_removals platform_adds"] = probe{who: platform, arrange: stays, statement: newRemoval, with: "1", without: "fenced"}
	policies["tenant_removals platform_withdraws"] = probe{who: platform, statement: "update tenant_removals set withdrawn_at = now()", with: "2", without: "0"}
}

const keepsLonger = "update retention_rules set months = 36"

func init() {
	visible["retention_rules"] = map[string]int{"Léa": 1, "Claire": 1}
	policies["retention_rules door_fence"] = fenced("Léa", "retention_rules", "1", "2")
	policies["retention_rules staff"] = reads("Léa", "retention_rules", "1", "0")
	policies["retention_rules platform_reads"] = reads(platform, "retention_rules", "2", "0")
	prepared := "update tenants set live_at = null; "
	policies["retention_rules platform_adds"] = probe{who: platform, arrange: prepared + "delete from retention_rules; ", statement: "insert into retention_rules (tenant_id, reason, months, decided_at) values (" + vaud + ", 'other', 12, now())", with: "1", without: "fenced"}
	policies["retention_rules platform_changes"] = probe{who: platform, arrange: prepared, statement: keepsLonger, with: "2", without: "0"}
	triggers["retention_rules retention_rules_of_live_tenants_are_theirs"] = probe{who: platform, statement: keepsLonger, with: "live_tenants_decide_what_they_keep", without: "2"}
}

const (
	keepsOn = "update postponements set until = until - 1, postponed_by = "
	orders  = "insert into removals (tenant_id, dossier_id, outcome, due_on, ordered_by, ordered_at) select tenant_id, dossier_id, 'delete', current_date + 30, responsible_id, now() from dossiers"
)

func init() {
	for _, table := range []string{"postponements", "removals"} {
		visible[table] = map[string]int{"Léa": 1, "Claire": 1}
		policies[table+" tenant_fence"] = fenced("Léa", table, "1", "2")
		policies[table+" scope_fence"] = fenced("Noé", table, "0", "1")
	}
	visible["retention_terms"] = map[string]int{"Léa": 1, "Claire": 1}
	policies["retention_terms tenant_fence"] = fenced("Léa", "retention_terms", "1", "2")
	policies["retention_terms scope_fence"] = fenced("Noé", "retention_terms", "0", "1")
	policies["retention_terms staff"] = reads("Léa", "retention_terms", "1", "0")
	policies["postponements staff"] = reads("Léa", "postponements", "1", "0")
	policies["removals staff"] = reads("Léa", "removals", "1", "0")
}

func TestWhoeverDecidesOfARemovalSignsIt(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const none = "delete from removals; "
	karim := "'" + cast.Karim.ID.String() + "'"
	as := func(member, statement string) string { return strings.Replace(statement, "responsible_id", member, 1) }
	for name, c := range map[string]struct{ who, arrange, statement, want string }{
		"orders":                   {"Léa", none, as(lea, orders), "1"},
		"not in another's name":    {"Léa", none, as(karim, orders), "fenced"},
		"not sooner than a week":   {"Léa", none, strings.Replace(as(lea, orders), "+ 30", "+ 3", 1), "removals_can_be_taken_back_for_a_week"},
		"not for nothing":          {"Léa", none, strings.Replace(as(lea, orders), "'delete'", "'keep'", 1), "removals_make_anonymous_or_delete"},
		"not another day":          {"Léa", "", "update removals set due_on = current_date", "not granted"},
		"keeps on":                 {"Léa", "", keepsOn + lea, "1"},
		"not on in another's name": {"Léa", "", keepsOn + karim, "fenced"},
		"not for ever":             {"Léa", "", "update postponements set until = current_date + 900, postponed_by = " + lea, "postponements_last_two_years_at_most"},
		"no office orders":         {"Noé", none, as(lea, orders), "0"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, c.arrange, c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
}

func TestWhoLeavesHasTimeToStay(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for name, c := range map[string]struct{ who, arrange, statement, want string }{
		"not at once":           {platform, stays, strings.Replace(newRemoval, "31 days", "29 days", 1), "tenant_removals_wait_for_thirty_days"},
		"not planned earlier":   {platform, stays, strings.Replace(strings.Replace(newRemoval, "(tenant_id,", "(tenant_id, planned_at,", 1), "values ("+vaud+",", "values ("+vaud+", now() - interval '90 days',", 1), "not granted"},
		"not twice":             {platform, "", newRemoval, "tenant_removals_are_planned_once"},
		"not sooner after all":  {platform, "", "update tenant_removals set due_at = now()", "not granted"},
		"not without a reason":  {platform, stays, strings.Replace(newRemoval, "'asked'", "'because'", 1), "tenant_removals_have_a_reason"},
		"taken back for good":   {platform, stays, "update tenant_removals set withdrawn_at = null", "0"},
		"no tenant plans it":    {"Anna", stays, newRemoval, "not granted"},
		"nor takes it back":     {"Anna", "", stays, "not granted"},
		"a key is given":        {"Anna", "delete from handover_keys; ", newKey, "1"},
		"a key for age":         {"Anna", "delete from handover_keys; ", strings.Replace(newKey, "'age1'", "'age2'", 1), "handover_keys_are_for_age"},
		"by no operator":        {platform, "", newKey, "not granted"},
		"by none of the staff":  {"Léa", "delete from handover_keys; ", newKey, "fenced"},
		"and is not taken away": {"Anna", "", "delete from handover_keys", "not granted"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, c.arrange, c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
}

// The role that takes whole tenants steps over the fences, so that what it may do besides is looked at before it does anything.
func TestWhoTakesTenantsDoesNothingElse(t *testing.T) {
	db := breakable{pgtest.New(t)}
	check := func(t *testing.T, role, statement string) error {
		t.Helper()
		return db.checked(t, tenantdb.CheckTransferIn, role, statement)
	}
	if err := check(t, migrate.Transfer, ""); err != nil {
		t.Error(err)
	}
	for statement, sentence := range map[string]string{
		"alter role passerelle_transfer nobypassrls":                                                                      "the role cannot see whole tenants",
		"revoke set on parameter session_replication_role from passerelle_transfer":                                       "the role cannot bring a tenant in or delete one",
		"alter role passerelle_transfer superuser":                                                                        "is a superuser",
		"alter role passerelle_transfer createrole":                                                                       "may create roles or databases",
		"grant passerelle_app to passerelle_transfer":                                                                     "is a member of passerelle_app",
		"alter table tasks owner to passerelle_transfer":                                                                  "the role owns tasks",
		"revoke select on tasks from passerelle_transfer":                                                                 "the role may not select tasks",
		"revoke delete on tasks from passerelle_transfer":                                                                 "the role may not delete tasks",
		"grant update (kind) on tasks to passerelle_transfer":                                                             "the role may update tasks",
		"grant truncate on tasks to passerelle_transfer":                                                                  "the role may truncate, reference or put triggers on tasks",
		"grant usage on schema keys to passerelle_transfer":                                                               "the role may use the schema keys",
		"grant select on console.operators to passerelle_transfer":                                                        "the role may see or change console.operators",
		"grant update (reason) on console.acts to passerelle_transfer":                                                    "the role may see or change console.acts",
		"grant create on schema public to passerelle_transfer":                                                            "the role may create in the schema public",
		"do $$ begin execute format('grant temporary on database %I to passerelle_transfer', current_database()); end $$": "the role may create temporary tables",
	} {
		if err := check(t, migrate.Transfer, statement); err == nil || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for _, role := range []string{migrate.App, migrate.Platform, "postgres"} {
		if err := check(t, role, ""); err == nil || !strings.Contains(err.Error(), "connect as passerelle_transfer") {
			t.Errorf("as %s: %v", role, err)
		}
	}
}

// Rows are brought in for one tenant, whole, and into what is its own: whoever made an archive cannot write anywhere else.
func TestRowsAreBroughtInForOneTenant(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for name, c := range map[string]struct{ statement, want string }{
		"another tenant's row": {"select bring_tenant_rows('languages', " + vaud + ", (select jsonb_agg(r) from tenant_rows('languages', " + geneve + ") r))", "brought_rows_are_of_their_tenant"},
		"a column less":        {"select bring_tenant_rows('languages', " + vaud + ", (select jsonb_agg(r - 'language') from tenant_rows('languages', " + vaud + ") r))", "brought_rows_have_all_columns"},
		"a column more":        {"select bring_tenant_rows('languages', " + vaud + ", (select jsonb_agg(r || '{\"x\": 1}') from tenant_rows('languages', " + vaud + ") r))", "brought_rows_have_all_columns"},
		"another's account":    {"select bring_tenant_rows('identities', " + vaud + ", (select jsonb_agg(r) from tenant_rows('identities', " + geneve + ") r))", "brought_rows_are_of_their_tenant"},
		"another's secret":     {"select bring_tenant_rows('connection_secrets', " + vaud + ", (select jsonb_build_array(jsonb_build_object('secret_id', gen_random_uuid(), 'connection_id', connection_id, 'secret', '\\x00', 'made_at', now())) from connections where tenant_id = " + geneve + " limit 1))", "brought_rows_are_of_their_tenant"},
		"nobody's table":       {"select from tenant_rows('announcement', " + vaud + ")", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tx, err := db.Owner.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
			if _, err := tx.Exec(t.Context(), "set local role passerelle_transfer"); err != nil {
				t.Fatal(err)
			}
			_, err = tx.Exec(t.Context(), c.statement)
			if err == nil || c.want != "" && !tenantdb.Violates(err, c.want) {
				t.Errorf("%s: %v, want %s", c.statement, err, c.want)
			}
		})
	}
	// Of every table it is known which rows are a tenant's.
	for _, table := range tables(t, db) {
		if _, err := db.Owner.Exec(t.Context(), "select from tenant_rows($1, "+vaud+")", table); err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
}
