package keys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"passerelle/internal/tenantdb"
)

// retireTenants lets go of keys of tenants that are at a stage, unless a holder's keyset is still wrapped by one.
func (r *Rotation) retireTenants(ctx context.Context, tenants []tenantEntry, step change, at stage) error {
	var refusals []error
	for _, tenant := range tenants {
		refusal := r.changeTenant(ctx, tenant.TenantID, plain(func(handle *keyset.Handle) (*keyset.Handle, error) {
			info := handle.KeysetInfo()
			if stageOf(info) != at || len(others(info)) == 0 {
				return nil, nil
			}
			wrapped, err := r.countWrapped(ctx, tenant.TenantID, others(info))
			if err != nil {
				return nil, err
			}
			if wrapped > 0 {
				return nil, &InUseError{fmt.Sprintf("keysets of tenant %s are wrapped", tenant.TenantID), wrapped}
			}
			return step(handle)
		}))
		if !inUse(refusal) && refusal != nil {
			return refusal
		}
		refusals = append(refusals, refusal)
	}
	return errors.Join(refusals...)
}

func inUse(err error) bool {
	var refusal *InUseError
	return errors.As(err, &refusal)
}

// countWrapped counts the keysets of holders that keys of their tenant wrap.
func (r *Rotation) countWrapped(ctx context.Context, tenant tenantdb.TenantID, by []uint32) (count int, err error) {
	for _, kind := range wrappedKinds {
		err = r.pages(ctx, tenant, kind, 0, func(entries []holderEntry) error {
			for _, entry := range entries {
				// What cannot be read counts: nobody knows what it needs.
				if key, ok := wrapper(entry.Wrapped); !ok || slices.Contains(by, key) {
					count++
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return count, nil
}

// retireHolders lets go of keys of holders that are at a stage, and have not been changed for some time, unless a value
// is still sealed under one.
func (r *Rotation) retireHolders(ctx context.Context, tenants []tenantEntry, kind Kind, rested time.Duration, step change, at stage) error {
	var (
		mu     sync.Mutex
		values int
	)
	err := r.everyHolder(ctx, "Letting go of old keys", tenants, kind, rested, func(ctx context.Context, of opened, entry holderEntry) error {
		holder := Holder{kind, entry.HolderID}
		err := r.changeHolder(ctx, of, holder, func(handle *keyset.Handle) (*keyset.Handle, error) {
			info := handle.KeysetInfo()
			if stageOf(info) != at || len(others(info)) == 0 {
				return nil, nil
			}
			counted, err := r.countSealed(ctx, of.tenant, holder, info)
			if err != nil {
				return nil, err
			}
			if counted > 0 {
				return nil, &InUseError{"values are sealed", counted}
			}
			return step(handle)
		})
		var refusal *InUseError
		if errors.As(err, &refusal) {
			mu.Lock()
			defer mu.Unlock()
			values += refusal.Count
			return nil
		}
		return err
	})
	if err == nil && values > 0 {
		return &InUseError{fmt.Sprintf("values of the kind %s are sealed", kind), values}
	}
	return err
}

// countSealed counts the values of a holder that are sealed under another key than the primary one.
func (r *Rotation) countSealed(ctx context.Context, tenant tenantdb.TenantID, holder Holder, info *tinkpb.KeysetInfo) (count int, err error) {
	for _, rows := range r.rowsOf(holder.Kind) {
		for _, column := range rows.Columns {
			tallies, err := rows.count(asHolder(ctx, tenant, holder), r.data, []uuid.UUID{holder.ID}, column)
			if err != nil {
				return 0, err
			}
			for _, tally := range tallies {
				if key, ok := keyOf(tally.Prefix); !ok || key != info.GetPrimaryKeyId() {
					count += tally.Values
				}
			}
		}
	}
	return count, nil
}
