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

// rotationCoverage lists what the role that seals anew may do and need not.
//
//go:embed rotation_coverage.sql
var rotationCoverage string

// sequencerCoverage lists what the role that hashes the journal may do and need not.
//
//go:embed sequencer_coverage.sql
var sequencerCoverage string

// platformCoverage lists what the role of those who run the installation may do and need not.
//
//go:embed platform_coverage.sql
var platformCoverage string

// transferCoverage lists what the role that takes whole tenants out, in and away may do and need not.
//
//go:embed transfer_coverage.sql
var transferCoverage string

// keysCoverage does the same for the keys.
//
//go:embed keys_coverage.sql
var keysCoverage string

// Check refuses to go on when the fences have a hole: when the role could step over row-level security, or a table,
// a key, a view or a grant leaves the tenant out. The error names each hole.
func (db *DB) Check(ctx context.Context) error { return check(ctx, db.pool) }

// CheckRotation is Check for the role that seals anew, which may do less than the application's.
func (db *DB) CheckRotation(ctx context.Context) error { return checkRotation(ctx, db.pool) }

// CheckSequencer is Check for the role that hashes the journal.
func (db *DB) CheckSequencer(ctx context.Context) error { return checkSequencer(ctx, db.pool) }

// CheckPlatform is Check for the role of those who run the installation.
func (db *DB) CheckPlatform(ctx context.Context) error { return checkPlatform(ctx, db.pool) }

// CheckTransfer is asked of the role that takes whole tenants out, in and away, which is the only one that steps over the fences.
func (db *DB) CheckTransfer(ctx context.Context) error { return checkTransfer(ctx, db.pool) }

// CheckKeys is Check for the database of the keys.
func (db *DB) CheckKeys(ctx context.Context) error { return checkKeys(ctx, db.pool) }

// asker is a pool, or in tests a transaction whose holes are never committed.
type asker interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func check(ctx context.Context, from asker) error {
	return refuseHoles(ctx, from, coverage, "the database is not fenced")
}

func checkRotation(ctx context.Context, from asker) error {
	if err := check(ctx, from); err != nil {
		return err
	}
	return refuseHoles(ctx, from, rotationCoverage, "sealing anew has a role of its own")
}

func checkSequencer(ctx context.Context, from asker) error {
	if err := check(ctx, from); err != nil {
		return err
	}
	return refuseHoles(ctx, from, sequencerCoverage, "hashing the journal has a role of its own")
}

func checkPlatform(ctx context.Context, from asker) error {
	if err := check(ctx, from); err != nil {
		return err
	}
	return refuseHoles(ctx, from, platformCoverage, "running the installation has a role of its own")
}

func checkTransfer(ctx context.Context, from asker) error {
	return refuseHoles(ctx, from, transferCoverage, "whole tenants are taken by a role of its own")
}

func checkKeys(ctx context.Context, from asker) error {
	return refuseHoles(ctx, from, keysCoverage, "the keys are not fenced")
}

func refuseHoles(ctx context.Context, from asker, coverage, refusal string) error {
	rows, err := from.Query(ctx, coverage)
	if err != nil {
		return fmt.Errorf("check the fences: %w", redact(err))
	}
	holes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("check the fences: %w", redact(err))
	}
	if len(holes) > 0 {
		return fmt.Errorf("refusing to start, %s: %s", refusal, strings.Join(holes, "; "))
	}
	return nil
}
