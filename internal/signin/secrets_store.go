package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type secretRow struct {
	bun.BaseModel `bun:"table:connection_secrets"`
	SecretID      SecretID
	ConnectionID  ConnectionID
	Secret        keys.Sealed[string] `bun:"secret"`
	MadeAt        time.Time
}

// Place says where the secret stands.
func (r *secretRow) Place() keys.Place {
	return keys.Place{Table: "connection_secrets", Row: r.SecretID.String()}
}

func insertSecret(ctx context.Context, tx tenantdb.Tx, box *keys.Box, connection ConnectionID, id SecretID, secret string, now time.Time) error {
	row := secretRow{SecretID: id, ConnectionID: connection, Secret: keys.Of(secret), MadeAt: now}
	if err := box.Seal(&row); err != nil {
		return fmt.Errorf("seal secret: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert secret: %w", err)
	}
	return nil
}

func findSecret(ctx context.Context, tx tenantdb.Tx, box *keys.Box, connection ConnectionID, id SecretID) (string, error) {
	var row secretRow
	if err := tx.Select().Model(&row).Where("secret_id = ?", id).Where("connection_id = ?", connection).Scan(ctx); err != nil {
		return "", fmt.Errorf("find secret: %w", tenantdb.Found(err))
	}
	if err := box.Open(&row); err != nil {
		return "", fmt.Errorf("open secret: %w", err)
	}
	return row.Secret.Get(), nil
}

// takeHandedIn empties where a secret was handed in, and names the sealed one; fault.NotFound where somebody was quicker.
func takeHandedIn(ctx context.Context, tx tenantdb.Tx, connection ConnectionID, secret string, sealed SecretID) error {
	return tenantdb.Affected(tx.Update().TableExpr("connections").Set("client_secret = ''").Set("secret_id = ?", sealed).
		Where("connection_id = ?", connection).Where("client_secret = ?", secret).Exec(ctx))
}

func forgetSecret(ctx context.Context, tx tenantdb.Tx, connection ConnectionID, id SecretID) error {
	if id.Zero() {
		return nil
	}
	if _, err := tx.Delete().Model((*secretRow)(nil)).Where("connection_id = ?", connection).Where("secret_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete secret: %w", err)
	}
	return nil
}
