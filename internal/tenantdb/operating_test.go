package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/pgtest"
)

// What those who run the installation announce, limit, ask for and do.
var (
	newAnnouncement = "insert into announcements (announcement_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at) values (gen_random_uuid(), 'incident', 'x', 'x', 'x', 'x', now(), now() + '1 hour', 1, 'Ada', now())"
	newLimit        = "insert into tenant_limits (tenant_id, members, reason, version, set_by, set_at) values (" + vaud + ", 5, 'x', 1, 'Ada', now())"
	newMandate      = "insert into mandates (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at) values (" + vaud + ", gen_random_uuid(), gen_random_uuid(), 'Ada', 'x', '{administrator}', 1, now())"
	newMandateAct   = "insert into mandate_acts (tenant_id, act_id, mandate_id, act, by_name, about, at) select tenant_id, gen_random_uuid(), mandate_id, 'registry', 'Ada', 'x', now() from mandates where tenant_id = " + vaud
	anotherName     = "update tenants set name = 'x' where tenant_id = " + vaud
)

const (
	unanswered = "alter table mandates disable trigger all; update mandates set approved_by = null, approved_at = null, ends_at = null; alter table mandates enable trigger all; "
	unlimited  = "delete from tenant_limits; "
	ended      = "update mandates set ended_at = now(); "
	// over is what nobody can write: a mandate whose time has passed.
	over     = "alter table mandates disable trigger all; update mandates set asked_at = now() - interval '3 hours', approved_at = now() - interval '2 hours', ends_at = now() - interval '1 hour'; alter table mandates enable trigger all; "
	mandated = "update mandates set acts = '{administrator}'; "
)

func init() {
	for table, n := range map[string]int{"announcements": 2, "usage_reports": 2, "signin_refusals": 2, "mandates": 2} {
		visible[table][vaudsDoor] = n
		policies[table+" door_fence"] = fenced("Léa", table, "0", "2")
		policies[table+" door"] = reads("sign-in", table, "2", "0")
	}
	for _, table := range []string{"tenant_limits", "mandate_acts"} {
		policies[table+" door_fence"] = fenced("Anna", table, "1", "2")
	}
	for _, table := range []string{"announcements", "usage_reports", "signin_refusals", "tenant_limits", "mandates", "mandate_acts"} {
		policies[table+" platform_reads"] = reads(platform, table, "2", "0")
		if visible[table]["Anna"] == 1 {
			policies[table+" admin"] = reads("Anna", table, "1", "0")
		}
	}
	policies["announcements platform_adds"] = probe{who: platform, statement: newAnnouncement, with: "1", without: "fenced"}
	policies["announcements platform_changes"] = probe{who: platform, statement: "update announcements set withdrawn_at = now()", with: "2", without: "0"}
	policies["tenant_limits platform_adds"] = probe{who: platform, arrange: unlimited, statement: newLimit, with: "1", without: "fenced"}
	policies["tenant_limits platform_changes"] = probe{who: platform, statement: "update tenant_limits set members = 4", with: "2", without: "0"}
	policies["mandates platform_adds"] = probe{who: platform, statement: newMandate, with: "1", without: "fenced"}
	policies["mandates platform_ends"] = probe{who: platform, statement: "update mandates set ended_at = now()", with: "2", without: "0"}
	policies["mandates admin_answers"] = probe{who: "Anna", statement: "update mandates set ended_at = now(), ended_by = " + anna, with: "1", without: "0"}
	policies["mandate_acts platform_adds"] = probe{who: platform, statement: newMandateAct, with: "1", without: "fenced"}

	triggers["mandates mandates_stay_answered"] = probe{who: "Anna", statement: "update mandates set approved_at = now() - interval '1 hour', ends_at = now() + interval '0 hours', ended_by = " + anna, with: "mandates_are_answered_once", without: "1"}
	triggers["mandate_acts mandate_acts_stay_within_it"] = probe{who: platform, statement: strings.Replace(newMandateAct, "'registry'", "'administrator'", 1), with: "mandate_acts_stay_within_it", without: "1"}
	triggers["mandate_acts mandate_acts_stay"] = probe{who: platform, arrange: stray("mandate_acts") + "grant update on mandate_acts to passerelle_platform; ", statement: "update mandate_acts set about = about", with: "not granted", without: "2"}
	triggers["mandate_acts mandate_acts_stay_all"] = probe{who: platform, arrange: "grant truncate on mandate_acts to passerelle_platform; ", statement: "truncate mandate_acts", with: "not granted", without: "0"}
	triggers["members members_of_a_live_tenant_need_a_mandate"] = probe{who: platform, statement: newAdministrator, with: "live_tenants_give_a_mandate_first", without: "1"}
	triggers["admin_codes codes_of_a_live_tenant_need_a_mandate"] = probe{who: platform, statement: newCode, with: "live_tenants_give_a_mandate_first", without: "1"}
	triggers["connections connections_of_a_live_tenant_are_its_own"] = probe{who: platform, statement: newConnection, with: "live_tenants_give_a_mandate_first", without: "1"}
	triggers["tenants live_tenants_are_corrected_by_mandate"] = probe{who: platform, arrange: ended, statement: anotherName, with: "live_tenants_give_a_mandate_first", without: "1"}
}

// Within a mandate, those who run the installation do what it names, for the tenant that gave it, while it goes on.
func TestAMandateAllowsWhatItNamesAndNothingElse(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for name, c := range map[string]struct{ who, arrange, statement, want string }{
		"what it names":            {platform, "", anotherName, "1"},
		"not once it has ended":    {platform, ended, anotherName, "live_tenants_give_a_mandate_first"},
		"not before it is given":   {platform, unanswered, anotherName, "live_tenants_give_a_mandate_first"},
		"not once its time is up":  {platform, over, anotherName, "live_tenants_give_a_mandate_first"},
		"not by another tenant's":  {platform, "update mandates set ended_at = now() where tenant_id = " + vaud, anotherName, "live_tenants_give_a_mandate_first"},
		"no administrator":         {platform, "", newAdministrator, "live_tenants_give_a_mandate_first"},
		"an administrator":         {platform, mandated, newAdministrator, "1"},
		"another than was named":   {platform, mandated, anotherName, "live_tenants_give_a_mandate_first"},
		"never a way in":           {platform, "update mandates set acts = '{administrator,registry}'; ", newConnection, "live_tenants_give_a_mandate_first"},
		"a tenant not live":        {platform, ended + preparing, anotherName, "1"},
		"what was done":            {platform, "", newMandateAct, "1"},
		"nothing once it is over":  {platform, over, newMandateAct, "mandate_acts_stay_within_it"},
		"no approval":              {platform, unanswered, "update mandates set approved_at = now()", "not granted"},
		"none asked with answer":   {platform, "", "insert into mandates (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at, approved_at) values (" + vaud + ", gen_random_uuid(), gen_random_uuid(), '', 'x', '{registry}', 1, now(), now())", "not granted"},
		"no longer than asked":     {"Anna", unanswered, "update mandates set approved_by = " + anna + ", approved_at = now(), ends_at = now() + interval '5 hours'", "mandates_last_as_long_as_was_asked"},
		"no longer than a day":     {platform, "", strings.Replace(newMandate, "1, now()", "25, now()", 1), "mandates_last_a_day_at_most"},
		"no act of another kind":   {platform, "", strings.Replace(newMandate, "{administrator}", "{dossier}", 1), "mandates_name_acts"},
		"approved in one's name":   {"Anna", unanswered, "update mandates set approved_by = " + anna + ", approved_at = now(), ends_at = now() + interval '1 hour'", "1"},
		"in nobody else's":         {"Anna", unanswered, "update mandates set approved_by = " + lea + ", approved_at = now(), ends_at = now() + interval '1 hour'", "fenced"},
		"not by the staff":         {"Léa", unanswered, "update mandates set approved_by = " + lea + ", approved_at = now(), ends_at = now() + interval '1 hour'", "0"},
		"not by an office":         {"Noé", "", "select 1 from mandates", "0"},
		"nobody writes an act":     {"Anna", "", newMandateAct, "not granted"},
		"not given again":          {"Anna", ended, "update mandates set ended_by = " + anna, "mandates_are_answered_once"},
		"what was asked stays":     {"Anna", "", "update mandates set purpose = 'x'", "not granted"},
		"a withdrawn one stays":    {platform, "update announcements set withdrawn_at = now(); ", "update announcements set words_fr = 'x'", "0"},
		"in four languages":        {platform, "", strings.Replace(newAnnouncement, "'x', 'x'", "'x', ' '", 1), "announcements_speak_four_languages"},
		"nobody else announces":    {"Anna", "", newAnnouncement, "not granted"},
		"nobody else limits":       {"Anna", "", "update tenant_limits set members = 500", "not granted"},
		"two administrators stay":  {platform, "", "update tenant_limits set members = 1", "tenant_limits_leave_two_administrators"},
		"no number of the console": {platform, "", "update usage_reports set members = 0", "not granted"},
		"no exact bytes":           {"sign-in", "", "update usage_reports set storage_mib = 17", "usage_reports_round_storage"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, c.arrange, c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
	// A mandate that names everything brings no dossier nearer: every table but those of the registry is refused.
	registry := []string{"tenants", "connections", "members", "admin_codes", "journal_entries", "announcements", "usage_reports", "signin_refusals", "tenant_limits", "mandates", "mandate_acts", "tenant_removals", "retention_rules"}
	for _, table := range tables(t, db) {
		open := false
		for _, name := range registry {
			open = open || name == table
		}
		if open {
			continue
		}
		for _, who := range []string{platform, platformOfVaud, platformAsStaff} {
			if got := attempt(t, db, who, "update mandates set acts = '{administrator,registry}'; ", "select 1 from "+table); got != "not granted" {
				t.Errorf("within a mandate, %s of %s is %s", who, table, got)
			}
		}
	}
}
