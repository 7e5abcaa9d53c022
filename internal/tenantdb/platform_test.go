package tenantdb_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"passerelle/internal/pgtest"
)

// TestT05 asks as each role of the database what it may do with each table of each schema: the platform's administrators
// some columns of the registry of tenants, and not one row of a dossier, and everybody else what is theirs. Asking for an unwrap without the master key gives nothing either:
// keys.TestAnotherMasterKeyOpensNothing.
func TestT05(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)

	// What a role may do with tables of a schema; "columns" is to change some columns alone. What the application and its
	// rotation may do with each table of the data is read in migrations/schema.sql, and checked at start (CheckRotation).
	most := map[string]map[string][]string{
		// Of the registry some columns; to the journal of a tenant it adds, and reads nothing of it.
		"passerelle_platform": {"public.tenants": {"columns"}, "public.connections": {"columns"}, "public.members": {"columns"},
			"public.admin_codes": {"columns"}, "public.journal_entries": {"columns"},
			"public.announcements": {"select", "insert", "columns"}, "public.tenant_limits": {"select", "insert", "columns"}, "public.usage_reports": {"select"},
			"public.signin_refusals": {"select"}, "public.mandates": {"select", "columns"}, "public.tenant_removals": {"select", "columns"}, "public.retention_rules": {"select", "insert", "columns"}, "public.mandate_acts": {"select", "insert"},
			// Who runs the installation is its own; what they have done it adds to, and neither changes nor deletes.
			"console.operators": {"select", "columns"}, "console.attempts": {"select", "insert", "delete"}, "console.sessions": {"select", "insert", "delete", "columns"},
			"console.passkeys": {"select", "insert", "delete", "columns"}, "console.challenges": {"select", "insert", "delete"}, "console.acts": {"select", "columns"}},
		"passerelle_app":      {"public": {"select", "insert", "update", "delete", "columns"}, "jobs": {"select", "insert", "update", "delete"}},
		"passerelle_rotation": {"public": {"columns"}},
		"passerelle_sequencer": {"public.journal_entries": {"select"}, "public.journal_leaves": {"select", "columns"}, "public.journal_checkpoints": {"select", "columns"},
			"public.tenants": {"columns"}},
		"passerelle_keys": {"keys.keysets": {"select", "insert", "delete"}, "keys.tenant_keysets": {"select", "insert"}, "keys.tombstones": {"select", "insert"}, "keys.certificates": {"select", "insert"}, "keys.removals": {"select", "insert"}},
		// Whole tenants, and nothing is ever changed; of what operators do, it adds to.
		"passerelle_transfer":      {"public": {"select", "insert", "delete"}, "jobs.river_job": {"select", "insert", "delete", "columns"}, "console.acts": {"columns"}},
		"passerelle_keys_rotation": {"keys.keysets": {"select", "columns"}, "keys.tenant_keysets": {"select", "columns"}, "keys.tombstones": {"select"}},
	}
	var roles, tables []string
	if err := db.Owner.QueryRow(t.Context(), "select array_agg(rolname::text order by rolname) from pg_roles where rolname like 'passerelle%' and rolcanlogin").Scan(&roles); err != nil {
		t.Fatal(err)
	}
	if err := db.Owner.QueryRow(t.Context(), `select array_agg(format('%I.%I', n.nspname, c.relname)) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if len(tables) < 18 {
		t.Fatalf("only %v", tables)
	}
	for role := range most {
		if !slices.Contains(roles, role) {
			t.Errorf("there is no role %s", role)
		}
	}
	for _, role := range roles {
		allowed, known := most[role]
		if !known {
			t.Errorf("say here what %s may do", role)
			continue
		}
		for _, table := range tables {
			schema, _, _ := strings.Cut(table, ".")
			var may []string
			err := db.Owner.QueryRow(t.Context(), `select coalesce(array_agg(verb), '{}') from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as verb
				where has_schema_privilege($1, $2, 'usage') and has_table_privilege($1, $3, verb)`, role, schema, table).Scan(&may)
			if err != nil {
				t.Fatal(err)
			}
			var columns bool
			err = db.Owner.QueryRow(t.Context(), `select has_schema_privilege($1, $2, 'usage') and (not has_table_privilege($1, $3, 'update') and has_any_column_privilege($1, $3, 'update')
				or not has_table_privilege($1, $3, 'select') and has_any_column_privilege($1, $3, 'select') or not has_table_privilege($1, $3, 'insert') and has_any_column_privilege($1, $3, 'insert'))`,
				role, schema, table).Scan(&columns)
			if err != nil {
				t.Fatal(err)
			}
			if columns {
				may = append(may, "columns")
			}
			want, exactly := allowed[table]
			if !exactly {
				want = allowed[schema]
			}
			for _, verb := range may {
				if !slices.Contains(want, verb) {
					t.Errorf("%s may %s %s", role, verb, table)
				}
			}
			if exactly && len(may) != len(want) {
				t.Errorf("%s may %v %s, want %v", role, may, table, want)
			}
		}
	}

	platform, err := pgx.Connect(t.Context(), strings.Replace(db.AppConnString, "user=passerelle_app", "user=passerelle_platform", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close(t.Context())
	var who string
	if err := platform.QueryRow(t.Context(), "select current_user").Scan(&who); err != nil || who != "passerelle_platform" {
		t.Fatalf("asking as %q: %v", who, err)
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "console.") {
			continue // its own: what it may do there is said above
		}
		_, columns := most["passerelle_platform"][table]
		for _, statement := range []string{"select count(*) from " + table, "select from " + table, "delete from " + table, "insert into " + table + " default values", "truncate " + table, "copy " + table + " to stdout"} {
			var refused *pgconn.PgError
			// To count rows asks for one column; without a scope there are none to count.
			if tag, err := platform.Exec(t.Context(), statement); columns && (strings.HasPrefix(statement, "select") || strings.HasPrefix(statement, "copy")) && err == nil &&
				(tag.RowsAffected() == 0 || strings.Contains(statement, "count")) {
				continue
			} else if !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("%s: %v, want permission denied", statement, err)
			}
		}
	}
	for _, role := range append(roles, "passerelle_owner", "postgres") {
		var refused *pgconn.PgError
		if _, err := platform.Exec(t.Context(), "set role "+role); role != who && (!errors.As(err, &refused) || refused.Code != "42501") {
			t.Errorf("the platform becomes %s: %v", role, err)
		}
	}
}
