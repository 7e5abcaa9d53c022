package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type logoutTokenRow struct {
	bun.BaseModel `bun:"table:logout_tokens"`
	ConnectionID  ConnectionID
	TokenHash     []byte
	ExpiresAt     time.Time
}

// insertLogoutToken says whether the token had not been heard before.
func insertLogoutToken(ctx context.Context, tx tenantdb.Tx, connection ConnectionID, hash []byte, until time.Time) (fresh bool, err error) {
	row := logoutTokenRow{ConnectionID: connection, TokenHash: hash, ExpiresAt: until}
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert logout token: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("insert logout token: %w", err)
	}
	return n == 1, nil
}

func deleteLogoutTokensBefore(ctx context.Context, tx tenantdb.Tx, moment time.Time) error {
	if _, err := tx.Delete().Model((*logoutTokenRow)(nil)).Where("expires_at <= ?", moment).Exec(ctx); err != nil {
		return fmt.Errorf("delete logout tokens: %w", err)
	}
	return nil
}

// revokeProviderSession ends the sessions that a connection's provider calls by one name; those of one subject alone, if that is said.
func revokeProviderSession(ctx context.Context, tx tenantdb.Tx, connection Connection, sid []byte, subject string, now time.Time) ([][]byte, error) {
	return revoked(ctx, cameThrough(revoking(tx, now).Where("provider_session = ?", sid), connection, subject))
}

func revokeSessionsOfSubject(ctx context.Context, tx tenantdb.Tx, connection Connection, subject string, now time.Time) ([][]byte, error) {
	return revoked(ctx, cameThrough(revoking(tx, now), connection, subject))
}

func revokeUnnamedSessions(ctx context.Context, tx tenantdb.Tx, connection Connection, subject string, now time.Time) ([][]byte, error) {
	return revoked(ctx, cameThrough(revoking(tx, now).Where("provider_session is null"), connection, subject))
}

// cameThrough narrows to the sessions of a connection's present issuer, and of a subject, if one is said.
func cameThrough(query *bun.UpdateQuery, connection Connection, subject string) *bun.UpdateQuery {
	whose := tenantdb.Select().TableExpr("identities").Column("identity_id").
		Where("connection_id = ?", connection.ID).Where("issuer = ?", connection.Issuer)
	if subject != "" {
		whose = whose.Where("subject = ?", subject)
	}
	return query.Where("identity_id in (?)", whose)
}

func revoking(tx tenantdb.Tx, now time.Time) *bun.UpdateQuery {
	return tx.Update().Model((*sessionRow)(nil)).Set("revoked_at = ?", now).Where("revoked_at is null").Returning("session_hash")
}

// revoked runs what revoking began, and gives the hashes of what ended.
func revoked(ctx context.Context, query *bun.UpdateQuery) (hashes [][]byte, err error) {
	if err := query.Scan(ctx, &hashes); err != nil {
		return nil, fmt.Errorf("update sessions: %w", err)
	}
	return hashes, nil
}
