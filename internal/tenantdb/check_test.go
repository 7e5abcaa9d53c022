package tenantdb_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestCheckPassesTheSchemaAsItIs(t *testing.T) {
	if err := pgtest.New(t).App.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// T41: each hole is named, and the program does not start (cmd/passerelle TestT41).
func TestCheckNamesEachHole(t *testing.T) {
	const asApp = migrate.App
	db := breakable{pgtest.New(t)}
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
		"places has no fence around the scope":                          {asApp, "alter policy scope_fence on places using (case current_setting('app.scope', true) when 'staff' then true when 'tally' then true else false end) with check (case current_setting('app.scope', true) when 'staff' then true when 'tally' then true else false end)"},
		"an office may come at decoys":                                  {asApp, "alter policy scope_fence on decoys using (current_setting('app.scope', true) in ('staff', 'watch', 'office')) with check (current_setting('app.scope', true) in ('staff', 'watch', 'office'))"},
		"jottings has no tenant_id that must be filled":                 {asApp, "create table jottings (tenant_id uuid)"},
		"the key jottings_pkey does not begin with tenant_id":           {asApp, "create table jottings (note_id uuid primary key, tenant_id uuid not null)"},
		"the key jottings_early does not begin with tenant_id":          {asApp, "create table jottings (tenant_id uuid not null, at date); create unique index jottings_early on jottings ((at + 1), tenant_id)"},
		"the foreign key jottings_of_a_dossier leaves tenant_id out":    {asApp, "create unique index dossiers_alone on dossiers (dossier_id); create table jottings (tenant_id uuid not null, dossier_id uuid, constraint jottings_of_a_dossier foreign key (dossier_id) references dossiers (dossier_id))"},
		"notes has no fence around the circle":                          {asApp, "drop policy circle_fence on notes"},
		"note_versions has no fence around the circle":                  {asApp, "alter policy circle_fence on note_versions to passerelle_app"},
		"the constraint situations_have_a_dossier was never validated":  {asApp, "alter table situations drop constraint situations_have_a_dossier; alter table situations add constraint situations_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) not valid"},
		"a trigger on referrals is disabled":                            {asApp, "alter table referrals disable trigger referrals_are_frozen_once_sent"},
		"the role may change journal_entries":                           {asApp, "grant update (reason) on journal_entries to passerelle_app"},
		"the role may add to journal_leaves":                            {asApp, "grant insert (leaf) on journal_leaves to passerelle_app"},
		"journal_leaves does not refuse to change":                      {asApp, "drop trigger journal_leaves_stay on journal_leaves"},
		"journal_checkpoints does not refuse to be emptied":             {asApp, "alter table journal_checkpoints enable trigger journal_checkpoints_stay_all"},
		"journal_entries does not refuse to change":                     {asApp, "alter table journal_entries enable trigger journal_entries_stay"},
		"journal_entries does not refuse to be emptied":                 {asApp, "drop trigger journal_entries_stay_all on journal_entries"},
		"triggers do not fire on this connection":                       {asApp, "set local session_replication_role = replica"},
		"a scope is bound to the connection itself":                     {asApp, "set local app.scope = 'staff'"},
		"a backslash in a text is not read as it stands":                {asApp, "set local standard_conforming_strings = off"},
		"the view everything does not run as its reader":                {asApp, "create view everything as select * from dossiers"},
		"no fence can stand around everything":                          {asApp, "create materialized view everything as select * from dossiers"},
		"the partition jottings_of_today can be read beside its table":  {asApp, "create table jottings (tenant_id uuid not null, at date) partition by range (at); create table jottings_of_today partition of jottings default; grant select on jottings_of_today to passerelle_app"},
		"the role may truncate, reference or put triggers on dossiers":  {asApp, "grant truncate on dossiers to passerelle_app"},
		"the role may truncate, reference or put triggers on referrals": {asApp, "grant references (referral_id), trigger on referrals to passerelle_app"},
		"the function everything() runs as its owner":                   {asApp, "create function everything() returns setof dossiers language sql security definer as 'select * from dossiers'"},
		"the role may use the schema side_door":                         {asApp, "create schema side_door; grant usage on schema side_door to passerelle_app"},
		"the role may create in the schema public":                      {asApp, "grant create on schema public to passerelle_app"},
		"the role may create temporary tables":                          {asApp, "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"},
	} {
		t.Run(sentence, func(t *testing.T) {
			if err := db.checked(t, tenantdb.CheckIn, hole.role, hole.arrange); err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCheckKeysNamesEachHole(t *testing.T) {
	const asKeys, asRotation = migrate.Keys, migrate.KeysRotation
	db := breakable{pgtest.New(t)}
	for sentence, hole := range map[string]struct{ role, arrange string }{
		"the role postgres is a superuser":                            {"postgres", ""},
		"the role keyhole_bypass may bypass row-level security":       {"keyhole_bypass", "create role keyhole_bypass login bypassrls"},
		"the role keyhole_creator may create roles or databases":      {"keyhole_creator", "create role keyhole_creator login createrole"},
		"the role keyhole_member is a member of passerelle_owner":     {"keyhole_member", "create role keyhole_member login in role passerelle_owner"},
		"the role owns keysets":                                       {"keyhole_owner", "create role keyhole_owner login; alter table keys.keysets owner to keyhole_owner"},
		"there is no table of keys: run passerelle migrate":           {asKeys, "drop table keys.keysets"},
		"keysets does not force row-level security":                   {asKeys, "alter table keys.keysets no force row level security"},
		"tombstones does not force row-level security":                {asKeys, "alter table keys.tombstones disable row level security"},
		"tenant_keysets has no fence around the tenant":               {asKeys, "drop policy tenant_fence on keys.tenant_keysets"},
		"keysets has no fence around the tenant":                      {asKeys, "alter policy tenant_fence on keys.keysets using (true)"},
		"keysets has no fence around the scope":                       {asKeys, "drop policy scope_fence on keys.keysets"},
		"tenant_keysets has no fence around the scope":                {asKeys, "alter policy scope_fence on keys.tenant_keysets using (true) with check (true)"},
		"tombstones has no fence around the scope":                    {asKeys, "alter policy scope_fence on keys.tombstones to passerelle_keys"},
		"a trigger on keysets is disabled":                            {asKeys, "alter table keys.keysets disable trigger keysets_leave_a_tombstone"},
		"the role may use the schema public":                          {asKeys, "grant usage on schema public to passerelle_keys"},
		"triggers do not fire on this connection":                     {asKeys, "set local session_replication_role = replica"},
		"a scope is bound to the connection itself":                   {asKeys, "set local app.scope = 'staff'"},
		"a backslash in a text is not read as it stands":              {asKeys, "set local standard_conforming_strings = off"},
		"the role may truncate, reference or put triggers on keysets": {asKeys, "grant truncate on keys.keysets to passerelle_keys"},
		"the role may delete tombstones":                              {asKeys, "grant delete on keys.tombstones to passerelle_keys"},
		"the role may change keysets.wrapped":                         {asKeys, "grant update (wrapped) on keys.keysets to passerelle_keys"},
		"the role may change tenant_keysets.wrapped":                  {asKeys, "grant update (wrapped) on keys.tenant_keysets to passerelle_keys"},
		"the role may change keysets.changed_at":                      {asRotation, "grant update (changed_at) on keys.keysets to passerelle_keys_rotation"},
		"the role may change tombstones.destroyed_at":                 {asRotation, "grant update on keys.tombstones to passerelle_keys_rotation"},
		"the role may delete keysets":                                 {asRotation, "grant delete on keys.keysets to passerelle_keys_rotation"},
		"the role may make keysets":                                   {asRotation, "grant insert (wrapped) on keys.keysets to passerelle_keys_rotation"},
		"tenant_keysets has no fence around the tenant, either":       {asRotation, "alter policy tenant_fence on keys.tenant_keysets using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid or current_setting('app.scope', true) = 'rotation')"},
		"the role passerelle_rotation may use the schema keys":        {asKeys, "grant usage on schema keys to passerelle_rotation"},
		"the function everything runs as its owner":                   {asKeys, "create function keys.everything() returns setof keys.keysets language sql security definer as 'select * from keys.keysets'"},
		"no fence can stand around everything":                        {asKeys, "create view keys.everything as select * from keys.keysets"},
		"the role may create in the schema keys":                      {asKeys, "grant create on schema keys to passerelle_keys"},
		"the role may create temporary tables":                        {asKeys, "do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$"},
		"the role passerelle_app may use the schema keys":             {asKeys, "grant usage on schema keys to passerelle_app"},
	} {
		t.Run(sentence, func(t *testing.T) {
			err := db.checked(t, tenantdb.CheckKeysIn, hole.role, hole.arrange)
			if err == nil || !strings.Contains(err.Error(), strings.TrimSuffix(sentence, ", either")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// breakable is a database whose fences are broken in transactions that are rolled back.
type breakable struct{ *pgtest.Database }

// checked is what a check says to a role after something was arranged.
func (db breakable) checked(t *testing.T, check func(context.Context, pgx.Tx) error, role, arrange string) error {
	t.Helper()
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	for _, statement := range []string{arrange, "set local session authorization " + role} {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return check(t.Context(), tx)
}
