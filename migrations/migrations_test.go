package migrations_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/migrations"
)

var update = flag.Bool("update", false, "write hashes.txt and schema.sql anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

// golden compares with a file of this folder, or writes it.
func golden(t *testing.T, name, got, hint string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if i >= len(gotLines) || i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("%s, line %d: %s\n got: %s\nwant: %s", name, i+1, hint, line(gotLines, i), line(wantLines, i))
		}
	}
}

func line(lines []string, i int) string {
	if i >= len(lines) {
		return "(nothing)"
	}
	return lines[i]
}

// parts have a history each: the data and the keys, which may lie on two servers.
var parts = []struct {
	schema, folder string
	files          fs.FS
	dump           func(context.Context, *pgx.Conn) (string, error)
}{
	{"public", ".", migrations.Files, migrate.Dump},
	{"keys", "keys", migrations.Keys, migrate.DumpKeys},
}

func TestShippedFilesNeverChange(t *testing.T) {
	for _, part := range parts {
		names, err := fs.Glob(part.files, "*.tx.up.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", part.schema, len(names), err)
		}
		var hashes strings.Builder
		for _, name := range names {
			content, err := fs.ReadFile(part.files, name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&hashes, "%x  %s\n", sha256.Sum256(content), name)
		}
		golden(t, filepath.Join(part.folder, "hashes.txt"), hashes.String(),
			"a database out there may have run this file: write a new one instead. -update is for new files, and for files that were never released")
	}
}

func TestFilesAreNumberedWithoutGap(t *testing.T) {
	for _, part := range parts {
		names, err := fs.Glob(part.files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		next := 1
		for _, name := range names {
			if name == "schema.sql" {
				continue
			}
			if !strings.HasPrefix(name, fmt.Sprintf("%03d_", next)) || !strings.HasSuffix(name, ".tx.up.sql") {
				t.Errorf("%s: %s should be %03d_one_change.tx.up.sql", part.schema, name, next)
			}
			next++
		}
	}
}

func TestSchemaIsTheSumOfTheFiles(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.New(t).OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, part := range parts {
		schema, err := part.dump(t.Context(), conn)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join(part.folder, "schema.sql"), schema, "run `go test ./migrations -update` and read the diff")
	}
	// The console's tables are made by the files of the data, in a schema of their own.
	schema, err := migrate.DumpConsole(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("console", "schema.sql"), schema, "run `go test ./migrations -update` and read the diff")
}

func TestEveryTableSaysWhatItIs(t *testing.T) {
	db := pgtest.New(t)
	for _, schema := range []string{"public", "console", "keys"} {
		var tables int
		var silent []string
		if err := db.Owner.QueryRow(t.Context(), `select count(*), array_agg(relname order by relname) filter (where obj_description(oid, 'pg_class') is null)
			from pg_class where relnamespace = to_regnamespace($1) and relkind = 'r'`, schema).Scan(&tables, &silent); err != nil {
			t.Fatal(err)
		}
		if tables == 0 || len(silent) > 0 {
			t.Errorf("%s, %d tables; without a comment: %s", schema, tables, strings.Join(silent, ", "))
		}
	}
}
