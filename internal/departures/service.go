package departures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Service is what those do who administer a tenant.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Show shows what stands.
func (s *Service) Show(ctx context.Context) (sheet Sheet, err error) {
	by, err := access.Require(ctx, access.DepartureShow)
	if err != nil {
		return Sheet{}, err
	}
	sheet = Sheet{Me: by.Person}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if sheet.Key, err = findKey(ctx, tx, by.Tenant, false); err != nil {
			return err
		}
		if sheet.Removal, err = findRemoval(ctx, tx, by.Tenant); err != nil {
			return err
		}
		sheet.Names, err = members.NamesOfAdministrators(ctx, tx)
		return err
	})
	if err != nil {
		return Sheet{}, fmt.Errorf("see how a tenant leaves: %w", err)
	}
	return sheet, nil
}

// Give says for which key everything is encrypted that leaves, once another one has confirmed it. seen is the version of the key that
// was shown, and 0 where none was.
func (s *Service) Give(ctx context.Context, seen int, typed string) error {
	by, err := access.Require(ctx, access.HandoverKeyWrite)
	if err != nil {
		return err
	}
	recipient, err := ParseKey(typed)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		standing, err := findKey(ctx, tx, by.Tenant, true)
		if err != nil {
			return err
		}
		version := 0
		if standing != nil {
			version = standing.Version
			if standing.Recipient == recipient && standing.WrittenBy == by.Person {
				return nil // given already, perhaps by the same form
			}
		}
		if version != seen {
			return errMoved
		}
		if err := writeKey(ctx, tx, by.Tenant, Key{Recipient: recipient, Version: version + 1, WrittenBy: by.Person, WrittenAt: s.now()}); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.HandoverKeyGiven})
	})
	if errors.Is(err, errMoved) {
		return fault.Conflict("departures.key.moved")
	}
	return err
}

// Confirm says that a second person has compared the key with the one that the organisation has. seen is the version that was shown.
func (s *Service) Confirm(ctx context.Context, seen int) error {
	by, err := access.Require(ctx, access.HandoverKeyWrite)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		key, err := findKey(ctx, tx, by.Tenant, true)
		if err != nil {
			return err
		}
		if key == nil || key.Version != seen {
			return errMoved
		}
		if err := key.Confirm(by.Person, s.now()); err != nil {
			return err
		}
		if err := writeKey(ctx, tx, by.Tenant, *key); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.HandoverKeyConfirmed})
	})
	if errors.Is(err, errMoved) {
		return fault.Conflict("departures.key.moved")
	}
	return err
}
