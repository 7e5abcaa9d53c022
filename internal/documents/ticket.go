package documents

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// valid is for how long a ticket is good: a browser uses it at once.
const valid = time.Minute

// Ticket gives leave to take a document once, in the session in which it was asked for. What it is is known to whoever asked, and to
// nobody who reads the database.
func (s *Service) Ticket(ctx context.Context, id ID, session string) (string, error) {
	by, err := access.Require(ctx, access.DocumentTake)
	if err != nil {
		return "", err
	}
	ticket := rand.Text()
	return ticket, s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		document, err := findDocument(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := dossiers.Unchanged(ctx, tx, document.DossierID); err != nil {
			return err
		}
		if err := document.mayBeGiven(); err != nil {
			return tenantdb.AndCommit(err)
		}
		now := s.now()
		return insertTicket(ctx, tx, ticketRow{TenantID: by.Tenant, TicketHash: hash(ticket), DocumentID: id, PersonID: by.Person, SessionHash: hash(session), ExpiresAt: now.Add(valid)}, now)
	})
}

// Taken is a document with what is in it.
type Taken struct {
	Document
	Body []byte
}

// Take gives a document out, and uses the ticket up. Without one that is good now, in this session, it is a fault.Invalid.
func (s *Service) Take(ctx context.Context, id ID, session, ticket string) (Taken, error) {
	by, err := access.Require(ctx, access.DocumentTake)
	if err != nil {
		return Taken{}, err
	}
	var taken Taken
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if taken.Document, err = findDocument(ctx, tx, id); err != nil {
			return err
		}
		good, err := takeTicket(ctx, tx, hash(ticket), hash(session), id, s.now())
		if err == nil && !good {
			err = fault.Invalid("ticket", "documents.ticket.spent")
		}
		if err == nil {
			err = taken.mayBeGiven()
		}
		if err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DocumentTaken, Dossier: dossiers.TimelineID(taken.DossierID), Classes: []access.DataClass{taken.DataClass}})
	})
	if err != nil {
		return Taken{}, err
	}
	taken.Body, err = s.open(ctx, by.Tenant, &taken.Document)
	return taken, err
}

// open gets a document's file and opens it.
func (s *Service) open(ctx context.Context, tenant tenantdb.TenantID, d *Document) ([]byte, error) {
	box, err := s.keys.Box(ctx, dossiers.HolderOf(d.DossierID))
	if err == nil {
		err = box.Open(d)
	}
	if err != nil {
		return nil, fmt.Errorf("open document %s: %w", d.DocumentID, err)
	}
	return contents(ctx, s.store, tenant, d.FileID, d.Particulars.Get().Key, dossiers.HolderOf(d.DossierID))
}

// contents is what is in a file, whose key was found under the keyset of holder.
func contents(ctx context.Context, store files.Store, tenant tenantdb.TenantID, file files.ID, key keys.ContentKey, holder keys.Holder) ([]byte, error) {
	if store == nil {
		return nil, fault.Invalid("ticket", "documents.store.away")
	}
	sealed, err := store.Get(ctx, tenant, file)
	if err != nil {
		return nil, errors.Join(fault.Invalid("ticket", "documents.store.away"), err)
	}
	body, err := key.Open(tenant, file.String(), sealed)
	if err != nil {
		// Somebody has changed the file where it lies, or exchanged it: the journal says so.
		return nil, &keys.ForgedError{Holder: holder}
	}
	return body, nil
}

// mayBeGiven says why a document is not given out.
func (d Document) mayBeGiven() error {
	if d.Given() {
		return nil
	}
	return fault.Invalid("ticket", "documents.ticket."+string(d.State))
}

func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
