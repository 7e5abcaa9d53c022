package tenantdb_test

import (
	"strings"
	"testing"

	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestCheckPassesTheSchemaAsItIs(t *testing.T) {
	if err := pgtest.New(t).App.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// T41: each hole is named, and the program does not start (cmd/passerelle TestT41).
//
// Roles belong to the whole cluster: the powerful ones are made beside the application's, which others use meanwhile.
func TestCheckNamesEachHole(t *testing.T) {
	const asApp = "passerelle_app"
	for sentence, hole := range map[string]struct{ role, arrange string }{
		"the role postgres is a superuser":                              {"postgres", ""},
		"the role hole_bypass may bypass row-level security":            {"hole_bypass", "create role hole_bypass login bypassrls"},
		"the role hole_creator may create roles or databases":           {"hole_creator", "create role hole_creator login createrole"},
		"the role hole_member is a member of passerelle_owner":          {"hole_member", "create role hole_member login in role passerelle_owner"},
		"the role owns situations":                                      {"hole_owner", "create role hole_owner login; alter table situations owner to hole_owner"},
		"dossiers does not force row-level security":                    {asApp, "alter table dossiers no force row level security"},
		"consents does not force row-level security":                    {asApp, "alter table consents disable row level security"},
		"sessions has no fence of the door":                             {asApp, "drop policy door_fence on sessions"},
		"members has no fence of the door":                              {asApp, "alter policy door_fence on members using (true) with check (true)"},
		"dossiers has no fence around the tenant":                       {asApp, "drop policy tenant_fence on dossiers"},
		"consents has no fence around the tenant":                       {asApp, "alter policy tenant_fence on consents using (true)"},
		"events has no fence around the tenant":                         {asApp, "alter policy tenant_fence on events to passerelle_app"},
		"events has no fence around the scope":                          {asApp, "alter policy scope_fence on events using (case current_setting('app.scope', true) when 'staff' then true when 'office' then true else false end) with check (case current_setting('app.scope', true) when 'staff' then true when 'office' then true else false end)"},
		"referrals has no fence around the scope":                       {asApp, "drop policy scope_fence on referrals"},
		"messages has no fence around the scope":                        {asApp, "alter policy scope_fence on messages using (true) with check (true)"},
		"an office may come at decoys":                                  {asApp, "alter policy scope_fence on decoys using (current_setting('app.scope', true) in ('staff', 'watch', 'office')) with check (current_setting('app.scope', true) in ('staff', 'watch', 'office'))"},
		"notes has no tenant_id that must be filled":                    {asApp, "create table notes (tenant_id uuid)"},
		"the key notes_pkey does not begin with tenant_id":              {asApp, "create table notes (note_id uuid primary key, tenant_id uuid not null)"},
		"the key notes_early does not begin with tenant_id":             {asApp, "create table notes (tenant_id uuid not null, at date); create unique index notes_early on notes ((at + 1), tenant_id)"},
		"the foreign key notes_of_a_dossier leaves tenant_id out":       {asApp, "create unique index dossiers_alone on dossiers (dossier_id); create table notes (tenant_id uuid not null, dossier_id uuid, constraint notes_of_a_dossier foreign key (dossier_id) references dossiers (dossier_id))"},
		"the constraint situations_have_a_dossier was never validated":  {asApp, "alter table situations drop constraint situations_have_a_dossier; alter table situations add constraint situations_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) not valid"},
		"a trigger on referrals is disabled":                            {asApp, "alter table referrals disable trigger referrals_are_frozen_once_sent"},
		"the role may change journal_entries":                           {asApp, "grant update (reason) on journal_entries to passerelle_app"},
		"the role may add to journal_leaves":                            {asApp, "grant insert (leaf) on journal_leaves to passerelle_app"},
		"journal_leaves does not refuse to change":                      {asApp, "drop trigger journal_leaves_stay on journal_leaves"},
		"journal_checkpoints does not refuse to be emptied":             {asApp, "alter table journal_checkpoints enable trigger journal_checkpoints_stay_all"},
		"journal_entries does not refuse to change":                     {asApp, "alter table journal_entries enable trigger journal_entries_stay"},
		"journal_entries does not refuse to be emptied":                 {asApp, "drop trigger journal_entries_stay_all on journal_entries"},
		"triggers do not fire on this connection":                       {"hole_replica", "create role hole_replica login; alter role hole_replica set session_replication_role = replica"},
		"a scope is bound to the connection itself":                     {"hole_bound", "create role hole_bound login; alter role hole_bound set app.scope = 'staff'"},
		"a backslash in a text is not read as it stands":                {"hole_escapes", "create role hole_escapes login; alter role hole_escapes set standard_conforming_strings = off"},
		"the view everything does not run as its reader":                {asApp, "create view everything as select * from dossiers"},
		"no fence can stand around everything":                          {asApp, "create materialized view everything as select * from dossiers"},
		"the partition notes_of_today can be read beside its table":     {asApp, "create table notes (tenant_id uuid not null, at date) partition by range (at); create table notes_of_today partition of notes default; grant select on notes_of_today to passerelle_app"},
		"the role may truncate, reference or put triggers on dossiers":  {asApp, "grant truncate on dossiers to passerelle_app"},
		"the role may truncate, reference or put triggers on referrals": {asApp, "grant references (referral_id), trigger on referrals to passerelle_app"},
		"the function everything() runs as its owner":                   {asApp, "create function everything() returns setof dossiers language sql security definer as 'select * from dossiers'"},
		"the role may use the schema side_door":                         {asApp, "create schema side_door; grant usage on schema side_door to passerelle_app"},
		"the role may create in the schema public":                      {asApp, "grant create on schema public to passerelle_app"},
		"the role may create temporary tables":                          {asApp, "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"},
	} {
		t.Run(sentence, func(t *testing.T) {
			db := pgtest.New(t)
			if hole.role != asApp && hole.role != "postgres" {
				defer db.Exec(t, "drop owned by "+hole.role+"; drop role "+hole.role)
			}
			if _, err := db.Owner.Exec(t.Context(), hole.arrange); err != nil {
				t.Fatal(err)
			}
			if hole.role != asApp {
				if _, err := db.Owner.Exec(t.Context(), "do $$ begin execute format('grant connect on database %I to public', current_database()); end $$; grant usage on schema public to public"); err != nil {
					t.Fatal(err)
				}
			}
			app, err := tenantdb.Open(t.Context(), strings.Replace(db.AppConnString, "user="+asApp, "user="+hole.role, 1), tenantdb.Options{MaxConns: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			if err := app.Check(t.Context()); err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("got %v", err)
			}
		})
	}
}
