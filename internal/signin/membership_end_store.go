package signin

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/tenantdb"
)

// revokeSessionsAt names the sessions at a workplace that it has ended.
func revokeSessionsAt(ctx context.Context, tx tenantdb.Tx, person tenantdb.PersonID, now time.Time) (hashes [][]byte, err error) {
	err = tx.Update().TableExpr("sessions").Set("revoked_at = ?", now).
		Where("(member_id = ? or office_member_id = ?)", person, person).Where("revoked_at is null").Returning("session_hash").Scan(ctx, &hashes)
	if err != nil {
		return nil, fmt.Errorf("update sessions: %w", err)
	}
	return hashes, nil
}
