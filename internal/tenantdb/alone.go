package tenantdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNotAlone is returned by Alone where somebody else is at it.
var ErrNotAlone = errors.New("somebody else is at it")

// Alone does what only one process may do at a time, in this database: number is what those meet at. It does not wait. The
// lock ends with its connection, whatever becomes of the process.
func (db *DB) Alone(ctx context.Context, number int64, do func(ctx context.Context) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("get a connection: %w", redact(err))
	}
	defer conn.Release()
	var alone bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", number).Scan(&alone); err != nil {
		return fmt.Errorf("lock: %w", redact(err))
	}
	if !alone {
		return ErrNotAlone
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", number) }()
	return do(ctx)
}

// Busy says whether a statement gave way to another transaction (lock timeout, deadlock, serialization): it can be tried
// again.
func Busy(err error) bool {
	var e *Error
	return errors.As(redact(err), &e) && slices.Contains([]string{"55P03", "40P01", "40001"}, e.Code)
}
