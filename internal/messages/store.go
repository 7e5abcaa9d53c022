package messages

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

type messageRow struct {
	bun.BaseModel `bun:"table:messages,alias:message"`
	TenantID      tenantdb.TenantID         `bun:"tenant_id"`
	MessageID     ids.ID[Message]           `bun:"message_id"`
	ReferralID    ids.ID[timeline.Referral] `bun:"referral_id"`
	OfficeID      tenantdb.OfficeID         `bun:"office_id"`
	Kind          Kind                      `bun:"kind"`
	FromOffice    bool                      `bun:"from_office"`
	AuthorID      tenantdb.PersonID         `bun:"author_id"`
	AuthorName    string                    `bun:"author_name"`
	Body          string                    `bun:"body"`
}

// Write sends a message in the transaction of the act that it belongs to, and says whether it is new: the same form
// sent twice is one message. Other words under the identifier of a message that was sent are refused rather than lost.
// The database ends it for the office when the referral ends.
func Write(ctx context.Context, tx tenantdb.Tx, by access.Principal, message Message) (isNew bool, err error) {
	if err := message.check(); err != nil {
		return false, err
	}
	result, err := tx.Insert().Model(&messageRow{
		TenantID: by.Tenant, MessageID: message.MessageID, ReferralID: message.ReferralID, OfficeID: message.OfficeID,
		Kind: message.Kind, FromOffice: by.AtOffice(), AuthorID: by.Person,
		AuthorName: by.Name, Body: message.Body,
	}).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("write a message: %w", err)
	}
	written, err := result.RowsAffected()
	if err != nil || written == 1 {
		return written == 1, err
	}
	same, err := tx.Select().TableExpr("messages").Where("message_id = ?", message.MessageID).
		Where("referral_id = ?", message.ReferralID).Where("author_id = ?", by.Person).Where("body = ?", message.Body).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("compare with the message sent before: %w", err)
	}
	if !same {
		return false, fault.Conflict("messages.body.sent_before")
	}
	return false, nil
}

// OfReferral asks for all messages about one referral, oldest first.
func OfReferral(referral ids.ID[timeline.Referral], into *[]Message) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("messages").
		Column("message_id", "referral_id", "office_id", "kind", "body", "from_office", "author_name", "sent_at").
		Where("referral_id = ?", referral).OrderExpr("sent_at, message_id"))
}
