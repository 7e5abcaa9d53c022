package bench

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// withRing lends the keys of a database, for as long as use takes.
func withRing(ctx context.Context, url string, master keys.Master, use func(*keys.Ring) error) error {
	db, err := tenantdb.OpenKeys(ctx, url, tenantdb.Options{MaxConns: fillers})
	if err != nil {
		return fmt.Errorf("open the keys: %w", err)
	}
	defer db.Close()
	ring, err := keys.New(ctx, db, master)
	if err != nil {
		return err
	}
	return use(ring)
}

// staffOf is a context in which the first of a house's staff asks, a caseworker.
func staffOf(ctx context.Context, h house) context.Context {
	return access.WithPrincipal(ctx, access.Principal{
		Role: access.Caseworker, Tenant: ids.From[tenantdb.Tenant](h.tenant), Person: ids.From[tenantdb.Person](h.members[0].id), Name: h.members[0].name,
	})
}

// of binds the scope of a tenant's staff, in which keysets are made and found.
func of(ctx context.Context, tenant, person uuid.UUID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Staff(ids.From[tenantdb.Tenant](tenant), ids.From[tenantdb.Person](person)))
}
