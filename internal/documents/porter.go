package documents

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/jobs"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Scanner looks for what is known to be bad.
type Scanner interface {
	// Finds says whether something is; what could not be looked at to its end is an error.
	Finds(ctx context.Context, body []byte) (bad bool, err error)
}

// Porter does what is done with files in the background: it has them looked at, and throws away what became nothing. It acts in the scope
// of whoever handed a file in, for the restricted dossiers as well, and shows nothing to anybody.
type Porter struct {
	db      *tenantdb.DB
	keys    *keys.Ring
	store   files.Store
	scanner Scanner
	now     func() time.Time
}

// NewPorter makes it. Without a scanner what waits for one goes on waiting.
func NewPorter(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, store files.Store, scanner Scanner) *Porter {
	return &Porter{db, ring, store, scanner, now}
}

// Scan is the job of having a document looked at that somebody has handed in.
type Scan struct {
	Tenant   tenantdb.TenantID `json:"tenant"`
	Document ID                `json:"document"`
	Person   tenantdb.PersonID `json:"person"`
}

// Kind names the job.
func (Scan) Kind() string { return "document_scan" }

// Discard is the job of throwing a file away that no document has.
type Discard struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	File   files.ID          `json:"file"`
	// Due is when, as RFC 3339 has it: a file is looked at again when its document has gone.
	Due string `json:"due"`
}

// discarding plans that a file is thrown away.
func discarding(tenant tenantdb.TenantID, file files.ID, at time.Time) jobs.Planned {
	return jobs.Planned{Job: Discard{tenant, file, at.UTC().Format(time.RFC3339)}, At: at}
}

// Kind names the job.
func (Discard) Kind() string { return "file_discard" }

// Abandon is the job of throwing away what has arrived of a file, of which the rest did not come.
type Abandon struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Upload UploadID          `json:"upload"`
	Person tenantdb.PersonID `json:"person"`
}

// Kind names the job.
func (Abandon) Kind() string { return "upload_abandon" }

// Handle has the queue give it its jobs.
func (p *Porter) Handle(queue *jobs.Queue) {
	jobs.Handle(queue, p.Scan)
	jobs.Handle(queue, p.Discard)
	jobs.Handle(queue, p.Abandon)
}

// as is the scope of somebody of the staff, in which restricted dossiers are there.
func as(ctx context.Context, tenant tenantdb.TenantID, person tenantdb.PersonID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Staff(tenant, person).Throughout())
}

// errNoScanner has a scan tried again later.
var errNoScanner = errors.New("a document waits for a scanner, and none is configured")

// Scan has a document looked at. Where something is found, its file is thrown away at once, and its line says so. To do it twice changes
// nothing.
func (p *Porter) Scan(ctx context.Context, job Scan) error {
	ctx = as(ctx, job.Tenant, job.Person)
	var document Document
	err := p.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		document, err = findDocument(ctx, tx, job.Document)
		return err
	})
	if errors.Is(err, fault.NotFound()) || err == nil && document.State != Quarantined {
		return nil
	}
	if err != nil {
		return err
	}
	if p.scanner == nil || p.store == nil {
		return errNoScanner
	}
	box, err := p.keys.Box(ctx, dossiers.HolderOf(document.DossierID))
	if err == nil {
		err = box.Open(&document)
	}
	if err != nil {
		return fmt.Errorf("open document %s: %w", job.Document, err)
	}
	body, err := contents(ctx, p.store, job.Tenant, document.FileID, document.Particulars.Get().Key, dossiers.HolderOf(document.DossierID))
	if err != nil {
		return err
	}
	bad, err := p.scanner.Finds(ctx, body)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		document, err := lockDocument(ctx, tx, job.Document)
		if errors.Is(err, fault.NotFound()) || err == nil && document.State != Quarantined {
			return nil
		}
		if err != nil {
			return err
		}
		found := Clean
		if bad {
			found = Infected
			if err := jobs.Plan(ctx, tx, discarding(job.Tenant, document.FileID, p.now())); err != nil {
				return err
			}
		}
		if err := updateState(ctx, tx, job.Document, found); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Tenant: job.Tenant, Dossier: document.DossierID.UUID()})
	})
}

// Discard throws a file away, unless a document or an enclosure has it.
func (p *Porter) Discard(ctx context.Context, job Discard) error {
	if p.store == nil {
		return errors.New("a file waits to be thrown away, and no store is configured")
	}
	used := true
	err := p.db.View(as(ctx, job.Tenant, tenantdb.PersonID{}), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		used, err = isUsed(ctx, tx, job.File)
		return err
	})
	if err != nil || used {
		return err
	}
	return p.store.Delete(ctx, job.Tenant, job.File)
}

// Abandon throws an upload away that did not become a document.
func (p *Porter) Abandon(ctx context.Context, job Abandon) error {
	return p.db.Write(as(ctx, job.Tenant, job.Person), func(ctx context.Context, tx tenantdb.Tx) error { return deleteUpload(ctx, tx, job.Upload) })
}
