package keys_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// refused says whether somebody has no right to a statement.
func refused(t *testing.T, connString, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), connString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var refusal *pgconn.PgError
	if _, err := conn.Exec(t.Context(), statement); !errors.As(err, &refusal) || refusal.Code != "42501" {
		t.Errorf("%s: %v, want a refusal", statement, err)
	}
}

// tables are those of a schema.
func tables(t *testing.T, db *pgtest.Database, schema string) (names []string) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), "select array_agg(format('%I.%I', schemaname, tablename)) from pg_tables where schemaname = $1", schema).Scan(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

// T05, of the keys: whoever reaches the data does not reach the keys, and the other way round; the platform's console reaches neither.
func TestNeitherSideSeesTheOther(t *testing.T) {
	db := pgtest.New(t)
	created(t, db.Ring(t), cast.Lea, dossier())
	asPlatform := strings.Replace(db.AppConnString, "user=passerelle_app", "user=passerelle_platform", 1)
	for schema, strangers := range map[string][]string{
		"public": {db.KeysConnString}, "keys": {db.AppConnString, asPlatform}, "migrations": {db.KeysConnString, db.AppConnString, asPlatform},
	} {
		names := tables(t, db, schema)
		if len(names) < 3 {
			t.Fatalf("only %v", names)
		}
		for _, name := range names {
			for _, stranger := range strangers {
				for _, statement := range []string{"select from " + name, "insert into " + name + " default values", "delete from " + name, "truncate " + name} {
					refused(t, stranger, statement)
				}
			}
		}
	}
	for _, statement := range []string{
		"set role passerelle_keys_rotation", "create table t (x int)", "create temporary table t (x int)", "create schema s", "set role passerelle_owner", "set role passerelle_app",
		"update keys.keysets set wrapped = ''", "update keys.tenant_keysets set wrapped = ''", "delete from keys.tenant_keysets",
		"delete from keys.tombstones", "update keys.tombstones set destroyed_at = now()", "truncate keys.keysets", "drop table keys.keysets",
	} {
		refused(t, db.KeysConnString, statement)
	}
	for _, statement := range []string{
		"insert into keys.keysets select * from keys.keysets", "delete from keys.keysets", "delete from keys.tenant_keysets", "delete from keys.tombstones",
		"update keys.keysets set holder_id = gen_random_uuid()", "update keys.keysets set changed_at = now()", "update keys.tombstones set destroyed_at = now()",
		"truncate keys.keysets", "select from public.dossiers", "set role passerelle_keys", "set role passerelle_rotation",
	} {
		refused(t, db.KeysRotationConnString, statement)
	}
	for _, statement := range []string{"select from keys.keysets", "set role passerelle_keys_rotation", "set role passerelle_app"} {
		refused(t, db.RotationConnString, statement)
	}
	refused(t, db.AppConnString, "set role passerelle_rotation")
}

// The scope in which the keysets of all tenants are listed is worth nothing to the application, and lists no more.
func TestOnlyARotationListsTheKeysetsOfAllTenants(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	created(t, ring, cast.Lea, dossier())
	created(t, ring, cast.Claire, dossier())
	for _, c := range []struct {
		connString, statement string
		want                  int64
	}{
		{db.KeysRotationConnString, "select 1 from keys.tenant_keysets", 2},
		{db.KeysRotationConnString, "select 1 from keys.keysets", 0},
		{db.KeysConnString, "select 1 from keys.tenant_keysets", 0},
		{db.KeysConnString, "select 1 from keys.keysets", 0},
	} {
		conn, err := pgx.Connect(t.Context(), c.connString)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "set app.scope = 'rotation'"); err != nil {
			t.Fatal(err)
		}
		if tag, err := conn.Exec(t.Context(), c.statement); err != nil || tag.RowsAffected() != c.want {
			t.Errorf("%s: %d rows, %v", c.statement, tag.RowsAffected(), err)
		}
		// Seen without a tenant, they cannot be changed.
		if c.want == 2 {
			refused(t, c.connString+" options='-c app.scope=rotation'", "update keys.tenant_keysets set wrapped = ''")
		}
		conn.Close(t.Context())
	}
}

// probe shows what one policy or trigger does: what somebody's statement comes to with it, and what without.
type probe struct {
	who                      cast.Person
	statement, with, without string
	// role is passerelle_keys where it is empty.
	role string
	// arrange is done first, as a superuser: a restrictive policy is probed beside a stray permissive one.
	arrange string
}

func fenced(who cast.Person, table, with, without string) probe {
	return probe{who: who, statement: "select 1 from " + table, with: with, without: without, arrange: "create policy stray on " + table + " using (true) with check (true)"}
}

const asRotation = "passerelle_keys_rotation"

// changes probes the trigger that notes when a keyset was changed: all that are there were made before this transaction.
func changes(table, with string) probe {
	return probe{who: cast.Lea, role: asRotation, statement: "update " + table + " set wrapped = ''", with: with, without: "noted",
		arrange: "alter table " + table + " add constraint noted check (changed_at = now()) not valid"}
}

// guards has a probe for every policy and every trigger of the keys. In Vaud, there are keys of a dossier, of a referral,
// of Noé, of the directory, and the tombstones of a dossier and a referral; in Genève those of a dossier and a tombstone.
var guards = map[string]probe{
	"tenant_keysets tenant_fence": fenced(cast.Lea, "tenant_keysets", "1", "2"),
	"tenant_keysets scope_fence":  fenced(cast.Person{}, "tenant_keysets", "0", "1"),
	"tenant_keysets keys":         {who: cast.Lea, statement: "select 1 from tenant_keysets", with: "1", without: "0"},
	"keysets tenant_fence":        fenced(cast.Lea, "keysets", "4", "5"),
	"keysets scope_fence":         fenced(cast.Ines, "keysets", "1", "4"),
	"keysets keys":                {who: cast.Lea, statement: "select 1 from keysets", with: "4", without: "0"},
	"tombstones tenant_fence":     fenced(cast.Lea, "tombstones", "2", "3"),
	"tombstones scope_fence":      fenced(cast.Noe, "tombstones", "1", "2"),
	"tombstones keys":             {who: cast.Lea, statement: "select 1 from tombstones", with: "2", without: "0"},

	"certificates tenant_fence": fenced(cast.Lea, "certificates", "1", "2"),
	"certificates scope_fence":  fenced(cast.Noe, "certificates", "0", "1"),
	"certificates keys":         {who: cast.Lea, statement: "select 1 from certificates", with: "1", without: "0"},
	"certificates certificates_stay": {who: cast.Lea, statement: "update certificates set keysets = 9", arrange: "grant update on certificates to passerelle_keys",
		with: "certificates_stay", without: "1"},

	"tenant_keysets rotation": {who: cast.Lea, role: asRotation, statement: "update tenant_keysets set wrapped = ''", with: "1", without: "0"},
	"keysets rotation":        {who: cast.Lea, role: asRotation, statement: "update keysets set wrapped = ''", with: "4", without: "0"},
	"tombstones rotation":     {who: cast.Lea, role: asRotation, statement: "select 1 from tombstones", with: "2", without: "0"},

	"tenant_keysets tenant_keysets_note_their_change": changes("tenant_keysets", "1"),
	"keysets keysets_note_their_change":               changes("keysets", "4"),
	"keysets keysets_leave_a_tombstone": {who: cast.Lea, statement: "with gone as (delete from keysets where kind = 'dossier' returning 1) select 1 from gone",
		arrange: "alter table tombstones add constraint none check (false) not valid", with: "none", without: "1"},
	"keysets keysets_once_destroyed_stay_destroyed": {who: cast.Lea,
		statement: "insert into keysets (tenant_id, kind, holder_id, wrapped) select tenant_id, kind, holder_id, '' from tombstones where kind = 'dossier'",
		with:      "keysets_once_destroyed_stay_destroyed", without: "1"},
}

// attempt runs a probe's statement in somebody's scope, in a transaction that is thrown away.
func attempt(t *testing.T, db *pgtest.Database, p probe, arrange string) string {
	t.Helper()
	who, statement := p.who, p.statement
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	scope := "signin"
	switch {
	case who.Office != nil:
		scope = "office"
	case who.Tenant != nil:
		scope = "staff"
	}
	// A scope of nobody's that names a tenant: what the fence around the scope is there for.
	tenant := cast.Vaud.ID
	if _, err := tx.Exec(t.Context(), "set local search_path = keys; "+arrange+"; set local role "+cmp.Or(p.role, "passerelle_keys")+"; "+
		fmt.Sprintf("set local app.scope = '%s'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", scope, tenant, who.ID)); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(t.Context(), statement)
	var refusal *pgconn.PgError
	switch {
	case errors.As(err, &refusal) && refusal.ConstraintName != "":
		return refusal.ConstraintName
	case err != nil:
		t.Fatalf("%s: %v", statement, err)
	}
	return fmt.Sprint(tag.RowsAffected())
}

// Every policy and every trigger around the keys changes what somebody sees or may do.
func TestEveryGuardOfTheKeysBites(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	for _, holder := range []keys.Holder{dossier(), referral()} {
		created(t, ring, cast.Lea, holder)
		gone := created(t, ring, cast.Lea, keys.Holder{Kind: holder.Kind, ID: dossier().ID})
		if err := ring.Destroy(as(t, cast.Lea), gone); err != nil {
			t.Fatal(err)
		}
	}
	created(t, ring, cast.Noe, keys.Holder{Kind: keys.Person, ID: cast.Noe.ID.UUID()})
	created(t, ring, cast.Lea, keys.Holder{Kind: keys.Directory, ID: cast.Vaud.ID.UUID()})
	if err := ring.Create(as(t, cast.Lea), keys.Holder{Kind: keys.Directory, ID: cast.Geneve.ID.UUID()}); !tenantdb.Violates(err, "keysets_of_a_directory_are_its_tenants") {
		t.Errorf("a directory that is not the tenant's: %v", err)
	}
	created(t, ring, cast.Claire, dossier())
	if err := ring.Destroy(as(t, cast.Claire), created(t, ring, cast.Claire, dossier())); err != nil {
		t.Fatal(err)
	}
	for _, person := range []cast.Person{cast.Lea, cast.Claire} {
		if err := ring.Erase(as(t, person), nil, keys.Certificate{DossierID: dossier().ID, Reason: "duplicate", ErasedBy: person.ID, CompleteOn: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	var met []string
	for kind, catalogue := range map[string]string{
		"policy":  "select array_agg(tablename || ' ' || policyname) from pg_policies where schemaname = 'keys'",
		"trigger": "select array_agg(relname || ' ' || tgname) from pg_trigger g join pg_class c on c.oid = g.tgrelid where not tgisinternal and relnamespace = 'keys'::regnamespace",
	} {
		var names []string
		if err := db.Owner.QueryRow(t.Context(), catalogue).Scan(&names); err != nil {
			t.Fatal(err)
		}
		met = append(met, names...)
		for _, guard := range names {
			t.Run(guard, func(t *testing.T) {
				p, ok := guards[guard]
				if !ok {
					t.Fatalf("no probe shows what the %s does", kind)
				}
				table, name, _ := strings.Cut(guard, " ")
				if got := attempt(t, db, p, p.arrange); got != p.with {
					t.Errorf("with it: %s, want %s", got, p.with)
				}
				if got := attempt(t, db, p, p.arrange+"; drop "+kind+" "+name+" on "+table); got != p.without {
					t.Errorf("without it: %s, want %s", got, p.without)
				}
			})
		}
	}
	for guard, p := range guards {
		if !slices.Contains(met, guard) {
			t.Run(guard, func(t *testing.T) {
				if got := attempt(t, db, p, p.arrange); got != p.with {
					t.Errorf("it is gone: %s, want %s", got, p.with)
				}
			})
		}
	}
}

func TestCheckKeysPassesTheKeysAsTheyAre(t *testing.T) {
	db := pgtest.New(t)
	db.Ring(t)
	// And where the keys lie alone, on a server of their own.
	db.Exec(t, "drop schema public cascade")
	db.Ring(t)
}

func TestCheckKeysNamesEachHole(t *testing.T) {
	const asKeys = "passerelle_keys"
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
		"triggers do not fire on this connection":                     {"keyhole_replica", "create role keyhole_replica login; alter role keyhole_replica set session_replication_role = replica"},
		"a scope is bound to the connection itself":                   {"keyhole_bound", "create role keyhole_bound login; alter role keyhole_bound set app.scope = 'staff'"},
		"a backslash in a text is not read as it stands":              {"keyhole_escapes", "create role keyhole_escapes login; alter role keyhole_escapes set standard_conforming_strings = off"},
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
			db := pgtest.New(t)
			own := hole.role != asKeys && hole.role != asRotation && hole.role != "postgres"
			if own {
				defer db.Exec(t, "drop owned by "+hole.role+"; drop role "+hole.role)
			}
			if hole.arrange != "" {
				db.Exec(t, hole.arrange)
			}
			if own || hole.role == "postgres" {
				db.Exec(t, "do $$ begin execute format('grant connect on database %I to public', current_database()); end $$; grant usage on schema keys to public")
			}
			pool, err := tenantdb.Open(t.Context(), strings.Replace(db.KeysConnString, "user="+asKeys, "user="+hole.role, 1), tenantdb.Options{MaxConns: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			if _, err := keys.New(t.Context(), pool, pgtest.Master()); err == nil || !strings.Contains(err.Error(), strings.TrimSuffix(sentence, ", either")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestARingNeedsAMasterKey(t *testing.T) {
	if _, err := keys.New(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "MASTER_KEY_FILE") {
		t.Fatalf("got %v", err)
	}
}
