package tenantdb

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// coverage lists every hole in the fences; an intact database answers with no row.
//
//go:embed coverage.sql
var coverage string

// Check refuses to go on when the fences have a hole: when the role could step over row-level security, or a table,
// a key, a view or a grant leaves the tenant out. The error names each hole.
func (db *DB) Check(ctx context.Context) error {
	rows, err := db.pool.Query(ctx, coverage)
	if err != nil {
		return fmt.Errorf("check the fences: %w", redact(err))
	}
	holes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("check the fences: %w", redact(err))
	}
	if len(holes) > 0 {
		return fmt.Errorf("refusing to start, the database is not fenced: %s", strings.Join(holes, "; "))
	}
	return nil
}
