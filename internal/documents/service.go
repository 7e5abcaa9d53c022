package documents

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cleaning"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/files"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with documents.
type Service struct {
	db    *tenantdb.DB
	keys  *keys.Ring
	now   func() time.Time
	store files.Store
	scans bool
	// kept is for how long a file that no document has any more stays where it is.
	kept time.Duration
	// turn lets one file be unfolded at a time: a picture takes a hundred times the room that it takes in a file.
	turn chan struct{}
}

// New makes the service; now is the clock. store is nil where no place for documents is configured, scans says whether a scanner looks at
// them. keptDays is for how many days keys are kept in backups: as long as that a file without a document stays where it is, so that
// a backup that is brought back finds its files.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, store files.Store, scans bool, keptDays int) *Service {
	return &Service{db, ring, now, store, scans, time.Duration(keptDays)*24*time.Hour + kept, make(chan struct{}, 1)}
}

// Folder is the documents of a dossier, opened, without what is in them.
type Folder struct {
	Dossier   dossiers.Mention
	Documents []Document
	// UnderWay is what whoever asks has begun to send, and did not end.
	UnderWay []Upload
	Staff    []members.Member
	// Stored says that documents can be kept, and Scanned that a scanner looks at them.
	Stored, Scanned bool
}

// OfDossier gives the documents of a person.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (Folder, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Folder{}, err
	}
	folder := Folder{Stored: s.store != nil, Scanned: s.scans}
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &folder.Dossier), ofDossier(dossier, &folder.Documents), underWay(dossier, &folder.UnderWay), members.Recent(&folder.Staff),
		journal.Seen(ctx, dossiers.TimelineID(dossier))); err != nil {
		return Folder{}, fmt.Errorf("list the documents of dossier %s: %w", dossier, err)
	}
	if len(folder.Documents)+len(folder.UnderWay) == 0 {
		return folder, nil
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Folder{}, fmt.Errorf("open the documents of dossier %s: %w", dossier, err)
	}
	for i := range folder.Documents {
		err = errors.Join(err, box.Open(&folder.Documents[i]))
	}
	for i := range folder.UnderWay {
		err = errors.Join(err, box.Open(&folder.UnderWay[i]))
	}
	return folder, err
}

// Shown is a document with the dossier that it is of.
type Shown struct {
	Document
	Dossier dossiers.Mention
	Staff   []members.Member
	Scanned bool
}

// Find gives a document, opened, without what is in it.
func (s *Service) Find(ctx context.Context, id ID) (Shown, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Shown{}, err
	}
	shown := Shown{Scanned: s.scans}
	if err := s.db.Read(ctx, ofID(id, &shown.Document)); err != nil {
		return Shown{}, fmt.Errorf("find document %s: %w", id, err)
	}
	if err := s.db.Read(ctx, dossiers.Mentioned(shown.DossierID, &shown.Dossier), members.Recent(&shown.Staff), journal.Seen(ctx, dossiers.TimelineID(shown.DossierID))); err != nil {
		return Shown{}, fmt.Errorf("find document %s: %w", id, err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(shown.DossierID))
	if err == nil {
		err = box.Open(&shown.Document)
	}
	if err != nil {
		return Shown{}, fmt.Errorf("open document %s: %w", id, err)
	}
	return shown, nil
}

// Handed is what somebody hands in: a file, or one that has arrived in parts.
type Handed struct {
	Label
	File   File
	Upload UploadID
}

// Add keeps a document. What is wrong with the file and with what is said of it is told at once; a file that arrived in parts stays for
// another try where only the latter is wrong. The same form sent twice keeps one document.
func (s *Service) Add(ctx context.Context, dossier dossiers.ID, id ID, handed Handed) error {
	by, err := access.Require(ctx, access.DocumentWrite)
	if err != nil {
		return err
	}
	if s.store == nil {
		return fault.Invalid("file", "documents.store.none")
	}
	if there, err := s.there(ctx, dossier, id); there || err != nil {
		return err
	}
	file := handed.File
	if !handed.Upload.Zero() {
		if file, err = s.arrived(ctx, dossier, handed.Upload); err != nil {
			return err
		}
	}
	if handed.Title == "" {
		handed.Title = TitleOf(file.Name)
	}
	kind, kept, err := s.clean(ctx, file)
	if err != nil {
		return s.refused(ctx, handed, err)
	}
	if err := handed.Check(); err != nil {
		return err
	}
	document := Document{
		DocumentID: id, DossierID: dossier, DataClass: handed.DataClass, Kind: kind, Bytes: len(kept), State: Unscanned, FileID: ids.New[files.File](),
		AddedBy: by.Person, AddedAt: s.now(), Version: 1,
	}
	if s.scans {
		document.State = Quarantined
	}
	key, err := s.put(ctx, by.Tenant, document.FileID, kept)
	if err != nil {
		return err
	}
	document.Particulars = keys.Of(Particulars{Title: handed.Title, Name: file.Name, Key: key})
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if n, err := countDocuments(ctx, tx, dossier); err != nil {
			return err
		} else if n >= Most {
			return fault.Invalid("file", "documents.full", "Most", Most)
		}
		fresh, err := insertDocument(ctx, tx, box, by.Tenant, document)
		if err != nil || !fresh {
			return err
		}
		if !handed.Upload.Zero() {
			if err := deleteUpload(ctx, tx, handed.Upload); err != nil {
				return err
			}
		}
		if s.scans {
			if err := jobs.Plan(ctx, tx, jobs.Planned{Job: Scan{by.Tenant, id, by.Person}}); err != nil {
				return err
			}
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DocumentAdded, Dossier: dossiers.TimelineID(dossier), Detail: string(document.DataClass)})
	})
}

// there says whether a document has been kept already, for this very dossier.
func (s *Service) there(ctx context.Context, dossier dossiers.ID, id ID) (there bool, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		// Whoever may not see the dossier is told so before a file is looked at.
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		document, err := findDocument(ctx, tx, id)
		switch {
		case errors.Is(err, fault.NotFound()):
			return nil
		case err != nil:
			return err
		case document.DossierID != dossier:
			return fault.NotFound()
		}
		there = true
		return dossiers.Unchanged(ctx, tx, dossier)
	})
	return there, err
}

// clean unfolds one file at a time.
func (s *Service) clean(ctx context.Context, file File) (cleaning.Kind, []byte, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return cleaning.Clean(file.Name, file.Type, file.Body)
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
}

// put seals a file and stores it. That it is thrown away is planned before it is there: whatever happens afterwards, a file that became no
// document does not stay.
func (s *Service) put(ctx context.Context, tenant tenantdb.TenantID, id files.ID, body []byte) (keys.ContentKey, error) {
	key, err := keys.NewContentKey()
	if err != nil {
		return nil, err
	}
	sealed, err := key.Seal(tenant, id.String(), body)
	if err != nil {
		return nil, fmt.Errorf("seal file %s: %w", id, err)
	}
	if err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return jobs.Plan(ctx, tx, discarding(tenant, id, s.now().Add(kept)))
	}); err != nil {
		return nil, err
	}
	if err := s.store.Put(ctx, tenant, id, sealed); err != nil {
		return nil, errors.Join(fault.Invalid("file", "documents.store.away"), err)
	}
	return key, nil
}

// refused tells what is wrong with a file, with what is wrong in what is said of it, and throws away what arrived of it. A file that nobody
// came to look at is not refused, and stays.
func (s *Service) refused(ctx context.Context, handed Handed, why error) error {
	problems, mendable := fault.Correctable(why)
	if !mendable {
		return why
	}
	if err := s.discard(ctx, handed.Upload); err != nil {
		return err
	}
	more, _ := fault.Correctable(handed.Check())
	return append(problems, more...).Err()
}

// Relabel says otherwise what a document is called, and what it tells of.
func (s *Service) Relabel(ctx context.Context, id ID, version int, label Label) error {
	by, err := access.Require(ctx, access.DocumentWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		document, err := lockDocument(ctx, tx, id)
		if err != nil {
			return err
		}
		_, box, err := dossiers.Hold(ctx, tx, s.keys, document.DossierID)
		if err != nil {
			return err
		}
		if err := box.Open(&document); err != nil {
			return fmt.Errorf("open document %s: %w", id, err)
		}
		particulars := document.Particulars.Get()
		if particulars.Title == label.Title && document.DataClass == label.DataClass {
			return dossiers.Unchanged(ctx, tx, document.DossierID)
		}
		if err := label.Check(); err != nil {
			return tenantdb.AndCommit(err)
		}
		if document.Version != version {
			return tenantdb.AndCommit(fault.Conflict("documents.changed_meanwhile"))
		}
		particulars.Title = label.Title
		document.Particulars, document.DataClass, document.Version = keys.Of(particulars), label.DataClass, version+1
		if err := updateDocument(ctx, tx, box, document); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DocumentChanged, Dossier: dossiers.TimelineID(document.DossierID), Detail: string(label.DataClass)})
	})
}

// Destroy takes a document away. Its key goes with its row; its file follows when no backup of the keys opens it any more.
func (s *Service) Destroy(ctx context.Context, id ID) (dossiers.ID, error) {
	by, err := access.Require(ctx, access.DocumentWrite)
	if err != nil {
		return dossiers.ID{}, err
	}
	var of dossiers.ID
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		document, err := lockDocument(ctx, tx, id)
		if err != nil {
			return err
		}
		of = document.DossierID
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, of); err != nil {
			return err
		}
		if err := deleteDocument(ctx, tx, id); err != nil {
			return err
		}
		if err := jobs.Plan(ctx, tx, discarding(by.Tenant, document.FileID, s.now().Add(s.kept))); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DocumentDestroyed, Dossier: dossiers.TimelineID(of), Detail: string(document.DataClass)})
	})
	return of, err
}

// DiscardAll plans, in the transaction that takes a whole dossier away, that its files go when no backup of the keys opens them any more.
func DiscardAll(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, dossier dossiers.ID, at time.Time) error {
	all, err := listFiles(ctx, tx, dossier)
	if err != nil {
		return err
	}
	planned := make([]jobs.Planned, len(all))
	for i, file := range all {
		planned[i] = discarding(tenant, file, at)
	}
	return jobs.Plan(ctx, tx, planned...)
}
