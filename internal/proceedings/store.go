package proceedings

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// sealed are proceedings as the database gives them.
type sealed struct {
	ProceedingID  ID
	DossierID     dossiers.ID
	Particulars   keys.Sealed[Particulars] `bun:"particulars"`
	Version       int
	ChangedByName string
}

// Place says where the sealed particulars stand.
func (s *sealed) Place() keys.Place {
	return keys.Place{Table: "proceedings", Row: s.ProceedingID.String()}
}

// SealedRows says where proceedings have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "proceedings", Holder: "dossier_id", Key: []string{"proceeding_id"}, Columns: []string{"particulars"}},
}

// proceedingRow repeats in clear what lists and statistics are made of.
type proceedingRow struct {
	bun.BaseModel `bun:"table:proceedings"`
	TenantID      tenantdb.TenantID
	sealed
	Stage      Stage
	Complaint  Complaint
	OpenedOn   *time.Time `bun:",type:date"`
	ClosedOn   *time.Time `bun:",type:date"`
	RecordedAt time.Time
	ChangedAt  time.Time
	ChangedBy  tenantdb.PersonID
}

// Line is what may be said of proceedings without opening them: for overviews.
type Line struct {
	Stage     Stage
	Complaint Complaint
	ClosedOn  *time.Time
}

// shown is how many proceedings of one dossier a page shows at most, and listed how many an overview.
const shown, listed = 50, 3

// Latest asks for the newest proceedings of a dossier.
func Latest(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, latest.With(dossier))
}

var latest = tenantdb.Prepare(tenantdb.Select().TableExpr("proceedings").Column("stage", "complaint", "closed_on").
	Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("recorded_at desc, proceeding_id").Limit(listed))

func selectSealed(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("proceedings").Column("proceeding_id", "dossier_id", "particulars", "version", "changed_by_name").
		Where("dossier_id = ?", dossier).OrderExpr("recorded_at desc, proceeding_id").Limit(shown)
}

var sealedStatement = tenantdb.Prepare(selectSealed(tenantdb.Select(), tenantdb.Argument(1)))

// ofDossier asks for the proceedings of a dossier, newest first.
func ofDossier(dossier dossiers.ID, into *[]sealed) tenantdb.Question {
	return tenantdb.Many(into, sealedStatement.With(dossier))
}

func openAll(box *keys.Box, rows []sealed) (opened []Proceeding, err error) {
	for i := range rows {
		if err := box.Open(&rows[i]); err != nil {
			return nil, fmt.Errorf("open proceedings: %w", err)
		}
		opened = append(opened, Proceeding{rows[i].ProceedingID, rows[i].DossierID, rows[i].Particulars.Get(), rows[i].Version, rows[i].ChangedByName})
	}
	return opened, nil
}

// listProceedings is for changes: whoever holds the dossier finds all of them as they stay.
func listProceedings(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) ([]Proceeding, error) {
	var rows []sealed
	if err := selectSealed(tx.Select(), dossier).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list proceedings: %w", err)
	}
	return openAll(box, rows)
}

func rowOf(box *keys.Box, by access.Principal, p Proceeding, at time.Time) (*proceedingRow, error) {
	row := &proceedingRow{
		TenantID: by.Tenant, sealed: sealed{p.ProceedingID, p.DossierID, keys.Of(p.Particulars), p.Version, by.Name},
		Stage: p.Stage(), Complaint: p.Complaint, OpenedOn: p.OpenedOn(), ClosedOn: p.ClosedOn(), RecordedAt: at, ChangedAt: at, ChangedBy: by.Person,
	}
	if err := box.Seal(&row.sealed); err != nil {
		return nil, fmt.Errorf("seal proceedings: %w", err)
	}
	return row, nil
}

// insertProceeding says whether they are new: the same form sent twice records them once.
func insertProceeding(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, p Proceeding, at time.Time) (bool, error) {
	row, err := rowOf(box, by, p, at)
	if err != nil {
		return false, err
	}
	result, err := tx.Insert().Model(row).On("conflict (tenant_id, proceeding_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert proceedings: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateProceeding(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, p Proceeding, at time.Time) error {
	row, err := rowOf(box, by, p, at)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(row).
		Column("stage", "complaint", "opened_on", "closed_on", "particulars", "version", "changed_at", "changed_by", "changed_by_name").
		Where("proceeding_id = ?", p.ProceedingID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update proceedings: %w", err)
	}
	return nil
}
