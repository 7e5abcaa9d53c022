package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
)

// directory is Vaud's, which acts through the connection of Vaud's staff.
const directory = "the directory of Vaud"

var (
	ofDirectory  = "'" + cast.VaudStaff.ID + "'"
	newDirectory = map[string]string{
		"person": "insert into provisioned_people (tenant_id, person_id, connection_id, external_id, user_name, given_name, family_name, display_name, email, active, made_at, changed_at) values (" +
			vaud + ", gen_random_uuid(), " + ofDirectory + ", 'x', 'x', '', '', '', '', true, now(), now())",
		"note": "insert into member_acts (tenant_id, act_id, at, by_id, by_name, by_role, deed, about_id, about_name, role, detail) values (" + vaud + ", gen_random_uuid(), now(), " +
			ofDirectory + ", '', 'directory', 'disabled', gen_random_uuid(), '', '', '')",
		"entry":      "insert into journal_entries (tenant_id, entry_id, person_id, role, action) values (" + vaud + ", gen_random_uuid(), " + ofDirectory + ", 'directory', 'directory_ended')",
		"end":        "update members set ended_at = now(), ended_as = 'disabled' where member_id = " + lea,
		"end office": "update office_members set ended_at = now(), ended_as = 'disabled'",
	}
)

func init() {
	for _, table := range []string{"provisionings", "provisioning_tokens"} {
		visible[table] = map[string]int{"Anna": 1, "sign-in": 2, vaudsDoor: 2}
		policies[table+" door_fence"] = fenced("Léa", table, "0", "2")
		policies[table+" admin"] = reads("Anna", table, "1", "0")
		policies[table+" door"] = reads("sign-in", table, "2", "0")
	}
	policies["provisioning_tokens door_uses"] = probe{who: "sign-in", statement: "update provisioning_tokens set used_at = now()", with: "2", without: "0"}
	for _, table := range []string{"provisioned_people", "provisioned_groups", "provisioned_memberships", "provisioning_acts"} {
		visible[table] = map[string]int{"Anna": 1, directory: 1}
		policies[table+" door_fence"] = fenced("Léa", table, "0", "2")
		policies[table+" admin"] = reads("Anna", table, "1", "0")
		policies[table+" directory"] = reads(directory, table, "1", "0")
	}
	policies["provisioned_people admin_matches"] = probe{who: "Anna", statement: "update provisioned_people set subject = 'x'", with: "1", without: "0"}
	for table, n := range map[string]int{"members": 6, "identities": 1, "applications": 1, "role_proposals": 1} {
		visible[table][directory] = n
	}
	policies["members directory"] = reads(directory, "members", "6", "0")
	policies["members directory_ends"] = probe{who: directory, statement: newDirectory["end"], with: "1", without: "0"}
	comesThrough := "update office_members set connection_id = " + ofDirectory + " where office_member_id = " + noe + "; "
	policies["office_members directory"] = probe{who: directory, arrange: comesThrough, statement: "select 1 from office_members", with: "1", without: "0"}
	policies["office_members directory_ends"] = probe{who: directory, arrange: comesThrough, statement: newDirectory["end office"], with: "1", without: "0"}
	policies["identities directory"] = reads(directory, "identities", "1", "0")
	policies["applications directory"] = reads(directory, "applications", "1", "0")
	policies["role_proposals directory"] = reads(directory, "role_proposals", "1", "0")
	policies["member_acts directory_notes"] = probe{who: directory, statement: newDirectory["note"], with: "1", without: "fenced"}
	policies["journal_entries directory_writes"] = probe{who: directory, statement: newDirectory["entry"], with: "1", without: "fenced"}
}

// What a directory shows opens nothing but what came through its connection, and a membership only ends by it.
func TestADirectoryDoesNothingElse(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	moved := func(id string) string {
		return "update members set connection_id = '" + cast.Offices.ID + "' where member_id = " + id + "; "
	}
	for name, c := range map[string]struct{ who, arrange, statement, want string }{
		"somebody":                           {directory, "", newDirectory["person"], "1"},
		"nobody through another connection":  {directory, "", strings.Replace(newDirectory["person"], ofDirectory, "'"+cast.GeneveStaff.ID+"'", 1), "fenced"},
		"nobody in another canton":           {directory, "", strings.Replace(newDirectory["person"], vaud, "'"+cast.Geneve.ID.String()+"'", 1), "fenced"},
		"an end":                             {directory, "", newDirectory["end"], "1"},
		"no role":                            {directory, "", "update members set role = 'admin' where member_id = " + lea, "fenced"},
		"no return":                          {directory, newDirectory["end"] + "; ", "update members set ended_at = null, ended_as = '' where member_id = " + lea, "fenced"},
		"no membership":                      {directory, "", "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values (" + vaud + ", gen_random_uuid(), 'x', 'x', 'caseworker', " + ofDirectory + ", 'x')", "fenced"},
		"no admin of another connection":     {directory, moved(anna), "update members set ended_at = now(), ended_as = 'disabled' where member_id = " + anna, "fenced"},
		"nobody else of another connection":  {directory, moved(lea), newDirectory["end"], "0"},
		"no acceptance":                      {directory, "", "update applications set accepted_at = now(), answered_by = " + anna, "fenced"},
		"no proposal":                        {directory, "", "insert into role_proposals (tenant_id, group_name, role) values (" + vaud + ", 'x', 'caseworker')", "fenced"},
		"no note as an admin":                {directory, "", strings.Replace(newDirectory["note"], "'directory'", "'admin'", 1), "fenced"},
		"no note of anything else":           {directory, "", strings.Replace(newDirectory["note"], "'disabled'", "'role_given'", 1), "fenced"},
		"no entry as an admin":               {directory, "", strings.Replace(newDirectory["entry"], "'directory'", "'admin'", 1), "fenced"},
		"no entry in somebody's name":        {directory, "", strings.Replace(newDirectory["entry"], ofDirectory, anna, 1), "fenced"},
		"no entry read":                      {directory, "", "select 1 from journal_entries", "0"},
		"no token":                           {directory, "", "select 1 from provisioning_tokens", "0"},
		"no dossier":                         {directory, "", "select 1 from dossiers", "0"},
		"no session":                         {directory, "", "select 1 from sessions", "0"},
		"what it did, an admin reads":        {"Anna", newDirectory["entry"] + "; ", "select 1 from journal_entries where role = 'directory'", "1"},
		"staff see nobody who was announced": {"Léa", "", "select 1 from provisioned_people", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, c.arrange, c.statement); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
