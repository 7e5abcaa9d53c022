package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

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
	tenants *cache[tenantdb.TenantID, unwrapped]
	boxes   *cache[owned, *Box]
	hears   atomic.Bool
	failed  failures
}

// unwrapped is a tenant's keyset, and what it was unwrapped from.
type unwrapped struct {
	tink.AEAD
	from []byte
}

// owned is a holder as somebody sees it: what one scope has opened is kept for that scope, so that memory opens nothing
// that the fences would not.
type owned struct {
	scope  tenantdb.Scope
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
	ring := &Ring{db: db, master: master, tenants: newCache[tenantdb.TenantID, unwrapped](), boxes: newCache[owned, *Box]()}
	ring.boxes.enable(false) // until it hears of what others destroy
	return ring, nil
}

// Box gives the box of a holder, or ErrDestroyed. A person's is not remembered: it is needed when a form is parked and when
// it is given back, and in between the person may have signed out, or gone on at another workplace.
func (r *Ring) Box(ctx context.Context, holder Holder) (*Box, error) {
	asking, asked := inTime(ctx)
	box, err := r.box(asking, holder)
	if err = r.failed.note(asked(err)); err != nil {
		return nil, err
	}
	return box.in(ctx), nil
}

func (r *Ring) box(ctx context.Context, holder Holder) (*Box, error) {
	tenant, key := tenantdb.ScopeFrom(ctx).Tenant(), owned{tenantdb.ScopeFrom(ctx).Shared(), holder}
	if box, ok := r.boxes.find(key); ok {
		return box, nil
	}
	read, readTenant := r.boxes.now(), r.tenants.now()
	ofTenant, ofHolder, err := findHolder(ctx, r.db, holder)
	if err != nil {
		return nil, err
	}
	handle, err := r.openHolder(ctx, tenant, holder, ofTenant, ofHolder, readTenant)
	if err != nil {
		return nil, err
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, &ForgedError{holder}
	}
	box := &Box{tenant: tenant, holder: holder, aead: opened, failed: &r.failed}
	if holder.Kind != Person {
		r.boxes.keep(key, box, read)
	}
	return box, nil
}

// openHolder opens a keyset with that of its tenant, as it is remembered; where that has been changed meanwhile, as it is.
func (r *Ring) openHolder(ctx context.Context, tenant tenantdb.TenantID, holder Holder, ofTenant, ofHolder []byte, read moment) (*keyset.Handle, error) {
	if known, ok := r.tenants.find(tenant); ok {
		handle, err := unwrapHolder(known, tenant, holder, ofHolder)
		if err == nil || bytes.Equal(known.from, ofTenant) {
			return handle, err
		}
	}
	wrapping, err := r.openTenant(ctx, tenant, ofTenant, read)
	if err != nil {
		return nil, err
	}
	return unwrapHolder(wrapping, tenant, holder, ofHolder)
}

// wrappingOf is the tenant's keyset as it is in the database, from memory where that is the same.
func (r *Ring) wrappingOf(ctx context.Context, tenant tenantdb.TenantID, ofTenant []byte, read moment) (tink.AEAD, error) {
	if known, ok := r.tenants.find(tenant); ok && bytes.Equal(known.from, ofTenant) {
		return known, nil
	}
	return r.openTenant(ctx, tenant, ofTenant, read)
}

// Make makes a keyset for a holder and keeps it nowhere: wrapped, to be kept, and the box that it opens.
func (r *Ring) Make(ctx context.Context, holder Holder) (wrapped []byte, box *Box, err error) {
	defer func() { err = r.failed.note(err) }()
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	wrapping, err := r.tenantKeys(ctx, tenant)
	if err != nil {
		return nil, nil, err
	}
	handle, err := keyset.NewHandle(holderTemplate())
	if err != nil {
		return nil, nil, fmt.Errorf("make a keyset: %w", err)
	}
	if wrapped, err = wrapHolder(wrapping, tenant, holder, handle); err != nil {
		return nil, nil, err
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, nil, fmt.Errorf("use a keyset: %w", err)
	}
	return wrapped, (&Box{tenant: tenant, holder: holder, aead: opened, failed: &r.failed}).in(ctx), nil
}

// Create makes and keeps the keyset of a new holder. One that is there already stays; one that was destroyed is not made
// anew.
func (r *Ring) Create(ctx context.Context, holder Holder) error {
	wrapped, _, err := r.Make(ctx, holder)
	if err != nil {
		return err
	}
	return r.failed.note(insertHolder(ctx, r.db, keysetRow{TenantID: tenantdb.ScopeFrom(ctx).Tenant(), Kind: holder.Kind, HolderID: holder.ID, Wrapped: wrapped}))
}

// BoxOfPerson gives the box of what a person of the tenant has typed; the first time, its keyset is made.
func (r *Ring) BoxOfPerson(ctx context.Context, person tenantdb.PersonID) (*Box, error) {
	holder := Holder{Kind: Person, ID: person.UUID()}
	box, err := r.Box(ctx, holder)
	if !errors.Is(err, ErrDestroyed) {
		return box, err
	}
	if err := r.Create(ctx, holder); err != nil {
		return nil, err
	}
	return r.Box(ctx, holder)
}

// tenantKeys are the keys that wrap those of a tenant's holders; a tenant's first holder has them made. They are read
// back once they are committed: another process may have been quicker, and what wraps has to be what is kept.
func (r *Ring) tenantKeys(ctx context.Context, tenant tenantdb.TenantID) (tink.AEAD, error) {
	if opened, ok := r.tenants.find(tenant); ok {
		return opened, nil
	}
	read := r.tenants.now()
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
	return r.openTenant(ctx, tenant, found, read)
}

func (r *Ring) createTenant(ctx context.Context, tenant tenantdb.TenantID) error {
	handle, err := keyset.NewHandle(tenantTemplate())
	if err != nil {
		return fmt.Errorf("make the keyset of a tenant: %w", err)
	}
	wrapped, err := wrapTenant(ctx, r.master, tenant, handle)
	if err != nil {
		return err
	}
	return insertTenant(ctx, r.db, tenantKeysetRow{TenantID: tenant, Wrapped: wrapped})
}

func (r *Ring) openTenant(ctx context.Context, tenant tenantdb.TenantID, wrapped []byte, read moment) (tink.AEAD, error) {
	handle, err := unwrapTenant(ctx, r.master, tenant, wrapped)
	if err != nil {
		return nil, err
	}
	opened, err := aead.New(handle)
	if err != nil {
		return nil, ErrForged
	}
	r.tenants.keep(tenant, unwrapped{opened, wrapped}, read)
	return opened, nil
}

// Destroy makes everything that a holder's keyset sealed unreadable, in this database and in every backup of it, and has
// every process forget it. What stays is a tombstone, which says that it was done and when.
func (r *Ring) Destroy(ctx context.Context, holder Holder) error {
	gone := news{tenantdb.ScopeFrom(ctx).Tenant(), holder.Kind, holder.ID}
	err := deleteHolder(ctx, r.db, holder, gone)
	r.forget(gone)
	return r.failed.note(err)
}

// Reach says whether the keys can be had: their database, and the master key where another server has it.
func (r *Ring) Reach(ctx context.Context) error {
	if err := r.db.Ready(ctx); err != nil {
		return unavailable(err)
	}
	return reach(ctx, r.master)
}
