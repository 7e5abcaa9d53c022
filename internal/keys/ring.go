package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Ring finds and makes keysets: those of the tenant whose scope is bound to the context, and no other's.
type Ring struct {
	db      *tenantdb.DB
	master  Master
	tenants cache[tenantdb.TenantID, tink.AEAD]
	boxes   cache[owned, *Box]
}

// owned is a holder as somebody sees it: what one scope has opened is kept for that scope, so that memory opens nothing
// that the fences would not.
type owned struct {
	scope  tenantdb.Scope
	holder Holder
}

func ownedBy(scope tenantdb.Scope, holder Holder) owned {
	if holder.Kind == Person {
		return owned{scope, holder}
	}
	return owned{scope.Shared(), holder}
}

// New makes a ring over the database of the keys, reached as the role passerelle_keys. It refuses a role that could do
// more than that, and tables that are not fenced.
func New(ctx context.Context, db *tenantdb.DB, master Master) (*Ring, error) {
	if master == nil {
		return nil, errors.New("there is no master key: set MASTER_KEY_FILE or MASTER_KEY")
	}
	if err := db.CheckKeys(ctx); err != nil {
		return nil, err
	}
	return &Ring{db: db, master: master, tenants: newCache[tenantdb.TenantID, tink.AEAD](), boxes: newCache[owned, *Box]()}, nil
}

// Box gives the box of a holder, or ErrDestroyed.
func (r *Ring) Box(ctx context.Context, holder Holder) (*Box, error) {
	tenant, key := tenantdb.ScopeFrom(ctx).Tenant(), ownedBy(tenantdb.ScopeFrom(ctx), holder)
	if box, ok := r.boxes.find(key); ok {
		return box.in(ctx), nil
	}
	ofTenant, ofHolder, err := findHolder(ctx, r.db, holder)
	if err != nil {
		return nil, err
	}
	wrapping, err := r.unwrapTenant(ctx, tenant, ofTenant)
	if err != nil {
		return nil, err
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(ofHolder)), wrapping, associatedOf(tenant, holder))
	if err != nil {
		return nil, &ForgedError{holder}
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, &ForgedError{holder}
	}
	box := &Box{tenant: tenant, holder: holder, aead: opened}
	r.boxes.keep(key, box)
	return box.in(ctx), nil
}

// Make makes a keyset for a holder and keeps it nowhere: wrapped, to be kept, and the box that it opens.
func (r *Ring) Make(ctx context.Context, holder Holder) (wrapped []byte, box *Box, err error) {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	wrapping, err := r.tenantKeys(ctx, tenant)
	if err != nil {
		return nil, nil, err
	}
	handle, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, nil, fmt.Errorf("make a keyset: %w", err)
	}
	var text bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&text), wrapping, associatedOf(tenant, holder)); err != nil {
		return nil, nil, fmt.Errorf("wrap a keyset: %w", err)
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, nil, fmt.Errorf("use a keyset: %w", err)
	}
	return text.Bytes(), (&Box{tenant: tenant, holder: holder, aead: opened}).in(ctx), nil
}

// Create makes and keeps the keyset of a new holder. One that is there already stays; one that was destroyed is not made
// anew.
func (r *Ring) Create(ctx context.Context, holder Holder) error {
	wrapped, _, err := r.Make(ctx, holder)
	if err != nil {
		return err
	}
	return insertHolder(ctx, r.db, keysetRow{TenantID: tenantdb.ScopeFrom(ctx).Tenant(), Kind: holder.Kind, HolderID: holder.ID, Wrapped: wrapped})
}

// tenantKeys are the keys that wrap those of a tenant's holders; a tenant's first holder has them made. They are read
// back once they are committed: another process may have been quicker, and what wraps has to be what is kept.
func (r *Ring) tenantKeys(ctx context.Context, tenant tenantdb.TenantID) (tink.AEAD, error) {
	if opened, ok := r.tenants.find(tenant); ok {
		return opened, nil
	}
	found, err := findTenant(ctx, r.db)
	if errors.Is(err, fault.NotFound()) {
		if err := r.createTenant(ctx, tenant); err != nil {
			return nil, err
		}
		found, err = findTenant(ctx, r.db)
	}
	if err != nil {
		return nil, fmt.Errorf("find the keys of the tenant: %w", err)
	}
	return r.unwrapTenant(ctx, tenant, found)
}

func (r *Ring) createTenant(ctx context.Context, tenant tenantdb.TenantID) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make the keyset of a tenant: %w", err)
	}
	var text bytes.Buffer
	if err := handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&text), r.master, []byte(tenant.String())); err != nil {
		return fmt.Errorf("wrap the keyset of a tenant: %w", err)
	}
	return insertTenant(ctx, r.db, tenantKeysetRow{TenantID: tenant, Wrapped: text.Bytes()})
}

func (r *Ring) unwrapTenant(ctx context.Context, tenant tenantdb.TenantID, wrapped []byte) (tink.AEAD, error) {
	if opened, ok := r.tenants.find(tenant); ok {
		return opened, nil
	}
	handle, err := keyset.ReadWithContext(ctx, keyset.NewBinaryReader(bytes.NewReader(wrapped)), r.master, []byte(tenant.String()))
	if err != nil {
		return nil, errors.New("the keys of the tenant cannot be unwrapped: is this the master key that wrapped them?")
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, ErrForged
	}
	r.tenants.keep(tenant, opened)
	return opened, nil
}

// Destroy makes everything that a holder's keyset sealed unreadable, in this database and in every backup of it. What
// stays is a tombstone, which says that it was done and when.
func (r *Ring) Destroy(ctx context.Context, holder Holder) error {
	err := deleteHolder(ctx, r.db, holder)
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	r.boxes.forget(func(key owned) bool { return key.scope.Tenant() == tenant && key.holder == holder })
	return err
}

func associatedOf(tenant tenantdb.TenantID, holder Holder) []byte {
	return []byte("v1|" + tenant.String() + "|" + string(holder.Kind) + "|" + holder.ID.String())
}
