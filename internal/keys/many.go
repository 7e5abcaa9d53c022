package keys

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/tenantdb"
)

// Bunch is the keysets of many holders, wrapped still: for whoever looks through all of a tenant's dossiers. Each is
// unwrapped when it is asked for and kept nowhere, so that going through thousands neither fills memory nor pushes out
// what pages have open. Several goroutines may use one at a time.
type Bunch struct {
	tenant   tenantdb.TenantID
	kind     Kind
	wrapping tink.AEAD
	wrapped  map[uuid.UUID][]byte
	failed   *failures
}

// Bunch finds the keysets of many holders of one kind in one round trip. What is not there, or not the scope's, is
// missing from it.
func (r *Ring) Bunch(ctx context.Context, kind Kind, holders []uuid.UUID) (*Bunch, error) {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	read := r.tenants.now()
	asking, asked := inTime(ctx)
	ofTenant, found, err := findMany(asking, r.db, kind, holders)
	if err = asked(err); err != nil {
		return nil, r.failed.note(err)
	}
	bunch := &Bunch{tenant: tenant, kind: kind, wrapped: make(map[uuid.UUID][]byte, len(found)), failed: &r.failed}
	if len(found) == 0 {
		return bunch, nil
	}
	if bunch.wrapping, err = r.wrappingOf(ctx, tenant, ofTenant, read); err != nil {
		return nil, r.failed.note(err)
	}
	for _, row := range found {
		bunch.wrapped[row.HolderID] = row.Wrapped
	}
	return bunch, nil
}

// Box gives the box of a holder, or ErrDestroyed. No witness is told of what it opens: see Shown.
func (b *Bunch) Box(holder uuid.UUID) (*Box, error) {
	wrapped, ok := b.wrapped[holder]
	if !ok {
		return nil, ErrDestroyed
	}
	of := Holder{b.kind, holder}
	handle, err := unwrapHolder(b.wrapping, b.tenant, of, wrapped)
	if err != nil {
		return nil, b.failed.note(err)
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, &ForgedError{of}
	}
	return &Box{tenant: b.tenant, holder: of, aead: opened, failed: b.failed}, nil
}

// Shown tells the witness of the context that something which a bunch opened is shown to somebody. The rest of what a
// bunch opens is compared and forgotten: nobody sees it.
func Shown(ctx context.Context, holder Holder) {
	if opened, ok := ctx.Value(witnessKey{}).(func(Holder)); ok {
		opened(holder)
	}
}

type wrappedOf struct {
	HolderID uuid.UUID
	Wrapped  []byte
}

var manyStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("keysets").Column("holder_id", "wrapped").
	Where("kind = ?", tenantdb.Argument(1)).Where("holder_id = any(?)", tenantdb.Argument(2)))

// findMany finds the tenant's keyset as well; where that is missing, nothing can be opened and none is found.
func findMany(ctx context.Context, db *tenantdb.DB, kind Kind, holders []uuid.UUID) (ofTenant []byte, found []wrappedOf, err error) {
	var tenants []wrapped
	if err := db.Read(ctx, tenantdb.Many(&tenants, tenantStatement.With()), tenantdb.Many(&found, manyStatement.With(string(kind), holders))); err != nil {
		return nil, nil, fmt.Errorf("find the keys of %d holders: %w", len(holders), err)
	}
	if len(tenants) == 0 {
		return nil, nil, nil
	}
	return tenants[0].Wrapped, found, nil
}
