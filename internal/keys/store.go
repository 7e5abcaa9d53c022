package keys

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

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
	tenantStatement = tenantdb.Prepare(tenantdb.OfTenant(tenantdb.Select().TableExpr("tenant_keysets").Column("wrapped")))
	holderStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("keysets").Column("wrapped").
			Where("kind = ?", tenantdb.Argument(1)).Where("holder_id = ?", tenantdb.Argument(2)))
)

func findTenant(ctx context.Context, db *tenantdb.DB) ([]byte, error) {
	var found wrapped
	err := db.Read(ctx, tenantdb.One(&found, tenantStatement.With()))
	return found.Wrapped, err
}

// findHolder finds the tenant's keyset as well, in one round trip, and ErrDestroyed where either is missing.
func findHolder(ctx context.Context, db *tenantdb.DB, holder Holder) (ofTenant, ofHolder []byte, err error) {
	var tenants, holders []wrapped
	if err := db.Read(ctx, tenantdb.Many(&tenants, tenantStatement.With()), tenantdb.Many(&holders, holderStatement.With(string(holder.Kind), holder.ID))); err != nil {
		return nil, nil, fmt.Errorf("find the keys of %s %s: %w", holder.Kind, holder.ID, err)
	}
	if len(tenants) == 0 || len(holders) == 0 {
		return nil, nil, ErrDestroyed
	}
	return tenants[0].Wrapped, holders[0].Wrapped, nil
}

// insertTenant keeps the keyset of a tenant that has none yet.
func insertTenant(ctx context.Context, db *tenantdb.DB, row tenantKeysetRow) error {
	err := db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Insert().Model(&row).On("conflict (tenant_id) do nothing").Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the keyset of a tenant: %w", err)
	}
	return nil
}

// insertHolder keeps the keyset of a holder that has none yet, and never had one.
func insertHolder(ctx context.Context, db *tenantdb.DB, row keysetRow) error {
	err := db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Insert().Model(&row).On("conflict (tenant_id, kind, holder_id) do nothing").Exec(ctx)
		return err
	})
	switch {
	case tenantdb.Violates(err, "keysets_once_destroyed_stay_destroyed"):
		return ErrDestroyed
	case err != nil:
		return fmt.Errorf("keep the keyset of %s %s: %w", row.Kind, row.HolderID, err)
	}
	return nil
}

// deleteHolder leaves the tombstone, by a trigger, and tells every process.
func deleteHolder(ctx context.Context, db *tenantdb.DB, holder Holder, gone news) error {
	err := db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := tx.Delete().TableExpr("keysets").Where("kind = ?", holder.Kind).Where("holder_id = ?", holder.ID).Exec(ctx); err != nil {
			return err
		}
		return tell(ctx, tx, gone)
	})
	if err != nil {
		return fmt.Errorf("destroy the keys of %s %s: %w", holder.Kind, holder.ID, err)
	}
	return nil
}

// Standing says of which holders of a kind the tenant whose scope is bound has keysets, and of which only tombstones.
type Standing struct {
	Kept, Destroyed map[uuid.UUID]bool
}

// Standing reads it, for whoever compares the keys with the data.
func (r *Ring) Standing(ctx context.Context, kind Kind) (Standing, error) {
	var kept, destroyed []struct{ HolderID uuid.UUID }
	if err := r.db.Read(ctx,
		tenantdb.Many(&kept, tenantdb.Select().TableExpr("keysets").Column("holder_id").Where("kind = ?", string(kind))),
		tenantdb.Many(&destroyed, tenantdb.Select().TableExpr("tombstones").Column("holder_id").Where("kind = ?", string(kind)))); err != nil {
		return Standing{}, fmt.Errorf("list the keys of every %s: %w", kind, err)
	}
	standing := Standing{map[uuid.UUID]bool{}, map[uuid.UUID]bool{}}
	for _, one := range kept {
		standing.Kept[one.HolderID] = true
	}
	for _, one := range destroyed {
		standing.Destroyed[one.HolderID] = true
	}
	return standing, nil
}
