package signin

import (
	"context"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Announce leaves, or renews, the application of somebody of whom a tenant's directory says what the provider calls her or him,
// before or after she or he has signed in. What was refused stays refused; who was accepted once, and has no place any more,
// waits again. It wants the scope of the directory.
func Announce(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, who Identity, now time.Time) error {
	who.ID, who.Name, who.Email = ids.New[Identity](), shortened(who.Name), shortened(who.Email)
	identity, err := upsertIdentity(ctx, tx, who, now)
	if err != nil {
		return err
	}
	return announceApplication(ctx, tx, tenant, identity, now)
}

// Unannounce takes back the application of somebody whom nobody has answered yet.
func Unannounce(ctx context.Context, tx tenantdb.Tx, connection ConnectionID, subject string) error {
	return deleteAnnounced(ctx, tx, connection, subject)
}
