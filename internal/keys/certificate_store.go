package keys

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

type certificateRow struct {
	bun.BaseModel `bun:"table:certificates"`
	TenantID      tenantdb.TenantID
	DossierID     uuid.UUID
	CodeName      string
	Reason        string
	ErasedBy      tenantdb.PersonID
	Keysets       int
	CompleteOn    time.Time `bun:"type:date"`
}

// insertCertificate leaves one that is there already as it is.
func insertCertificate(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, c Certificate) error {
	_, err := tx.Insert().Model(&certificateRow{
		TenantID: tenant, DossierID: c.DossierID, CodeName: c.CodeName, Reason: c.Reason, ErasedBy: c.ErasedBy, Keysets: c.Keysets, CompleteOn: c.CompleteOn,
	}).On("conflict (tenant_id, dossier_id) do nothing").Exec(ctx)
	return err
}

// mostCertificates is how many a list shows, the newest first.
const mostCertificates = 500

func selectCertificates() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("certificates").Column("dossier_id", "code_name", "reason", "erased_by", "erased_at", "keysets", "complete_on")
}
