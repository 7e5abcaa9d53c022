package exports

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

// mostListed bounds the list: an export is of interest for a while.
const mostListed = 50

type exportRow struct {
	bun.BaseModel `bun:"table:exports"`
	TenantID      tenantdb.TenantID
	ExportID      ID
	Subject       Subject
	Format        Format
	Reason        Reason
	People        int
	AskedBy       tenantdb.PersonID
	AskedAt       time.Time
	ExpiresAt     time.Time
}

func selectExports(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("exports").Column("export_id", "subject", "format", "reason", "people", "asked_by", "asked_at", "expires_at", "answered_by", "answered_at", "granted", "taken_at")
}

func listExports(into *[]Export) tenantdb.Question {
	return tenantdb.Many(into, selectExports(tenantdb.Select()).OrderExpr("asked_at desc, export_id").Limit(mostListed))
}

// waiting is of nobody's concern after a day, in which each ends.
var waiting = tenantdb.Prepare(selectExports(tenantdb.Select()).Where("taken_at is null and expires_at > now()").
	Where("(asked_by = ? and granted or ? and asked_by <> ? and people > ? and answered_at is null)", tenantdb.Argument(1), tenantdb.Argument(2), tenantdb.Argument(1), Alone).
	OrderExpr("asked_at, export_id").Limit(mostListed))

func askExport(id ID, into *Export) tenantdb.Question {
	return tenantdb.One(into, selectExports(tenantdb.Select()).Where("export_id = ?", id))
}

func lockExport(ctx context.Context, tx tenantdb.Tx, id ID) (found Export, err error) {
	if err := tenantdb.Found(selectExports(tx.Select()).Where("export_id = ?", id).For("no key update").Scan(ctx, &found)); err != nil {
		return Export{}, fmt.Errorf("lock export %s: %w", id, err)
	}
	return found, nil
}

// insertExport says whether it is new: the same form sent twice asks once.
func insertExport(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, e Export) (bool, error) {
	row := exportRow{TenantID: tenant, ExportID: e.ExportID, Subject: e.Subject, Format: e.Format, Reason: e.Reason, People: e.People, AskedBy: e.AskedBy, AskedAt: e.AskedAt, ExpiresAt: e.ExpiresAt}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, export_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert export: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateAnswer(ctx context.Context, tx tenantdb.Tx, e Export) error {
	err := tenantdb.Affected(tx.Update().TableExpr("exports").Set("answered_by = ?", e.AnsweredBy).Set("answered_at = ?", e.AnsweredAt).Set("granted = ?", e.Granted).
		Where("export_id = ?", e.ExportID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("answer export: %w", err)
	}
	return nil
}

func updateTaken(ctx context.Context, tx tenantdb.Tx, id ID, at time.Time) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("exports").Set("taken_at = ?", at).Where("export_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("take export: %w", err)
	}
	return nil
}
