package announcements

import (
	"context"
	"errors"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Service is what operators do with announcements, as the role of the database that runs the installation.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// List shows the last ones, and what time it is.
func (s *Service) List(ctx context.Context) (all []Announcement, at time.Time, err error) {
	if _, err := access.Require(ctx, access.AnnouncementWrite); err != nil {
		return nil, time.Time{}, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		all, err = listAnnouncements(ctx, tx)
		return err
	})
	return all, s.now(), err
}

// Find shows one.
func (s *Service) Find(ctx context.Context, id ID) (found Announcement, err error) {
	if _, err := access.Require(ctx, access.AnnouncementWrite); err != nil {
		return Announcement{}, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		found, err = findAnnouncement(ctx, tx, id)
		return err
	})
	return found, err
}

// Publish announces something. The same form sent twice announces it once.
func (s *Service) Publish(ctx context.Context, draft Draft) error {
	by, err := access.Require(ctx, access.AnnouncementWrite)
	if err != nil {
		return err
	}
	now := s.now()
	if err := draft.Check(now).Err(); err != nil {
		return err
	}
	draft.Version = 0
	return noSuchTenant(s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		fresh, err := insertAnnouncement(ctx, tx, rowOf(draft, by.Name, now))
		if err != nil || !fresh {
			return err
		}
		return journal.RecordRunning(ctx, tx, draft.TenantID, journal.AnnouncementPublished, "")
	}))
}

// Change puts other words, or other times, in the place of those that were seen. Whoever has hidden it sees it again.
func (s *Service) Change(ctx context.Context, draft Draft) error {
	by, err := access.Require(ctx, access.AnnouncementWrite)
	if err != nil {
		return err
	}
	now := s.now()
	if err := draft.Check(now).Err(); err != nil {
		return err
	}
	return noSuchTenant(s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		standing, err := findAnnouncement(ctx, tx, draft.AnnouncementID)
		if err != nil {
			return err
		}
		if !standing.Open(now) {
			return fault.Refused("announcements.over")
		}
		if err := unlessChanged(updateAnnouncement(ctx, tx, rowOf(draft, by.Name, now))); err != nil {
			return err
		}
		return journal.RecordRunning(ctx, tx, draft.TenantID, journal.AnnouncementChanged, "")
	}))
}

// Withdraw takes one off every page.
func (s *Service) Withdraw(ctx context.Context, id ID, version int) error {
	by, err := access.Require(ctx, access.AnnouncementWrite)
	if err != nil {
		return err
	}
	now := s.now()
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		standing, err := findAnnouncement(ctx, tx, id)
		if err != nil {
			return err
		}
		if !standing.Open(now) {
			return fault.Refused("announcements.over")
		}
		if err := unlessChanged(updateWithdrawn(ctx, tx, id, by.Name, version, now)); err != nil {
			return err
		}
		return journal.RecordRunning(ctx, tx, standing.TenantID, journal.AnnouncementWithdrawn, "")
	})
}

func noSuchTenant(err error) error {
	if tenantdb.Violates(err, "announcements_are_for_a_tenant_or_all") {
		return fault.Invalid("tenant", "announcements.tenant.missing")
	}
	return err
}

// unlessChanged says of what was there a moment ago and is no longer as it was seen that somebody else was quicker.
func unlessChanged(err error) error {
	if errors.Is(err, fault.NotFound()) {
		return fault.Conflict("announcements.conflict")
	}
	return err
}
