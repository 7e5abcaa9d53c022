package signin

import (
	"context"
	"time"

	"passerelle/internal/tenantdb"
)

// EndSessionsOf ends every session at the workplaces of persons, on all devices and in every process, within the transaction that takes
// a workplace or its role away. Sessions of the same human being elsewhere go on.
func EndSessionsOf(ctx context.Context, tx tenantdb.Tx, now time.Time, persons ...tenantdb.PersonID) error {
	for _, person := range persons {
		hashes, err := revokeSessionsAt(ctx, tx, person, now)
		if err != nil {
			return err
		}
		for _, hash := range hashes {
			if err := announceEnd(ctx, tx, hash); err != nil {
				return err
			}
		}
	}
	return nil
}
