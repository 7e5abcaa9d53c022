package exports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with exports.
type Service struct {
	db       *tenantdb.DB
	dossiers *dossiers.Service
	now      func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, service *dossiers.Service, now func() time.Time) *Service {
	return &Service{db, service, now}
}

// Listing is the exports of the tenant, newest first, with who works there.
type Listing struct {
	Exports []Export
	Staff   []members.Member
	At      time.Time
}

// List gives them.
func (s *Service) List(ctx context.Context) (Listing, error) {
	if _, err := access.Require(ctx, access.ExportList); err != nil {
		return Listing{}, err
	}
	listing := Listing{At: s.now()}
	err := s.db.Read(ctx, listExports(&listing.Exports), members.Recent(&listing.Staff))
	return listing, err
}

// Shown is an export with what somebody who looks at it can do.
type Shown struct {
	Export
	Staff []members.Member
	// Answerers are those who could grant it.
	Answerers []string
	At        time.Time
	// Own says that whoever looks asked for it.
	Own bool
}

// Find gives one.
func (s *Service) Find(ctx context.Context, id ID) (Shown, error) {
	by, err := access.Require(ctx, access.ExportList)
	if err != nil {
		return Shown{}, err
	}
	shown := Shown{At: s.now()}
	if err := s.db.Read(ctx, askExport(id, &shown.Export), members.Recent(&shown.Staff)); err != nil {
		return Shown{}, fmt.Errorf("find export %s: %w", id, err)
	}
	shown.Own, shown.Answerers = shown.AskedBy == by.Person, answerers(shown.Staff, shown.AskedBy)
	return shown, nil
}

// Ask asks for a file. The same form sent twice asks once.
func (s *Service) Ask(ctx context.Context, id ID, order Order) error {
	by, err := access.Require(ctx, access.ExportCreate)
	if err != nil {
		return err
	}
	if err := order.Check(); err != nil {
		return err
	}
	people, err := s.dossiers.Rolled(ctx)
	if err != nil {
		return err
	}
	if people == 0 {
		return fault.Invalid("subject", "exports.nobody")
	}
	at := s.now()
	export := Export{ExportID: id, Order: order, People: people, AskedBy: by.Person, AskedAt: at, ExpiresAt: at.Add(valid)}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		fresh, err := insertExport(ctx, tx, by.Tenant, export)
		if err != nil || !fresh {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ExportAsked, Reason: string(order.Reason)})
	})
}

// Answer grants an export that somebody else asked for, or refuses it.
func (s *Service) Answer(ctx context.Context, id ID, grant bool) error {
	by, err := access.Require(ctx, access.ExportAnswer)
	if err != nil {
		return err
	}
	action := journal.ExportRefused
	if grant {
		action = journal.ExportGranted
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		export, err := lockExport(ctx, tx, id)
		if err != nil {
			return err
		}
		before := export.AnsweredAt
		if err := export.Answer(by.Person, grant, s.now()); err != nil || export.AnsweredAt == before {
			return err
		}
		if err := updateAnswer(ctx, tx, export); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: action, Reason: string(export.Reason)})
	})
}

// errMore is that there are more people by now than somebody has granted.
var errMore = errors.New("the file would tell of more people")

// Take makes the file, and gives it out once. Each dossier that it tells of has an entry in its journal before that, with the reason.
func (s *Service) Take(ctx context.Context, id ID) (File, error) {
	by, err := access.Require(ctx, access.ExportCreate)
	if err != nil {
		return File{}, err
	}
	shown, err := s.Find(ctx, id)
	if err != nil {
		return File{}, err
	}
	if err := shown.mayBeTaken(by.Person, s.now()); err != nil {
		return File{}, err
	}
	var told []dossiers.Entry
	err = s.dossiers.Roll(ctx, string(shown.Reason), func(entry dossiers.Entry) error {
		if told = append(told, entry); len(told) > shown.bound() {
			return errMore
		}
		return nil
	})
	if errors.Is(err, errMore) {
		return File{}, fault.Invalid("file", "exports.take.more")
	}
	if err != nil {
		return File{}, fmt.Errorf("export: %w", err)
	}
	file, err := fileOf(ctx, shown, by, told)
	if err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		export, err := lockExport(ctx, tx, id)
		if err != nil {
			return err
		}
		at := s.now()
		if err := export.mayBeTaken(by.Person, at); err != nil {
			return err
		}
		return updateTaken(ctx, tx, id, at)
	})
	if err != nil {
		return File{}, err
	}
	return file, nil
}
