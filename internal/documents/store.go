package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/files"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where documents have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "documents", Holder: "dossier_id", Key: []string{"document_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "uploads", Holder: "dossier_id", Key: []string{"upload_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Referral, Table: "enclosures", Holder: "referral_id", Key: []string{"enclosure_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "upload_parts", Holder: "dossier_id", Key: []string{"upload_id", "at"}, Columns: []string{"contents"}},
}

type documentRow struct {
	bun.BaseModel `bun:"table:documents"`
	TenantID      tenantdb.TenantID
	Document
}

func selectDocuments(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("documents").Column("document_id", "dossier_id", "data_class", "kind", "bytes", "state", "file_id", "particulars", "added_by", "added_at", "version")
}

// ofDossier asks for the documents of a dossier, newest first.
func ofDossier(dossier dossiers.ID, into *[]Document) tenantdb.Question {
	return tenantdb.Many(into, listStatement.With(dossier))
}

var listStatement = tenantdb.Prepare(selectDocuments(tenantdb.Select()).Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("added_at desc, document_id").Limit(Most))

func ofID(id ID, into *Document) tenantdb.Question {
	return tenantdb.One(into, selectDocuments(tenantdb.Select()).Where("document_id = ?", id))
}

func findDocument(ctx context.Context, tx tenantdb.Tx, id ID) (found Document, err error) {
	if err := tenantdb.Found(selectDocuments(tx.Select()).Where("document_id = ?", id).Scan(ctx, &found)); err != nil {
		return Document{}, fmt.Errorf("find document %s: %w", id, err)
	}
	return found, nil
}

func lockDocument(ctx context.Context, tx tenantdb.Tx, id ID) (found Document, err error) {
	if err := tenantdb.Found(selectDocuments(tx.Select()).Where("document_id = ?", id).For("no key update").Scan(ctx, &found)); err != nil {
		return Document{}, fmt.Errorf("lock document %s: %w", id, err)
	}
	return found, nil
}

func countDocuments(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (int, error) {
	n, err := tx.Select().TableExpr("documents").Where("dossier_id = ?", dossier).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count documents of dossier %s: %w", dossier, err)
	}
	return int(n), nil
}

// insertDocument says whether it is new: the same form sent twice keeps one.
func insertDocument(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, d Document) (bool, error) {
	row := documentRow{TenantID: tenant, Document: d}
	if err := box.Seal(&row.Document); err != nil {
		return false, fmt.Errorf("seal document: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, document_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert document: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateDocument(ctx context.Context, tx tenantdb.Tx, box *keys.Box, d Document) error {
	row := documentRow{Document: d}
	if err := box.Seal(&row.Document); err != nil {
		return fmt.Errorf("seal document: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("data_class", "particulars", "version").Where("document_id = ?", d.DocumentID).Exec(ctx)); err != nil {
		return fmt.Errorf("update document: %w", err)
	}
	return nil
}

func updateState(ctx context.Context, tx tenantdb.Tx, id ID, state State) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("documents").Set("state = ?", state).Where("document_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update state of document: %w", err)
	}
	return nil
}

func deleteDocument(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("documents").Where("document_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete document: %w", err)
	}
	return nil
}

// listFiles are the files of a dossier, of what was sent as well.
func listFiles(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) ([]files.ID, error) {
	var rows []struct{ FileID files.ID }
	sent := tx.Select().TableExpr("enclosures").Column("file_id").Where("dossier_id = ?", dossier)
	if err := tx.Select().TableExpr("documents").Column("file_id").Where("dossier_id = ?", dossier).Union(sent).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list files of dossier %s: %w", dossier, err)
	}
	all := make([]files.ID, len(rows))
	for i, row := range rows {
		all[i] = row.FileID
	}
	return all, nil
}

// isUsed says whether the contents of a document, or of one that was sent, lie in a file.
func isUsed(ctx context.Context, tx tenantdb.Tx, file files.ID) (bool, error) {
	sent := tx.Select().TableExpr("enclosures").ColumnExpr("1").Where("file_id = ?", file)
	used, err := tx.Select().TableExpr("documents").ColumnExpr("1").Where("file_id = ?", file).Where("state <> ?", Infected).UnionAll(sent).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for file %s: %w", file, err)
	}
	return used, nil
}

type ticketRow struct {
	bun.BaseModel `bun:"table:download_tickets"`
	TenantID      tenantdb.TenantID
	TicketHash    []byte
	DocumentID    ID
	PersonID      tenantdb.PersonID
	SessionHash   []byte
	ExpiresAt     time.Time
}

// insertTicket also clears away those of the same person that nobody used in time.
func insertTicket(ctx context.Context, tx tenantdb.Tx, row ticketRow, now time.Time) error {
	if _, err := tx.Delete().TableExpr("download_tickets").Where("person_id = ?", row.PersonID).Where("expires_at <= ?", now).Exec(ctx); err != nil {
		return fmt.Errorf("clear away tickets: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert ticket: %w", err)
	}
	return nil
}

// takeTicket uses a ticket up, and says whether it was one.
func takeTicket(ctx context.Context, tx tenantdb.Tx, hash, session []byte, document ID, now time.Time) (bool, error) {
	result, err := tx.Delete().TableExpr("download_tickets").Where("ticket_hash = ?", hash).Where("session_hash = ?", session).Where("document_id = ?", document).Where("expires_at > ?", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take ticket: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
