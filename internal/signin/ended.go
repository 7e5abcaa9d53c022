package signin

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/tenantdb"
)

// EndSessionsThrough ends every session of people who came in through a connection, in the transaction of what changes it:
// in every process, once that commits. It wants a scope of the door.
func EndSessionsThrough(ctx context.Context, tx tenantdb.Tx, id ConnectionID, now time.Time) error {
	hashes, err := revokeSessionsThrough(ctx, tx, id, now)
	if err != nil {
		return fmt.Errorf("end sessions through connection %s: %w", id, err)
	}
	for _, hash := range hashes {
		if err := announceEnd(ctx, tx, hash); err != nil {
			return err
		}
	}
	return nil
}
