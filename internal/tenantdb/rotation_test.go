package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// The role that seals anew does that and nothing else, and takes nothing from the walls around everybody else.
func TestWhoSealsAnewDoesNothingElse(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const ids = "select tenant_id, gen_random_uuid()"
	for name, c := range map[string]struct{ who, statement, want string }{
		"what was sent, sealed anew":         {rotation, "update referrals set slice = 'anew'", "5"},
		"not what was sent, by the NGO":      {"Léa", "update referrals set slice = 'anew' where reference = 'LIVE'", "referrals_are_frozen_once_sent"},
		"not its request":                    {"Léa", "update referrals set request = 'anew' where reference = 'LIVE'", "referrals_are_frozen_once_sent"},
		"not by the office":                  {"Noé", "update referrals set slice = 'anew'", "referrals_are_frozen_once_sent"},
		"not by the NGO as a rotation":       {"Léa", "update referrals set slice = 'anew', updated_at = now() where reference = 'LIVE'", "referrals_are_frozen_once_sent"},
		"not who sent it":                    {rotation, "update referrals set sent_by_name = 'x'", "not granted"},
		"not for how long it is seen":        {rotation, "update referrals set visible_until = now() + interval '1 day'", "not granted"},
		"not its state":                      {rotation, "update referrals set state = 'revoked'", "not granted"},
		"not when a situation was known":     {rotation, "update situations set updated_at = now()", "not granted"},
		"not a consent back":                 {rotation, "update consents set withdrawn_at = null", "not granted"},
		"not what it moves to":               {rotation, "update beneficiaries set dossier_id = gen_random_uuid()", "not granted"},
		"no code name":                       {rotation, "select code_name from dossiers", "not granted"},
		"no author":                          {rotation, "select author_name from messages", "not granted"},
		"no office":                          {rotation, "select office_id from referrals", "not granted"},
		"no staff":                           {rotation, "select 1 from members", "not granted"},
		"no timeline":                        {rotation, "select 1 from events", "not granted"},
		"no page of a parked form":           {rotationOfNoe, "select page from parked_forms", "not granted"},
		"nobody else's parked form":          {rotation, "select 1 from parked_forms", "0"},
		"nothing is made":                    {rotation, "insert into situations (tenant_id, dossier_id, data_class, body) " + ids + ", 'permit', 'x' from situations", "not granted"},
		"nothing goes":                       {rotation, "delete from messages", "not granted"},
		"the other canton does not exist":    {rotation, "select 1 from beneficiaries where tenant_id <> nullif(current_setting('app.tenant_id'), '')::uuid", "0"},
		"no scope, nothing":                  {"rotation of nobody's", "select 1 from beneficiaries", "0"},
		"a draft is not sent by sealing it":  {rotation, "update referrals set sent_at = now()", "not granted"},
		"no dossier is seen through a draft": {rotation, "select dossier_id from referrals", "not granted"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, "", c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
	for table, who := range map[string]string{
		"beneficiaries": rotation, "situations": rotation, "consents": rotation, "referrals": rotation, "messages": rotation, "parked_forms": rotationOfNoe,
	} {
		if got := attempt(t, db, who, "", "select 1 from "+table+" where tenant_id <> nullif(current_setting('app.tenant_id'), '')::uuid"); got != "0" {
			t.Errorf("the other canton in %s: %s", table, got)
		}
	}
	// Even with every right to the table, this role changes nothing of what was sent but what is sealed.
	for _, change := range []string{"sent_by_name = 'x'", "data_classes = '{health}'", "answer_by = current_date", "reference = 'OTHERS'", "created_at = now() - interval '1 day'"} {
		if got := attempt(t, db, rotation, "grant update on referrals to passerelle_rotation; grant select on referrals to passerelle_rotation",
			"update referrals set "+change+" where reference = 'LIVE'"); got != "referrals_are_frozen_once_sent" {
			t.Errorf("%s: %s", change, got)
		}
	}
}

func TestCheckRotationNamesEachHole(t *testing.T) {
	db := breakable{pgtest.New(t)}
	check := func(t *testing.T, role, statement string) error {
		return db.checked(t, tenantdb.CheckRotationIn, role, statement)
	}
	if err := check(t, migrate.Rotation, ""); err != nil {
		t.Fatal(err)
	}
	for sentence, statement := range map[string]string{
		"may not seal situations.body anew: connect as passerelle_rotation": "revoke update (body) on situations from passerelle_rotation",
		"may not seal messages.body anew":                                   "revoke select (body) on messages from passerelle_rotation",
		"the role may read dossiers.code_name":                              "grant select (code_name) on dossiers to passerelle_rotation",
		"the role may read messages.author_name":                            "grant select on messages to passerelle_rotation",
		"the role may change referrals.state":                               "grant update (state) on referrals to passerelle_rotation",
		"the role may insert events":                                        "grant insert on events to passerelle_rotation",
		"the role may delete messages":                                      "grant delete on messages to passerelle_rotation",
		"consents does not force row-level security":                        "alter table consents no force row level security",
		"the role may use the schema keys":                                  "grant usage on schema keys to passerelle_rotation",
	} {
		t.Run(sentence, func(t *testing.T) {
			if err := check(t, migrate.Rotation, statement); err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("the application's role", func(t *testing.T) {
		if err := check(t, migrate.App, ""); err == nil || !strings.Contains(err.Error(), "the role may read dossiers.code_name") {
			t.Errorf("got %v", err)
		}
	})
}
