package documents

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/jobs"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Begin announces a file that will arrive in parts, and gives how much of it is there already: to announce it again is how one goes on.
func (s *Service) Begin(ctx context.Context, dossier dossiers.ID, id UploadID, announced Announced) (received int, err error) {
	by, err := access.Require(ctx, access.DocumentWrite)
	if err != nil {
		return 0, err
	}
	if s.store == nil {
		return 0, fault.Invalid("file", "documents.store.none")
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if err := announced.Check(); err != nil {
			return err
		}
		if id.Zero() {
			return fault.Invalid("file", "documents.part.wrong")
		}
		upload, err := lockUpload(ctx, tx, id)
		if err == nil {
			if upload.DossierID != dossier || upload.Bytes != announced.Bytes {
				return fault.NotFound()
			}
			received = upload.Received
			return dossiers.Unchanged(ctx, tx, dossier)
		}
		if !errors.Is(err, fault.NotFound()) {
			return err
		}
		if n, err := countUploads(ctx, tx, dossier); err != nil {
			return err
		} else if n >= mostUnderWay {
			return fault.Invalid("file", "documents.upload.many")
		}
		now := s.now()
		upload = Upload{UploadID: id, DossierID: dossier, PersonID: by.Person, Bytes: announced.Bytes, Particulars: keys.Of(announced), BegunAt: now}
		fresh, err := insertUpload(ctx, tx, box, by.Tenant, upload)
		if err != nil {
			return err
		}
		if !fresh { // somebody else's, which is not there
			return fault.NotFound()
		}
		if err := jobs.Plan(ctx, tx, jobs.Planned{Job: Abandon{by.Tenant, id, by.Person}, At: now.Add(kept)}); err != nil {
			return err
		}
		return dossiers.Unchanged(ctx, tx, dossier)
	})
	return received, err
}

// Receive takes the next part of a file, and gives how much of it is there then. A part that comes twice is taken once; where another is
// expected, it is a fault.Conflict, and received says which.
func (s *Service) Receive(ctx context.Context, id UploadID, at int, contents []byte) (received int, err error) {
	by, err := access.Require(ctx, access.DocumentWrite)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		upload, err := lockUpload(ctx, tx, id)
		if err != nil {
			return err
		}
		received = upload.Received
		if err := dossiers.Unchanged(ctx, tx, upload.DossierID); err != nil {
			return err
		}
		fresh, err := upload.takes(at, len(contents))
		if err != nil {
			return tenantdb.AndCommit(err)
		}
		if fresh {
			box, err := s.keys.Box(ctx, dossiers.HolderOf(upload.DossierID))
			if err != nil {
				return err
			}
			if err := insertPart(ctx, tx, box, by.Tenant, part{id, at, upload.DossierID, by.Person, keys.Of(contents)}); err != nil {
				return err
			}
			received = at + len(contents)
			return updateReceived(ctx, tx, id, received)
		}
		return nil
	})
	return received, err
}

// Abort throws away what has arrived of a file.
func (s *Service) Abort(ctx context.Context, id UploadID) (dossiers.ID, error) {
	if _, err := access.Require(ctx, access.DocumentWrite); err != nil {
		return dossiers.ID{}, err
	}
	var of dossiers.ID
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		upload, err := lockUpload(ctx, tx, id)
		if err != nil {
			return err
		}
		of = upload.DossierID
		if err := deleteUpload(ctx, tx, id); err != nil {
			return err
		}
		return dossiers.Unchanged(ctx, tx, of)
	})
	return of, err
}

// arrived puts together a file that came in parts for a dossier.
func (s *Service) arrived(ctx context.Context, dossier dossiers.ID, id UploadID) (file File, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		upload, err := lockUpload(ctx, tx, id)
		if errors.Is(err, fault.NotFound()) {
			return fault.Invalid("file", "ui.file.missing")
		}
		if err != nil {
			return err
		}
		if upload.DossierID != dossier {
			return fault.NotFound()
		}
		if !upload.Whole() {
			return fault.Invalid("file", "documents.upload.partial")
		}
		box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
		if err != nil {
			return err
		}
		if err := box.Open(&upload); err != nil {
			return fmt.Errorf("open upload %s: %w", id, err)
		}
		announced := upload.Particulars.Get()
		file.Name, file.Type = announced.Name, announced.Type
		file.Body, err = readParts(ctx, tx, box, upload)
		return err
	})
	return file, err
}

// discard throws an upload away that became nothing.
func (s *Service) discard(ctx context.Context, id UploadID) error {
	if id.Zero() {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return deleteUpload(ctx, tx, id) })
}
