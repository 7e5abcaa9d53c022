package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

type enclosureRow struct {
	bun.BaseModel `bun:"table:enclosures"`
	TenantID      tenantdb.TenantID
	Place         int `bun:"place"`
	// VisibleUntil is the referral's: a trigger writes it.
	VisibleUntil time.Time
	Enclosure
}

func selectEnclosures(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("enclosures").Column("enclosure_id", "referral_id", "dossier_id", "office_id", "data_class", "kind", "bytes", "scanned", "file_id", "particulars")
}

// EnclosuresOf asks for what went along with a referral, as it was ordered when it was sent.
func EnclosuresOf(referral ids.ID[timeline.Referral], into *[]Enclosure) tenantdb.Question {
	return tenantdb.Many(into, enclosuresStatement.With(referral))
}

var enclosuresStatement = tenantdb.Prepare(selectEnclosures(tenantdb.Select()).Where("referral_id = ?", tenantdb.Argument(1)).OrderExpr("place").Limit(MostEnclosed))

// ListEnclosures gives what went along with a referral, opened; box is the referral's.
func ListEnclosures(ctx context.Context, tx tenantdb.Tx, box *keys.Box, referral ids.ID[timeline.Referral]) (found []Enclosure, err error) {
	if err := selectEnclosures(tx.Select()).Where("referral_id = ?", referral).OrderExpr("place").Limit(MostEnclosed).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list enclosures of referral %s: %w", referral, err)
	}
	return found, OpenEnclosures(box, found)
}

// FindEnclosure gives one, sealed.
func FindEnclosure(ctx context.Context, tx tenantdb.Tx, id EnclosureID) (found Enclosure, err error) {
	if err := tenantdb.Found(selectEnclosures(tx.Select()).Where("enclosure_id = ?", id).Scan(ctx, &found)); err != nil {
		return Enclosure{}, fmt.Errorf("find enclosure %s: %w", id, err)
	}
	return found, nil
}

func insertEnclosure(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, place int, e Enclosure) error {
	row := enclosureRow{TenantID: tenant, Place: place, Enclosure: e}
	if err := box.Seal(&row.Enclosure); err != nil {
		return fmt.Errorf("seal enclosure: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert enclosure: %w", err)
	}
	return nil
}

// listGiven are the documents of a dossier that may be given out.
func listGiven(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Document, err error) {
	err = selectDocuments(tx.Select()).Where("dossier_id = ?", dossier).Where("state in (?, ?)", Clean, Unscanned).OrderExpr("added_at desc, document_id").Limit(Most).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list documents of dossier %s: %w", dossier, err)
	}
	return found, nil
}

type enclosureTicketRow struct {
	bun.BaseModel `bun:"table:enclosure_tickets"`
	TenantID      tenantdb.TenantID
	TicketHash    []byte
	EnclosureID   EnclosureID
	OfficeID      tenantdb.OfficeID
	PersonID      tenantdb.PersonID
	SessionHash   []byte
	ExpiresAt     time.Time
}

// insertEnclosureTicket also clears away those of the same person that nobody used in time.
func insertEnclosureTicket(ctx context.Context, tx tenantdb.Tx, row enclosureTicketRow, now time.Time) error {
	if _, err := tx.Delete().TableExpr("enclosure_tickets").Where("person_id = ?", row.PersonID).Where("expires_at <= ?", now).Exec(ctx); err != nil {
		return fmt.Errorf("clear away tickets: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert ticket: %w", err)
	}
	return nil
}

// takeEnclosureTicket uses a ticket up, and says whether it was one.
func takeEnclosureTicket(ctx context.Context, tx tenantdb.Tx, hash, session []byte, enclosure EnclosureID, now time.Time) (bool, error) {
	result, err := tx.Delete().TableExpr("enclosure_tickets").Where("ticket_hash = ?", hash).Where("session_hash = ?", session).Where("enclosure_id = ?", enclosure).Where("expires_at > ?", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take ticket: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
