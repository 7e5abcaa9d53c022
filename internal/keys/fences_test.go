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
	"tenant_keysets scope_fence":  fenced(stranger, "tenant_keysets", "0", "1"),
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

	"removals tenant_fence": fenced(leaving, "removals", "1", "2"),
	"removals scope_fence":  fenced(cast.Lea, "removals", "0", "1"),
	"removals keys":         {who: leaving, statement: "select 1 from removals", with: "1", without: "0"},
	"removals removals_stay": {who: leaving, statement: "update removals set keysets = 9", arrange: "grant update on removals to passerelle_keys",
		with: "removals_stay", without: "1"},

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

// stranger has a scope that does not exist, and names a tenant: what a fence around the scope is there for.
var stranger = cast.Person{Name: "stranger"}

// leaving has the scope in which all keysets of a tenant are destroyed.
var leaving = cast.Person{Name: "leaving"}

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
	case who.Name == stranger.Name:
		scope = "stranger"
	case who.Name == leaving.Name:
		scope = "removal"
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
	db.Exec(t, "insert into keys.removals (tenant_id, slug, keysets, complete_on, note) select unnest($1::uuid[]), '', 1, now(), ''", []string{cast.Vaud.ID.String(), cast.Geneve.ID.String()})
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

func TestKeysWithAHoleAreNotOpened(t *testing.T) {
	db := pgtest.New(t)
	db.Exec(t, "alter table keys.keysets no force row level security")
	pool, err := tenantdb.OpenKeys(t.Context(), db.KeysConnString, tenantdb.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := keys.New(t.Context(), pool, pgtest.Master()); err == nil || !strings.Contains(err.Error(), "keysets does not force row-level security") {
		t.Errorf("got %v", err)
	}
}

func TestARingNeedsAMasterKey(t *testing.T) {
	if _, err := keys.New(t.Context(), nil, nil); err == nil || !strings.Contains(err.Error(), "MASTER_KEY_FILE") {
		t.Fatalf("got %v", err)
	}
}
