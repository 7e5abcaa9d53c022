package documents

import (
	"context"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type uploadRow struct {
	bun.BaseModel `bun:"table:uploads"`
	TenantID      tenantdb.TenantID
	Upload
}

// part is a piece of a file, by where in it the piece begins.
type part struct {
	UploadID  UploadID
	At        int
	DossierID dossiers.ID
	PersonID  tenantdb.PersonID
	Contents  keys.Sealed[[]byte] `bun:"contents"`
}

// Place is where it is sealed.
func (p *part) Place() keys.Place {
	return keys.Place{Table: "upload_parts", Row: p.UploadID.String() + " " + strconv.Itoa(p.At)}
}

type partRow struct {
	bun.BaseModel `bun:"table:upload_parts"`
	TenantID      tenantdb.TenantID
	part
}

func selectUploads(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("uploads").Column("upload_id", "dossier_id", "person_id", "bytes", "received", "particulars", "begun_at")
}

// underWay asks for what whoever asks has begun to send for a dossier.
func underWay(dossier dossiers.ID, into *[]Upload) tenantdb.Question {
	return tenantdb.Many(into, selectUploads(tenantdb.Select()).Where("dossier_id = ?", dossier).OrderExpr("begun_at, upload_id").Limit(mostUnderWay))
}

func countUploads(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (int, error) {
	n, err := tx.Select().TableExpr("uploads").Where("dossier_id = ?", dossier).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count uploads: %w", err)
	}
	return int(n), nil
}

func lockUpload(ctx context.Context, tx tenantdb.Tx, id UploadID) (found Upload, err error) {
	if err := tenantdb.Found(selectUploads(tx.Select()).Where("upload_id = ?", id).For("update").Scan(ctx, &found)); err != nil {
		return Upload{}, fmt.Errorf("lock upload %s: %w", id, err)
	}
	return found, nil
}

// insertUpload says whether it is new: an announcement that is made twice begins one.
func insertUpload(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, u Upload) (bool, error) {
	row := uploadRow{TenantID: tenant, Upload: u}
	if err := box.Seal(&row.Upload); err != nil {
		return false, fmt.Errorf("seal upload: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, upload_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert upload: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func insertPart(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, p part) error {
	row := partRow{TenantID: tenant, part: p}
	if err := box.Seal(&row.part); err != nil {
		return fmt.Errorf("seal part: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert part: %w", err)
	}
	return nil
}

func updateReceived(ctx context.Context, tx tenantdb.Tx, id UploadID, received int) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("uploads").Set("received = ?", received).Where("upload_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update upload: %w", err)
	}
	return nil
}

// readParts puts a file together from its parts, one after the other.
func readParts(ctx context.Context, tx tenantdb.Tx, box *keys.Box, u Upload) ([]byte, error) {
	var parts []part
	if err := tx.Select().TableExpr("upload_parts").Column("upload_id", "at", "dossier_id", "person_id", "contents").Where("upload_id = ?", u.UploadID).OrderExpr("at").Scan(ctx, &parts); err != nil {
		return nil, fmt.Errorf("read parts: %w", err)
	}
	whole := make([]byte, 0, u.Bytes)
	for i := range parts {
		if err := box.Open(&parts[i]); err != nil {
			return nil, fmt.Errorf("open part: %w", err)
		}
		whole = append(whole, parts[i].Contents.Get()...)
	}
	return whole, nil
}

func deleteUpload(ctx context.Context, tx tenantdb.Tx, id UploadID) error {
	if _, err := tx.Delete().TableExpr("uploads").Where("upload_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete upload: %w", err)
	}
	return nil
}
