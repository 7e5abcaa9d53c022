package documents

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cleaning"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// EnclosureID names a document that went along with a referral.
type EnclosureID = ids.ID[Enclosure]

// MostEnclosed is how many documents go along with one referral at most.
const MostEnclosed = 10

// Enclosure is a document as it was sent with a referral: an office is given this, and never the document. Its file is that of the document,
// and stays for as long as either of them has it; what opens it is sealed once more, under the keyset of the referral.
type Enclosure struct {
	EnclosureID EnclosureID
	ReferralID  ids.ID[timeline.Referral]
	DossierID   dossiers.ID
	OfficeID    tenantdb.OfficeID
	DataClass   access.DataClass
	Kind        cleaning.Kind
	// Bytes is the size of what is given out.
	Bytes int
	// Scanned says that a scanner looked at it before it was sent.
	Scanned     bool
	FileID      files.ID
	Particulars keys.Sealed[Particulars] `bun:"particulars"`
}

// Place is where it is sealed.
func (e *Enclosure) Place() keys.Place {
	return keys.Place{Table: "enclosures", Row: e.EnclosureID.String()}
}

// Title is what it was called when it was sent, once opened.
func (e Enclosure) Title() string { return e.Particulars.Get().Title }

// FileName is what a browser calls it that keeps it: a name that says nothing of anybody.
func (e Enclosure) FileName() string { return "document" + e.Kind.Extension() }

// Enclosed is what would go along of the documents that were chosen, in the order in which they were. What is gone, or given to nobody, is
// left out. What a file was called at the NGO stays there.
func Enclosed(there []Document, chosen []ID) []Enclosure {
	var enclosed []Enclosure
	for _, id := range chosen {
		for _, document := range there {
			if document.DocumentID != id || !document.Given() {
				continue
			}
			enclosed = append(enclosed, Enclosure{
				DossierID: document.DossierID, DataClass: document.DataClass, Kind: document.Kind, Bytes: document.Bytes, Scanned: document.State == Clean, FileID: document.FileID,
				Particulars: keys.Of(Particulars{Title: document.Title(), Key: document.Particulars.Get().Key}),
			})
		}
	}
	return enclosed
}

// Enclosable are the documents of a dossier that can go along with a referral, opened, newest first.
func Enclosable(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, dossier dossiers.ID) ([]Document, error) {
	found, err := listGiven(ctx, tx, dossier)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	box, err := ring.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return nil, fmt.Errorf("open the documents of dossier %s: %w", dossier, err)
	}
	for i := range found {
		err = errors.Join(err, box.Open(&found[i]))
	}
	return found, err
}

// Enclose writes down, in the transaction that sends a referral and after it was sent, what goes along; box is the referral's.
func Enclose(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, referral ids.ID[timeline.Referral], office tenantdb.OfficeID, enclosed []Enclosure) error {
	for i, enclosure := range enclosed {
		enclosure.EnclosureID, enclosure.ReferralID, enclosure.OfficeID = ids.New[Enclosure](), referral, office
		if err := insertEnclosure(ctx, tx, box, by.Tenant, i, enclosure); err != nil {
			return err
		}
	}
	return nil
}

// Ticket gives leave to take it once, in the session in which it was asked for, to whoever asks at the office: Service.Ticket.
func (e Enclosure) Ticket(ctx context.Context, tx tenantdb.Tx, by access.Principal, session string, now time.Time) (string, error) {
	ticket := rand.Text()
	return ticket, insertEnclosureTicket(ctx, tx, enclosureTicketRow{
		TenantID: by.Tenant, TicketHash: hash(ticket), EnclosureID: e.EnclosureID, OfficeID: by.Office, PersonID: by.Person, SessionHash: hash(session), ExpiresAt: now.Add(valid),
	}, now)
}

// Redeem uses a ticket up. One that is not good now, in this session, is a fault.Invalid.
func (e Enclosure) Redeem(ctx context.Context, tx tenantdb.Tx, session, ticket string, now time.Time) error {
	good, err := takeEnclosureTicket(ctx, tx, hash(ticket), hash(session), e.EnclosureID, now)
	if err == nil && !good {
		err = fault.Invalid("ticket", "documents.ticket.spent")
	}
	return err
}

// Contents opens what was found, and gives what is in it; box is the referral's.
func (e *Enclosure) Contents(ctx context.Context, store files.Store, tenant tenantdb.TenantID, box *keys.Box) ([]byte, error) {
	if err := box.Open(e); err != nil {
		return nil, fmt.Errorf("open enclosure %s: %w", e.EnclosureID, err)
	}
	return contents(ctx, store, tenant, e.FileID, e.Particulars.Get().Key, keys.Holder{Kind: keys.Referral, ID: e.ReferralID.UUID()})
}

// OpenEnclosures opens what was found of a referral; box is the referral's.
func OpenEnclosures(box *keys.Box, found []Enclosure) error {
	var err error
	for i := range found {
		err = errors.Join(err, box.Open(&found[i]))
	}
	if err != nil {
		return fmt.Errorf("open enclosures: %w", err)
	}
	return nil
}
