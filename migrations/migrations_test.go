package migrations_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
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

func TestShippedFilesNeverChange(t *testing.T) {
	names, err := fs.Glob(migrations.Files, "*.tx.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	var hashes strings.Builder
	for _, name := range names {
		content, err := migrations.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&hashes, "%x  %s\n", sha256.Sum256(content), name)
	}
	golden(t, "hashes.txt", hashes.String(), "a database out there may have run this file: write a new one instead. -update is for new files, and for files that were never released")
}

func TestFilesAreNumberedWithoutGap(t *testing.T) {
	names, err := fs.Glob(migrations.Files, "*")
	if err != nil {
		t.Fatal(err)
	}
	next := 1
	for _, name := range names {
		if name == "schema.sql" {
			continue
		}
		if !strings.HasPrefix(name, fmt.Sprintf("%03d_", next)) || !strings.HasSuffix(name, ".tx.up.sql") {
			t.Errorf("%s should be %03d_one_change.tx.up.sql", name, next)
		}
		next++
	}
}

func TestSchemaIsTheSumOfTheFiles(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.New(t).OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	schema, err := migrate.Dump(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "schema.sql", schema, "run `go test ./migrations -update` and read the diff")
}

func TestEveryTableSaysWhatItIs(t *testing.T) {
	var silent []string
	if err := pgtest.New(t).Owner.QueryRow(t.Context(), `select array_agg(relname order by relname) from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'r' and obj_description(oid, 'pg_class') is null`).Scan(&silent); err != nil {
		t.Fatal(err)
	}
	if len(silent) > 0 {
		t.Fatalf("without a comment: %s", strings.Join(silent, ", "))
	}
}
