package usage

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Service is what operators see of tenants, and how much they let them use, as the role of the database that runs the installation.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Overview is how all tenants are at a moment.
type Overview struct {
	Standings []Standing
	At        time.Time
}

// Overview shows how all tenants are.
func (s *Service) Overview(ctx context.Context) (Overview, error) {
	if _, err := access.Require(ctx, access.UsageShow); err != nil {
		return Overview{}, err
	}
	overview := Overview{At: s.now()}
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		overview.Standings, err = listStandings(ctx, tx, overview.At)
		return err
	})
	return overview, err
}

// Sheet is how one tenant is, and was.
type Sheet struct {
	Standing
	History []Report
	At      time.Time
}

// Find shows one tenant.
func (s *Service) Find(ctx context.Context, tenant tenantdb.TenantID) (Sheet, error) {
	if _, err := access.Require(ctx, access.UsageShow); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{At: s.now()}
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		all, err := listStandings(ctx, tx, sheet.At)
		if err != nil {
			return err
		}
		for _, standing := range all {
			if standing.TenantID == tenant {
				sheet.Standing = standing
				sheet.History, err = listHistory(ctx, tx, tenant)
				return err
			}
		}
		return fault.NotFound()
	})
	return sheet, err
}

// SetLimits says how much a tenant may use, in the place of what was seen.
func (s *Service) SetLimits(ctx context.Context, tenant tenantdb.TenantID, limits Limits) error {
	by, err := access.Require(ctx, access.LimitSet)
	if err != nil {
		return err
	}
	if err := limits.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(tenantdb.WithScope(ctx, tenantdb.Platform(tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := upsertLimits(ctx, tx, tenant, limits, by.Name, s.now()); err != nil {
			return err
		}
		return journal.RecordOperated(ctx, tx, tenant, journal.TenantLimited, "")
	})
}
