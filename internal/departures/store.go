package departures

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type keyRow struct {
	bun.BaseModel `bun:"table:handover_keys"`
	TenantID      tenantdb.TenantID
	Key
}

func findKey(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, lock bool) (*Key, error) {
	var found []Key
	query := tx.Select().TableExpr("handover_keys").Column("recipient", "version", "written_by", "written_at", "confirmed_by", "confirmed_at").Where("tenant_id = ?", tenant)
	if lock {
		query = query.For("update")
	}
	if err := query.Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("find the key of an archive: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func writeKey(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, key Key) error {
	_, err := tx.Insert().Model(&keyRow{TenantID: tenant, Key: key}).On("conflict (tenant_id) do update").
		Set("recipient = excluded.recipient, version = excluded.version, written_by = excluded.written_by, written_at = excluded.written_at, confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the key of an archive: %w", err)
	}
	return nil
}

func findRemoval(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (*Removal, error) {
	var found []Removal
	err := tx.Select().TableExpr("tenant_removals").Column("planned_at", "due_at").Where("tenant_id = ?", tenant).Where("withdrawn_at is null").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("find whether a tenant is to be deleted: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}
