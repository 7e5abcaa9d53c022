package tenantdb

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// The checks in a transaction, for holes that are never committed.

func CheckIn(ctx context.Context, tx pgx.Tx) error          { return check(ctx, tx) }
func CheckRotationIn(ctx context.Context, tx pgx.Tx) error  { return checkRotation(ctx, tx) }
func CheckSequencerIn(ctx context.Context, tx pgx.Tx) error { return checkSequencer(ctx, tx) }
func CheckPlatformIn(ctx context.Context, tx pgx.Tx) error  { return checkPlatform(ctx, tx) }
func CheckTransferIn(ctx context.Context, tx pgx.Tx) error  { return checkTransfer(ctx, tx) }
func CheckKeysIn(ctx context.Context, tx pgx.Tx) error      { return checkKeys(ctx, tx) }
