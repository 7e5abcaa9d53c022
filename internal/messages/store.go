package messages

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
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
	Body          keys.Sealed[string]       `bun:"body"`
}

// SealedRows says where messages have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Referral, Table: "messages", Holder: "referral_id", Key: []string{"message_id"}, Columns: []string{"body"}},
}

// Place says where the sealed body stands.
func (r *messageRow) Place() keys.Place { return placeOf(r.MessageID) }

func placeOf(id ids.ID[Message]) keys.Place { return keys.Place{Table: "messages", Row: id.String()} }

// Letter is a message as the database holds it: sealed under the keyset of its referral.
type Letter struct {
	MessageID  ids.ID[Message]
	ReferralID ids.ID[timeline.Referral]
	OfficeID   tenantdb.OfficeID
	Kind       Kind
	Body       keys.Sealed[string] `bun:"body"`
	FromOffice bool
	AuthorName string
	SentAt     time.Time
}

// Place says where the sealed body stands.
func (l *Letter) Place() keys.Place { return placeOf(l.MessageID) }

// Open gives the messages that somebody can read; box is the referral's.
func Open(box *keys.Box, letters []Letter) ([]Message, error) {
	opened := make([]Message, len(letters))
	for i := range letters {
		if err := box.Open(&letters[i]); err != nil {
			return nil, fmt.Errorf("open message %s: %w", letters[i].MessageID, err)
		}
		l := letters[i]
		opened[i] = Message{
			MessageID: l.MessageID, ReferralID: l.ReferralID, OfficeID: l.OfficeID, Kind: l.Kind, Body: l.Body.Get(),
			FromOffice: l.FromOffice, AuthorName: l.AuthorName, SentAt: l.SentAt,
		}
	}
	return opened, nil
}

// Write sends a message in the transaction of the act that it belongs to, and says whether it is new: the same form
// sent twice is one message. Other words under the identifier of a message that was sent are refused rather than lost.
// The database ends it for the office when the referral ends. box is the referral's.
func Write(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, message Message) (isNew bool, err error) {
	if err := message.check(); err != nil {
		return false, err
	}
	row := messageRow{
		TenantID: by.Tenant, MessageID: message.MessageID, ReferralID: message.ReferralID, OfficeID: message.OfficeID,
		Kind: message.Kind, FromOffice: by.AtOffice(), AuthorID: by.Person,
		AuthorName: by.Name, Body: keys.Of(message.Body),
	}
	if err := box.Seal(&row); err != nil {
		return false, fmt.Errorf("seal a message: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("write a message: %w", err)
	}
	written, err := result.RowsAffected()
	if err != nil || written == 1 {
		return written == 1, err
	}
	var before []Letter
	if err := selected(tx.Select(), message.ReferralID).Where("message_id = ?", message.MessageID).Where("author_id = ?", by.Person).Scan(ctx, &before); err != nil {
		return false, fmt.Errorf("find the message sent before: %w", err)
	}
	sent, err := Open(box, before)
	if err != nil {
		return false, err
	}
	if len(sent) == 0 || sent[0].Body != message.Body {
		return false, fault.Conflict("messages.body.sent_before")
	}
	return false, nil
}

func selected(query *bun.SelectQuery, referral ids.ID[timeline.Referral]) *bun.SelectQuery {
	return query.TableExpr("messages").
		Column("message_id", "referral_id", "office_id", "kind", "body", "from_office", "author_name", "sent_at").
		Where("referral_id = ?", referral).OrderExpr("sent_at, message_id")
}

// OfReferral asks for all messages about one referral, oldest first.
func OfReferral(referral ids.ID[timeline.Referral], into *[]Letter) tenantdb.Question {
	return tenantdb.Many(into, selected(tenantdb.Select(), referral))
}
