package platform

import (
	"context"
	"errors"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Service is what operators do with tenants in the console: the same acts as by command, by somebody who is known.
type Service struct{ registry *Registry }

// NewService makes it.
func NewService(registry *Registry) *Service { return &Service{registry} }

// List gives the tenants.
func (s *Service) List(ctx context.Context) ([]Tenant, error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return nil, err
	}
	return s.registry.List(ctx)
}

// Find gives one.
func (s *Service) Find(ctx context.Context, id tenantdb.TenantID) (tenant Tenant, err error) {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return Tenant{}, err
	}
	err = s.registry.db.View(tenantdb.WithScope(ctx, tenantdb.Platform(tenantdb.TenantID{})), func(ctx context.Context, tx tenantdb.Tx) error {
		tenant, err = findTenant(ctx, tx, id)
		return err
	})
	return tenant, err
}

// Suspend is Registry.Suspend.
func (s *Service) Suspend(ctx context.Context, id tenantdb.TenantID, reason Reason) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	if !slices.Contains(Reasons, reason) {
		return fault.Invalid("reason", "console.suspend.reason.missing")
	}
	return stated(s.registry.changeByID(ctx, id, journal.TenantSuspended, string(reason), Tenant.suspend, s.registry.suspending(reason)))
}

// Resume is Registry.Resume.
func (s *Service) Resume(ctx context.Context, id tenantdb.TenantID) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return stated(s.registry.changeByID(ctx, id, journal.TenantResumed, "", Tenant.resume, s.registry.resuming))
}

// GoLive is Registry.GoLive.
func (s *Service) GoLive(ctx context.Context, id tenantdb.TenantID) error {
	if _, err := access.Require(ctx, access.TenantManage); err != nil {
		return err
	}
	return stated(s.registry.changeByID(ctx, id, journal.TenantWentLive, "", Tenant.goLive, s.registry.opening))
}

// stated says on a page what a command says in English.
func stated(err error) error {
	if errors.Is(err, ErrState) {
		return fault.Conflict("console.refused.state")
	}
	return err
}
