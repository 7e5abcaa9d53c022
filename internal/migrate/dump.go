package migrate

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

//go:embed dump.sql
var dump string

// Dump writes the schema of the data as SQL that makes it again, in the same words on every version of Postgres. It asks
// the catalogue itself, since not every Postgres comes with pg_dump, and pg_dump's words change between versions.
func Dump(ctx context.Context, conn *pgx.Conn) (string, error) { return dumpOf(ctx, conn, "public") }

// DumpKeys is Dump for the keys.
func DumpKeys(ctx context.Context, conn *pgx.Conn) (string, error) { return dumpOf(ctx, conn, "keys") }

// DumpConsole is Dump for what belongs to the console.
func DumpConsole(ctx context.Context, conn *pgx.Conn) (string, error) {
	return dumpOf(ctx, conn, "console")
}

func dumpOf(ctx context.Context, conn *pgx.Conn, schema string) (string, error) {
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return "", fmt.Errorf("dump the schema: %w", err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "set local search_path = "+schema); err != nil {
		return "", fmt.Errorf("dump the schema: %w", err)
	}
	rows, err := tx.Query(ctx, dump)
	if err != nil {
		return "", fmt.Errorf("dump the schema: %w", err)
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", fmt.Errorf("dump the schema: %w", err)
	}
	var text strings.Builder
	text.WriteString("-- The schema after all migrations: written by `go test ./migrations -update`, read as a diff, changed by hand never.\n")
	text.WriteString("set check_function_bodies = off;\nalter default privileges revoke execute on functions from public;\n")
	for _, statement := range statements {
		if unknown, is := strings.CutPrefix(statement, "unknown: "); is {
			return "", fmt.Errorf("dump the schema: %s is of a kind that the dump does not know", unknown)
		}
		text.WriteString(statement)
		text.WriteString("\n")
	}
	return text.String(), nil
}
