package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// The role that hashes the journal sees entries and adds leaves and checkpoints, and does nothing else.
func TestWhoHashesTheJournalDoesNothingElse(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const other = " where tenant_id <> nullif(current_setting('app.tenant_id'), '')::uuid"
	for name, c := range map[string]struct{ who, statement, want string }{
		"the entries of the tenant":      {sequencer, "select * from journal_entries", "3"},
		"a leaf":                         {sequencer, newLeaf, "1"},
		"a checkpoint":                   {sequencer, newCheckpoint, "1"},
		"no entry of its own":            {sequencer, newRow["entry"] + lea + ", 'caseworker', null, 'dossier_seen', null from tenants", "not granted"},
		"no other canton's entries":      {sequencer, "select * from journal_entries" + other, "0"},
		"no other canton's leaf":         {sequencer, strings.Replace(newLeaf, vaud, "'"+cast.Geneve.ID.String()+"'", 1), "fenced"},
		"no time of its own":             {sequencer, strings.Replace(strings.Replace(newCheckpoint, "note)", "note, at)", 1), "now(), '')", "now(), '', now())", 1), "not granted"},
		"no entry without a tenant":      {sequencerAtTheDoor, "select * from journal_entries", "0"},
		"no entry as the staff":          {sequencerAsStaff, "select * from journal_entries", "0"},
		"nothing goes":                   {sequencer, "delete from journal_leaves", "not granted"},
		"nothing changes":                {sequencer, "update journal_checkpoints set note = ''", "not granted"},
		"no dossier":                     {sequencer, "select 1 from dossiers", "not granted"},
		"no member":                      {sequencer, "select 1 from members", "not granted"},
		"no referral":                    {sequencer, "select 1 from referrals", "not granted"},
		"no session":                     {sequencerAtTheDoor, "select 1 from sessions", "not granted"},
		"no name of a tenant":            {sequencerAtTheDoor, "select name from tenants", "not granted"},
		"the application adds no leaf":   {"Léa", newLeaf, "not granted"},
		"the application signs nothing":  {"Léa", newCheckpoint, "not granted"},
		"a rotation adds no leaf either": {rotation, newLeaf, "not granted"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, "", c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
}

func TestCheckSequencerNamesEachHole(t *testing.T) {
	db := breakable{pgtest.New(t)}
	check := func(t *testing.T, role, statement string) error {
		return db.checked(t, tenantdb.CheckSequencerIn, role, statement)
	}
	if err := check(t, migrate.Sequencer, ""); err != nil {
		t.Fatal(err)
	}
	for sentence, statement := range map[string]string{
		"may not read journal_entries.reason: connect as passerelle_sequencer": "revoke select on journal_entries from passerelle_sequencer",
		"may not add journal_leaves.hashes: connect as passerelle_sequencer":   "revoke insert (hashes) on journal_leaves from passerelle_sequencer",
		"the role may read dossiers.code_name":                                 "grant select (code_name) on dossiers to passerelle_sequencer",
		"the role may read tenants.name":                                       "grant select on tenants to passerelle_sequencer",
		"the role may add journal_entries.action":                              "grant insert (action) on journal_entries to passerelle_sequencer",
		"the role may add journal_checkpoints.at":                              "grant insert on journal_checkpoints to passerelle_sequencer",
		"the role may change journal_leaves":                                   "grant update (hashes) on journal_leaves to passerelle_sequencer",
		"the role may change journal_checkpoints":                              "grant delete on journal_checkpoints to passerelle_sequencer",
		"the role may use the schema keys":                                     "grant usage on schema keys to passerelle_sequencer",
		"journal_leaves does not force row-level security":                     "alter table journal_leaves no force row level security",
		"journal_checkpoints has no fence around the scope":                    "drop policy scope_fence on journal_checkpoints",
		"journal_leaves does not refuse to be emptied":                         "drop trigger journal_leaves_stay_all on journal_leaves",
		"a trigger on journal_leaves is disabled":                              "alter table journal_leaves disable trigger journal_leaves_follow_each_other",
	} {
		t.Run(sentence, func(t *testing.T) {
			if err := check(t, migrate.Sequencer, statement); err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("the application's role", func(t *testing.T) {
		if err := check(t, migrate.App, ""); err == nil || !strings.Contains(err.Error(), "connect as passerelle_sequencer") {
			t.Errorf("got %v", err)
		}
	})
}
