package signin

import (
	"context"
	"time"

	"passerelle/internal/tenantdb"
)

func revokeSessionsThrough(ctx context.Context, tx tenantdb.Tx, id ConnectionID, now time.Time) (hashes [][]byte, err error) {
	err = tx.Update().Model((*sessionRow)(nil)).TableExpr("identities as i").Set("revoked_at = ?", now).
		Where("i.identity_id = session_row.identity_id").Where("i.connection_id = ?", id).Where("session_row.revoked_at is null").
		Returning("session_row.session_hash").Scan(ctx, &hashes)
	return hashes, err
}
