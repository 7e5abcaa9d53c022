package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jellydator/ttlcache/v3"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
	"github.com/uptrace/bun"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Unwrapped keysets stay in memory for some minutes, and so many of them.
const (
	keptFor  = 5 * time.Minute
	mostKept = 10_000
)

// Ring finds and makes keysets: those of the tenant whose scope is bound to the context, and no other's.
type Ring struct {
	db      *tenantdb.DB
	master  Master
	tenants *ttlcache.Cache[tenantdb.TenantID, tink.AEAD]
	boxes   *ttlcache.Cache[owned, *Box]
}

type owned struct {
	tenant tenantdb.TenantID
	holder Holder
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
	return &Ring{
		db: db, master: master,
		tenants: ttlcache.New(ttlcache.WithTTL[tenantdb.TenantID, tink.AEAD](keptFor), ttlcache.WithCapacity[tenantdb.TenantID, tink.AEAD](mostKept),
			ttlcache.WithDisableTouchOnHit[tenantdb.TenantID, tink.AEAD]()),
		boxes: ttlcache.New(ttlcache.WithTTL[owned, *Box](keptFor), ttlcache.WithCapacity[owned, *Box](mostKept), ttlcache.WithDisableTouchOnHit[owned, *Box]()),
	}, nil
}

type keysetRow struct {
	bun.BaseModel `bun:"table:keysets"`
	TenantID      tenantdb.TenantID
	Kind          Kind
	HolderID      uuid.UUID
	Wrapped       []byte
}

type tenantKeysetRow struct {
	bun.BaseModel `bun:"table:tenant_keysets"`
	TenantID      tenantdb.TenantID
	Wrapped       []byte
}

type wrapped struct{ Wrapped []byte }

var (
	tenantStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("tenant_keysets").Column("wrapped"))
	holderStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("keysets").Column("wrapped").
			Where("kind = ?", tenantdb.Argument(1)).Where("holder_id = ?", tenantdb.Argument(2)))
)

// Box gives the box of a holder, or ErrDestroyed.
func (r *Ring) Box(ctx context.Context, holder Holder) (*Box, error) {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	key := owned{tenant, holder}
	if item := r.boxes.Get(key); item != nil {
		return item.Value(), nil
	}
	var ofTenant, ofHolder []wrapped
	if err := r.db.Read(ctx, tenantdb.Many(&ofTenant, tenantStatement.With()), tenantdb.Many(&ofHolder, holderStatement.With(string(holder.Kind), holder.ID))); err != nil {
		return nil, fmt.Errorf("find the keys of %s %s: %w", holder.Kind, holder.ID, err)
	}
	if len(ofTenant) == 0 || len(ofHolder) == 0 {
		return nil, ErrDestroyed
	}
	wrapping, err := r.unwrapTenant(ctx, tenant, ofTenant[0].Wrapped)
	if err != nil {
		return nil, err
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(ofHolder[0].Wrapped)), wrapping, associatedOf(tenant, holder))
	if err != nil {
		return nil, ErrForged
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, ErrForged
	}
	box := &Box{tenant, opened}
	r.boxes.Set(key, box, ttlcache.DefaultTTL)
	return box, nil
}

// Create makes the keyset of a new holder. One that is there already stays; one that was destroyed is not made anew.
func (r *Ring) Create(ctx context.Context, holder Holder) error {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	return r.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		wrapping, err := r.tenantKeys(ctx, tx, tenant)
		if err != nil {
			return err
		}
		handle, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
		if err != nil {
			return fmt.Errorf("make a keyset: %w", err)
		}
		var text bytes.Buffer
		if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&text), wrapping, associatedOf(tenant, holder)); err != nil {
			return fmt.Errorf("wrap a keyset: %w", err)
		}
		_, err = tx.Insert().Model(&keysetRow{TenantID: tenant, Kind: holder.Kind, HolderID: holder.ID, Wrapped: text.Bytes()}).
			On("conflict (tenant_id, kind, holder_id) do nothing").Exec(ctx)
		switch {
		case tenantdb.Violates(err, "keysets_once_destroyed_stay_destroyed"):
			return ErrDestroyed
		case err != nil:
			return fmt.Errorf("keep the keyset of %s %s: %w", holder.Kind, holder.ID, err)
		}
		return nil
	})
}

// tenantKeys are the keys that wrap those of a tenant's holders; a tenant's first holder has them made.
func (r *Ring) tenantKeys(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (tink.AEAD, error) {
	found, err := findTenantKeyset(ctx, tx)
	if errors.Is(err, fault.NotFound()) {
		if err := r.createTenant(ctx, tx, tenant); err != nil {
			return nil, err
		}
		found, err = findTenantKeyset(ctx, tx)
	}
	if err != nil {
		return nil, fmt.Errorf("find the keys of the tenant: %w", err)
	}
	return r.unwrapTenant(ctx, tenant, found)
}

func findTenantKeyset(ctx context.Context, tx tenantdb.Tx) (found []byte, err error) {
	err = tenantdb.Found(tx.Select().TableExpr("tenant_keysets").Column("wrapped").Scan(ctx, &found))
	return found, err
}

func (r *Ring) createTenant(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make the keyset of a tenant: %w", err)
	}
	var text bytes.Buffer
	if err := handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&text), r.master, []byte(tenant.String())); err != nil {
		return fmt.Errorf("wrap the keyset of a tenant: %w", err)
	}
	_, err = tx.Insert().Model(&tenantKeysetRow{TenantID: tenant, Wrapped: text.Bytes()}).On("conflict (tenant_id) do nothing").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the keyset of a tenant: %w", err)
	}
	return nil
}

func (r *Ring) unwrapTenant(ctx context.Context, tenant tenantdb.TenantID, wrapped []byte) (tink.AEAD, error) {
	if item := r.tenants.Get(tenant); item != nil {
		return item.Value(), nil
	}
	handle, err := keyset.ReadWithContext(ctx, keyset.NewBinaryReader(bytes.NewReader(wrapped)), r.master, []byte(tenant.String()))
	if err != nil {
		return nil, errors.New("the keys of the tenant cannot be unwrapped: is this the master key that wrapped them?")
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, ErrForged
	}
	r.tenants.Set(tenant, opened, ttlcache.DefaultTTL)
	return opened, nil
}

// Destroy makes everything that a holder's keyset sealed unreadable, in this database and in every backup of it. What
// stays is a tombstone, which says that it was done and when.
func (r *Ring) Destroy(ctx context.Context, holder Holder) error {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	err := r.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := tx.Delete().TableExpr("keysets").Where("kind = ?", holder.Kind).Where("holder_id = ?", holder.ID).Exec(ctx); err != nil {
			return fmt.Errorf("destroy the keys of %s %s: %w", holder.Kind, holder.ID, err)
		}
		return nil
	})
	r.boxes.Delete(owned{tenant, holder})
	return err
}

func associatedOf(tenant tenantdb.TenantID, holder Holder) []byte {
	return []byte("v1|" + tenant.String() + "|" + string(holder.Kind) + "|" + holder.ID.String())
}
