package tenantdb_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"passerelle/internal/pgtest"
)

// TestT05 asks as the role of the platform's administrators: not one table of the tenants opens to it.
func TestT05(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	platform, err := pgx.Connect(t.Context(), strings.Replace(db.AppConnString, "user=passerelle_app", "user=passerelle_platform", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close(t.Context())
	var who string
	if err := platform.QueryRow(t.Context(), "select current_user").Scan(&who); err != nil || who != "passerelle_platform" {
		t.Fatalf("asking as %q: %v", who, err)
	}
	rows, err := db.Owner.Query(t.Context(), "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 12 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range tables {
		name := pgx.Identifier{table}.Sanitize()
		for _, statement := range []string{"select count(*) from " + name, "delete from " + name, "insert into " + name + " default values", "truncate " + name} {
			var refused *pgconn.PgError
			if _, err := platform.Exec(t.Context(), statement); !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("%s: %v, want permission denied", statement, err)
			}
		}
	}
}
