package operators

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/tenantdb"
)

type keyRow struct {
	bun.BaseModel            `bun:"table:console.passkeys"`
	PasskeyID                ids.ID[passkeys.Passkey]
	OperatorID               ID
	CredentialID, PublicKey  []byte
	SignCount                int64
	Transports               []string `bun:",array"`
	BackupEligible, BackedUp bool
	AddedAt                  time.Time
	UsedAt                   time.Time `bun:",nullzero"`
}

func kept(rows []keyRow) []passkeys.Kept {
	keys := make([]passkeys.Kept, len(rows))
	for i, r := range rows {
		keys[i] = passkeys.Kept{CredentialID: r.CredentialID, PublicKey: r.PublicKey, SignCount: r.SignCount, Transports: r.Transports, BackupEligible: r.BackupEligible, BackedUp: r.BackedUp}
	}
	return keys
}

// mostKeys is how many passkeys count.
const mostKeys = 10

func listKeys(ctx context.Context, tx tenantdb.Tx, of ID) (rows []keyRow, err error) {
	if err := tx.Select().Model(&rows).Where("operator_id = ?", of).OrderExpr("added_at, passkey_id").Limit(mostKeys).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return rows, nil
}

func insertKey(ctx context.Context, tx tenantdb.Tx, of ID, made passkeys.Kept, now time.Time) error {
	row := keyRow{
		PasskeyID: ids.New[passkeys.Passkey](), OperatorID: of, CredentialID: made.CredentialID, PublicKey: made.PublicKey, SignCount: made.SignCount,
		Transports: made.Transports, BackupEligible: made.BackupEligible, BackedUp: made.BackedUp, AddedAt: now,
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert passkey: %w", err)
	}
	return nil
}

func updateKey(ctx context.Context, tx tenantdb.Tx, signed passkeys.Kept, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("console.passkeys").Set("sign_count = ?", signed.SignCount).Set("backed_up = ?", signed.BackedUp).Set("used_at = ?", now).
		Where("credential_id = ?", signed.CredentialID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update passkey: %w", err)
	}
	return nil
}

func deleteKeys(ctx context.Context, tx tenantdb.Tx, of ID) error {
	if _, err := tx.Delete().Model((*keyRow)(nil)).Where("operator_id = ?", of).Exec(ctx); err != nil {
		return fmt.Errorf("delete passkeys: %w", err)
	}
	return nil
}

type challengeRow struct {
	bun.BaseModel `bun:"table:console.challenges"`
	ChallengeID   ids.ID[Ceremony]
	SessionID     SessionID
	Purpose       string
	Ceremony      json.RawMessage `bun:"type:jsonb"`
	ExpiresAt     time.Time
}

const (
	toRegister        = "register"
	toConfirm         = "confirm"
	challengeLifetime = 5 * time.Minute
)

// insertChallenge keeps what was asked last in a session, and nothing that was asked before.
func insertChallenge(ctx context.Context, tx tenantdb.Tx, asked Ceremony, session SessionID, ceremony []byte, now time.Time) error {
	if _, err := tx.Delete().Model((*challengeRow)(nil)).Where("session_id = ? or expires_at < ?", session, now).Exec(ctx); err != nil {
		return fmt.Errorf("delete challenges: %w", err)
	}
	row := challengeRow{ChallengeID: asked.ChallengeID, SessionID: session, Purpose: toConfirm, Ceremony: ceremony, ExpiresAt: now.Add(challengeLifetime)}
	if asked.Register {
		row.Purpose = toRegister
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert challenge: %w", err)
	}
	return nil
}

// deleteChallenge uses one up.
func deleteChallenge(ctx context.Context, tx tenantdb.Tx, id ids.ID[Ceremony], session SessionID, now time.Time) (register bool, ceremony []byte, err error) {
	var row challengeRow
	err = tx.Delete().Model(&row).Where("challenge_id = ?", id).Where("session_id = ?", session).Where("expires_at > ?", now).Returning("*").Scan(ctx)
	if err != nil {
		return false, nil, fmt.Errorf("delete challenge: %w", tenantdb.Found(err))
	}
	return row.Purpose == toRegister, row.Ceremony, nil
}
