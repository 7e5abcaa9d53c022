package inquiries

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

// sealed is an inquiry as the database gives it.
type sealed struct {
	InquiryID     ID
	DossierID     dossiers.ID
	Particulars   keys.Sealed[Particulars] `bun:"particulars"`
	Version       int
	ChangedByName string
}

// Place says where the sealed particulars stand.
func (s *sealed) Place() keys.Place { return keys.Place{Table: "inquiries", Row: s.InquiryID.String()} }

// SealedRows says where inquiries have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "inquiries", Holder: "dossier_id", Key: []string{"inquiry_id"}, Columns: []string{"particulars"}},
}

type inquiryRow struct {
	bun.BaseModel `bun:"table:inquiries"`
	TenantID      tenantdb.TenantID
	sealed
	RecordedAt time.Time
	ChangedAt  time.Time
	ChangedBy  tenantdb.PersonID
}

// shown is how many inquiries a dossier has at most.
const shown = 50

func selectSealed(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("inquiries").Column("inquiry_id", "dossier_id", "particulars", "version", "changed_by_name").
		Where("dossier_id = ?", dossier).OrderExpr("recorded_at desc, inquiry_id").Limit(shown)
}

var sealedStatement = tenantdb.Prepare(selectSealed(tenantdb.Select(), tenantdb.Argument(1)))

// ofDossier asks for the inquiries of a dossier, newest first.
func ofDossier(dossier dossiers.ID, into *[]sealed) tenantdb.Question {
	return tenantdb.Many(into, sealedStatement.With(dossier))
}

func openAll(box *keys.Box, rows []sealed) (opened []Inquiry, err error) {
	for i := range rows {
		if err := box.Open(&rows[i]); err != nil {
			return nil, fmt.Errorf("open inquiry: %w", err)
		}
		opened = append(opened, Inquiry{
			InquiryID: rows[i].InquiryID, DossierID: rows[i].DossierID, Particulars: rows[i].Particulars.Get(),
			Version: rows[i].Version, ChangedByName: rows[i].ChangedByName,
		})
	}
	return opened, nil
}

// listInquiries is for changes: whoever holds the dossier finds all of them as they stay.
func listInquiries(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) ([]Inquiry, error) {
	var rows []sealed
	if err := selectSealed(tx.Select(), dossier).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list inquiries: %w", err)
	}
	return openAll(box, rows)
}

func rowOf(box *keys.Box, by access.Principal, i Inquiry, at time.Time) (*inquiryRow, error) {
	row := &inquiryRow{
		TenantID: by.Tenant, sealed: sealed{i.InquiryID, i.DossierID, keys.Of(i.Particulars), i.Version, by.Name},
		RecordedAt: at, ChangedAt: at, ChangedBy: by.Person,
	}
	if err := box.Seal(&row.sealed); err != nil {
		return nil, fmt.Errorf("seal inquiry: %w", err)
	}
	return row, nil
}

// insertInquiry says whether it is new: the same form sent twice records it once.
func insertInquiry(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, i Inquiry, at time.Time) (bool, error) {
	row, err := rowOf(box, by, i, at)
	if err != nil {
		return false, err
	}
	result, err := tx.Insert().Model(row).On("conflict (tenant_id, inquiry_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert inquiry: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateInquiry(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, i Inquiry, at time.Time) error {
	row, err := rowOf(box, by, i, at)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(row).
		Column("particulars", "version", "changed_at", "changed_by", "changed_by_name").Where("inquiry_id = ?", i.InquiryID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update inquiry: %w", err)
	}
	return nil
}
