package tenantdb_test

// vaudsDoor is the door, where something is done with connections of Vaud; rotationAtTheDoor seals anew what lies there.
const (
	vaudsDoor         = "the door of Vaud"
	rotationAtTheDoor = "rotation at the door"
)

func init() {
	for table, n := range map[string]int{
		"tenants": 2, "connections": 3, "identities": 2, "members": 9, "offices": 9, "office_members": 8, "signin_attempts": 2, "sessions": 2,
		"admin_codes": 2, "applications": 2, "logout_tokens": 2,
	} {
		visible[table][vaudsDoor] = n
	}
	visible["connection_secrets"] = map[string]int{"sign-in": 2, vaudsDoor: 2}
	visible["connection_changes"] = map[string]int{"Anna": 1, vaudsDoor: 1}
	visible["connection_trials"] = map[string]int{"Anna": 1, vaudsDoor: 1}
	visible["connection_settings"] = map[string]int{"Anna": 1}

	policies["connections admin_adds"] = probe{who: "Anna", with: "1", without: "fenced",
		statement: "insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id, live_at) values (gen_random_uuid(), " + vaud + ", 'x', 'x', 'staff', '', '', null)"}
	policies["connection_secrets door_fence"] = fenced("Anna", "connection_secrets", "0", "2")
	policies["connection_secrets door"] = reads("sign-in", "connection_secrets", "2", "0")
	policies["connection_secrets rotation"] = probe{who: rotationAtTheDoor, statement: "update connection_secrets set secret = ''", with: "2", without: "0"}

	policies["connection_changes tenant_fence"] = fenced("Anna", "connection_changes", "1", "2")
	policies["connection_changes scope_fence"] = fenced("Léa", "connection_changes", "0", "1")
	policies["connection_changes both_see"] = reads("Anna", "connection_changes", "1", "0")
	policies["connection_changes admin_writes"] = probe{who: "Anna", arrange: "update connection_changes set withdrawn_at = now(), withdrawn_by = written_by; ", with: "1", without: "fenced",
		statement: "insert into connection_changes (tenant_id, change_id, connection_id, kind, name, issuer, client_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, version, written_by, written_at) " +
			"select tenant_id, gen_random_uuid(), connection_id, kind, name, issuer, client_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, 1, " + anna + ", now() from connection_changes"}
	policies["connection_changes both_change"] = probe{who: vaudsDoor, statement: "update connection_changes set tried_version = version", with: "1", without: "0"}
	triggers["connection_changes connection_changes_stay"] = probe{who: "Anna", arrange: "update connection_changes set tried_version = version, proposed_at = now(), proposed_by = written_by; ",
		statement: "update connection_changes set issuer = 'https://another.invalid'", with: "connection_changes_stay_as_proposed", without: "1"}

	policies["connection_trials tenant_fence"] = fenced("Anna", "connection_trials", "1", "2")
	policies["connection_trials scope_fence"] = fenced("Léa", "connection_trials", "0", "1")
	policies["connection_trials both_see"] = reads("Anna", "connection_trials", "1", "0")
	policies["connection_trials door_tries"] = probe{who: vaudsDoor, with: "1", without: "fenced",
		statement: "insert into connection_trials (tenant_id, trial_id, connection_id, change_id, version, member_id, tried_at, outcome, report) " +
			"select tenant_id, gen_random_uuid(), connection_id, change_id, version, " + anna + ", now(), '', '' from connection_trials"}
	policies["connection_trials both_forget"] = probe{who: "Anna", statement: "delete from connection_trials", with: "1", without: "0"}
	policies["connection_trials rotation"] = probe{who: rotationAtTheDoor, statement: "update connection_trials set report = ''", with: "1", without: "0"}

	policies["connection_settings tenant_fence"] = fenced("Anna", "connection_settings", "1", "2")
	policies["connection_settings scope_fence"] = fenced("Léa", "connection_settings", "0", "1")
	policies["connection_settings admin"] = reads("Anna", "connection_settings", "1", "0")
}
