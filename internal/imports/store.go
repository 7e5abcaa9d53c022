package imports

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where imports have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Person, Table: "imports", Holder: "person_id", Key: []string{"import_id"}, Columns: []string{"sheet"}},
}

type importRow struct {
	bun.BaseModel `bun:"table:imports"`
	TenantID      tenantdb.TenantID
	sealedImport
}

// shownImports bounds the list: what was imported is dossiers, and of interest for a while.
const shownImports = 50

func selectImports(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("imports").Column("import_id", "person_id", "total", "done", "created_at", "begun_at", "finished_at", "version")
}

func listImports(into *[]Import) tenantdb.Question {
	return tenantdb.Many(into, selectImports(tenantdb.Select()).OrderExpr("created_at desc, import_id").Limit(shownImports))
}

func findImport(ctx context.Context, tx tenantdb.Tx, id ID) (found sealedImport, err error) {
	err = selectImports(tx.Select()).Column("sheet").Where("import_id = ?", id).For("update").Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return sealedImport{}, fmt.Errorf("find import: %w", err)
	}
	return found, nil
}

// insertImport leaves one that is there already: a form sent twice brings in one file.
func insertImport(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, i Import, sheet Sheet) error {
	row := importRow{TenantID: tenant, sealedImport: sealedImport{i, keys.Of(sheet)}}
	if err := box.Seal(&row.sealedImport); err != nil {
		return fmt.Errorf("seal import: %w", err)
	}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, import_id) do nothing").Exec(ctx); err != nil {
		return fmt.Errorf("insert import: %w", err)
	}
	return nil
}

func updateSheet(ctx context.Context, tx tenantdb.Tx, box *keys.Box, i Import, sheet Sheet) error {
	row := importRow{sealedImport: sealedImport{i, keys.Of(sheet)}}
	if err := box.Seal(&row.sealedImport); err != nil {
		return fmt.Errorf("seal import: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("sheet", "version").Where("import_id = ?", i.ImportID).Exec(ctx)); err != nil {
		return fmt.Errorf("update import: %w", err)
	}
	return nil
}

// updateProgress remembers how far it has come. With the last row the sheet goes.
func updateProgress(ctx context.Context, tx tenantdb.Tx, id ID, done int, at time.Time, finished bool) error {
	update := tx.Update().TableExpr("imports").Set("done = greatest(done, ?)", done).Set("begun_at = coalesce(begun_at, ?)", at).Where("import_id = ?", id)
	if finished {
		update = update.Set("finished_at = coalesce(finished_at, ?)", at).Set("sheet = null")
	}
	if err := tenantdb.Affected(update.Exec(ctx)); err != nil {
		return fmt.Errorf("update import: %w", err)
	}
	return nil
}

func deleteImport(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("imports").Where("import_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete import: %w", err)
	}
	return nil
}
