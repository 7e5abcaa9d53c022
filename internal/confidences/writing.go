package confidences

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Write notes something. The same form sent twice makes one note.
func (s *Service) Write(ctx context.Context, circle CircleID, id NoteID, draft Draft) error {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return err
	}
	return s.change(ctx, by, circle, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, c Circle) error {
		if err := c.takesNotes(); err != nil {
			return err
		}
		now := s.now()
		if err := draft.Check(now).Err(); err != nil {
			return err
		}
		fresh, err := insertNote(ctx, tx, box, by.Tenant, Note{
			NoteID: id, CircleID: circle, DossierID: c.DossierID, NotedOn: *draft.On, Contents: keys.Of(Contents{Text: draft.Text}),
			AuthorID: by.Person, RecordedAt: now, Version: 1, WrittenBy: by.Person, WrittenAt: now,
		})
		if err != nil {
			return err
		}
		if !fresh {
			if note, err := findNote(ctx, tx, id); err != nil || note.CircleID != circle {
				return errors.Join(err, fault.NotFound())
			}
			return dossiers.Unchanged(ctx, tx, c.DossierID)
		}
		return s.tell(ctx, tx, by, timeline.NoteWritten, c)
	})
}

// FindNote opens one note, to be corrected or struck.
func (s *Service) FindNote(ctx context.Context, id NoteID) (file File, err error) {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		file, _, err = s.load(ctx, tx, by, id)
		return err
	})
	return file, err
}

// load opens a note with its circle; whoever asks for it has read it, also when nothing comes of that.
func (s *Service) load(ctx context.Context, tx tenantdb.Tx, by access.Principal, id NoteID) (file File, box *keys.Box, err error) {
	if err := enter(ctx, tx); err != nil {
		return File{}, nil, err
	}
	if file.Note, err = findNote(ctx, tx, id); err != nil {
		return File{}, nil, err
	}
	if file.Circle, err = within(ctx, tx, by, file.Note.CircleID); err != nil {
		return File{}, nil, err
	}
	if file.Mention, err = dossiers.MentionOf(ctx, tx, file.Note.DossierID); err != nil {
		return File{}, nil, err
	}
	if file.Staff, err = listStaff(ctx, tx); err != nil {
		return File{}, nil, err
	}
	if err := s.read(ctx, tx, file.Circle); err != nil {
		return File{}, nil, err
	}
	if box, err = s.keys.Box(ctx, dossiers.HolderOf(file.Note.DossierID)); err != nil {
		return File{}, nil, err
	}
	if err := box.Open(&file.Note); err != nil {
		return File{}, nil, fmt.Errorf("open note %s: %w", id, err)
	}
	return file, box, nil
}

// edit changes a note that whoever asks may read, while nobody else does. What is refused has been read all the same.
func (s *Service) edit(ctx context.Context, by access.Principal, id NoteID, do func(context.Context, tenantdb.Tx, *keys.Box, File) error) (file File, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := enter(ctx, tx); err != nil {
			return err
		}
		note, err := findNote(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, _, err := dossiers.HoldForAccess(ctx, tx, s.keys, note.DossierID); err != nil {
			return err
		}
		var box *keys.Box
		if file, box, err = s.load(ctx, tx, by, id); err != nil {
			return err
		}
		if err := file.Circle.takesNotes(); err != nil {
			return tenantdb.AndCommit(err)
		}
		return do(ctx, tx, box, file)
	})
	return file, err
}

// Correct writes a note anew that somebody saw in a version; what it said before is kept. When it changed meanwhile it is a fault.Conflict,
// and the file is what it is now.
func (s *Service) Correct(ctx context.Context, id NoteID, version int, draft Draft) (File, error) {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return File{}, err
	}
	return s.edit(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, file File) error {
		if err := draft.Check(s.now()).Err(); err != nil {
			return tenantdb.AndCommit(err)
		}
		if !file.Note.Struck() && file.Note.says(draft) {
			return nil
		}
		if err := file.Note.changes(version); err != nil {
			return tenantdb.AndCommit(err)
		}
		before := file.Note.correct(draft, by.Person, s.now())
		if err := insertEarlier(ctx, tx, box, by.Tenant, before); err != nil {
			return err
		}
		if err := updateNote(ctx, tx, box, file.Note); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, timeline.NoteCorrected, file.Circle)
	})
}

// Strike says that a note does not count any more, and why. It stays legible to those who hold it.
func (s *Service) Strike(ctx context.Context, id NoteID, version int, reason string) (File, error) {
	by, err := access.Require(ctx, access.ConfidenceKeep)
	if err != nil {
		return File{}, err
	}
	return s.edit(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, file File) error {
		if err := file.Note.changes(version); err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := file.Note.strike(reason, by.Person, s.now()); err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := updateNote(ctx, tx, box, file.Note); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, timeline.NoteStruck, file.Circle)
	})
}
