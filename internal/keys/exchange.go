package keys

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// opened is a tenant whose keyset is at hand.
type opened struct {
	tenant tenantdb.TenantID
	handle *keyset.Handle
	// wrapping opens with every key of the tenant and wraps with the primary one.
	wrapping tink.AEAD
}

func (r *Rotation) open(ctx context.Context, tenant tenantdb.TenantID) (opened, error) {
	entry, err := findTenantEntry(ctx, r.keys, tenant)
	if err != nil {
		return opened{}, err
	}
	handle, err := unwrapTenant(ctx, r.master, tenant, entry.Wrapped)
	if err != nil {
		return opened{}, fmt.Errorf("tenant %s: %w", tenant, err)
	}
	wrapping, err := everyKey(handle)
	return opened{tenant, handle, wrapping}, err
}

// plain is a change that does not ask which master key wrapped the keyset.
func plain(step change) func(*keyset.Handle, string) (*keyset.Handle, error) {
	return func(handle *keyset.Handle, _ string) (*keyset.Handle, error) { return step(handle) }
}

// changeTenant exchanges the keyset of a tenant for what step makes of it, and begins anew when somebody was quicker.
func (r *Rotation) changeTenant(ctx context.Context, tenant tenantdb.TenantID, step func(handle *keyset.Handle, wrappedBy string) (*keyset.Handle, error)) error {
	for range attempts {
		entry, err := findTenantEntry(ctx, r.keys, tenant)
		if err != nil {
			return err
		}
		outline, err := outlineOf(entry.Wrapped)
		if err != nil {
			return fmt.Errorf("tenant %s: %w", tenant, err)
		}
		handle, err := unwrapTenant(ctx, r.master, tenant, entry.Wrapped)
		if err != nil {
			return fmt.Errorf("tenant %s: %w", tenant, err)
		}
		next, err := step(handle, masterOf(outline.ciphertext))
		if err != nil || next == nil {
			return err
		}
		wrapped, err := wrapTenant(ctx, r.master, tenant, next)
		if err != nil {
			return err
		}
		if done, err := updateTenant(ctx, r.keys, tenant, entry.Wrapped, wrapped); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("the keyset of tenant %s is being changed by somebody else", tenant)
}

// changeHolder does the same for the keyset of a holder; one that was destroyed meanwhile stays destroyed.
func (r *Rotation) changeHolder(ctx context.Context, of opened, holder Holder, step change) error {
	for range attempts {
		entry, err := findHolderEntry(ctx, r.keys, of.tenant, holder)
		if errors.Is(err, fault.NotFound()) {
			return nil
		}
		if err != nil {
			return err
		}
		handle, err := unwrapHolder(of.wrapping, of.tenant, holder, entry.Wrapped)
		if err != nil {
			return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
		}
		next, err := step(handle)
		if err != nil || next == nil {
			return err
		}
		wrapped, err := wrapHolder(of.wrapping, of.tenant, holder, next)
		if err != nil {
			return err
		}
		if done, err := updateHolder(ctx, r.keys, of.tenant, holder, entry.Wrapped, wrapped); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("the keyset of %s %s is being changed by somebody else", holder.Kind, holder.ID)
}

// rewrapHolders wraps with the tenant's primary key what is wrapped by another.
func (r *Rotation) rewrapHolders(ctx context.Context, tenants []tenantEntry) error {
	for _, kind := range wrappedKinds {
		if err := r.everyHolder(ctx, "Wrapping the keysets of each "+string(kind), tenants, kind, 0, func(ctx context.Context, of opened, entry holderEntry) error {
			if by, ok := wrapper(entry.Wrapped); ok && by == of.handle.KeysetInfo().GetPrimaryKeyId() {
				return nil
			}
			return r.changeHolder(ctx, of, Holder{kind, entry.HolderID}, func(handle *keyset.Handle) (*keyset.Handle, error) { return handle, nil })
		}); err != nil {
			return err
		}
	}
	return nil
}

// wrapper is the number of the tenant's key that wrapped a holder's keyset.
func wrapper(wrapped []byte) (uint32, bool) {
	outline, err := outlineOf(wrapped)
	if err != nil {
		return 0, false
	}
	return keyOf(outline.ciphertext)
}

// sealAnew seals with the primary key of a holder what is sealed under another. What somebody changes meanwhile is looked
// at again: it may have been sealed under the old key once more.
func (r *Rotation) sealAnew(ctx context.Context, of opened, holder Holder, wrapped []byte) error {
	handle, err := unwrapHolder(of.wrapping, of.tenant, holder, wrapped)
	if err != nil {
		return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
	}
	if handle.Len() < 2 {
		return nil
	}
	every, err := everyKey(handle)
	if err != nil {
		return err
	}
	box, prefix := &Box{tenant: of.tenant, holder: holder, aead: every}, prefixOf(handle.KeysetInfo().GetPrimaryKeyId())
	ctx = asHolder(ctx, of.tenant, holder)
	for _, rows := range r.rowsOf(holder.Kind) {
		for _, column := range rows.Columns {
			if err := r.sealColumn(ctx, box, rows, holder.ID, column, prefix); err != nil {
				return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
			}
		}
	}
	return nil
}

func (r *Rotation) sealColumn(ctx context.Context, box *Box, rows Rows, holder uuid.UUID, column string, prefix []byte) error {
	for idle := 0; idle < attempts; {
		stale, err := rows.listStale(ctx, r.data, holder, column, prefix)
		if err != nil || len(stale) == 0 {
			return err
		}
		idle++
		for _, row := range stale {
			associated := box.associated(Place{rows.Table, row.Row}, column)
			words, err := box.aead.Decrypt(row.Sealed, associated)
			if err != nil {
				return fmt.Errorf("%s of %s %s: %w", column, rows.Table, row.Row, ErrForged)
			}
			anew, err := box.aead.Encrypt(words, associated)
			clear(words)
			if err != nil {
				return fmt.Errorf("seal anew: %w", err)
			}
			done, err := rows.update(ctx, r.data, holder, column, row, anew)
			if err != nil {
				return fmt.Errorf("seal %s anew: %w", rows.Table, err)
			}
			if done {
				idle = 0
			}
		}
	}
	return fmt.Errorf("%s is being changed by somebody else all the time", rows.Table)
}

func (r *Rotation) rowsOf(kind Kind) (of []Rows) {
	for _, rows := range r.rows {
		if rows.Kind == kind {
			of = append(of, rows)
		}
	}
	return of
}
