// Package platform makes tenants, suspends and resumes them, for those who run the installation. It acts as a role of the database
// that sees the registry of tenants and not one row of anything else, and it has no key.
package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Registry is what can be done with tenants.
type Registry struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the registry, and refuses a role that may do more than it needs, or less.
func New(ctx context.Context, db *tenantdb.DB, now func() time.Time) (*Registry, error) {
	if err := db.CheckPlatform(ctx); err != nil {
		return nil, err
	}
	return &Registry{db, now}, nil
}

// codeLifetime is how long a first administrator has to come.
const codeLifetime = 7 * 24 * time.Hour

// Handed is the code of an administrator. It is known here once, and kept nowhere.
type Handed struct {
	Administrator
	Code  string
	Until time.Time
}

// ErrTaken is a short name that another tenant or connection has.
var ErrTaken = errors.New("there is another of that name")

// Create makes a tenant as a plan says, all of it or nothing, and gives the codes of those who have no subject. It is being
// prepared then: nobody but its administrators comes in. The secret is what the installation shows to the provider; it is handed
// in here and sealed by the application, which alone has keys.
func (r *Registry) Create(ctx context.Context, plan Plan, secret string) (codes []Handed, err error) {
	tenant, connection, now := ids.New[tenantdb.Tenant](), ids.New[signin.Connection](), r.now()
	digest, err := blueprints.Digest(plan.Tenant.Canton)
	if err != nil {
		return nil, err
	}
	err = r.within(ctx, tenant, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := insertTenant(ctx, tx, tenant, plan); err != nil {
			return err
		}
		// Whoever writes a file has said what an operator confirms step by step.
		set := Tenant{
			TenantID: tenant, Name: plan.Tenant.Name, Canton: plan.Tenant.Canton, Languages: plan.Tenant.Languages, Regime: plan.Tenant.Regime,
		}.confirm(Languages).confirm(Protection).confirm(Retention).accept(digest, now)
		if err := updateTenant(ctx, tx, set); err != nil {
			return err
		}
		if err := retention.Write(ctx, tx, tenant, plan.Tenant.kept(), tenantdb.PersonID{}, now); err != nil {
			return err
		}
		if err := insertConnection(ctx, tx, tenant, connection, plan, secret); err != nil {
			return err
		}
		for _, administrator := range plan.Administrators {
			member := ids.New[tenantdb.Person]()
			if err := insertAdministrator(ctx, tx, tenant, connection, member, administrator); err != nil {
				return err
			}
			if administrator.Subject != "" {
				continue
			}
			handed, err := r.hand(ctx, tx, tenant, plan.Tenant.Slug, member, administrator)
			if err != nil {
				return err
			}
			codes = append(codes, handed)
		}
		return journal.RecordOperated(ctx, tx, tenant, journal.TenantCreated, "")
	})
	switch {
	case tenantdb.Violates(err, "tenants_have_a_slug_of_their_own"):
		return nil, fmt.Errorf("the tenant %s: %w", plan.Tenant.Slug, ErrTaken)
	case tenantdb.Violates(err, "connections_have_a_slug_of_their_own"):
		return nil, fmt.Errorf("the connection %s: %w", plan.Connection.Slug, ErrTaken)
	case err != nil:
		return nil, fmt.Errorf("create tenant %s: %w", plan.Tenant.Slug, err)
	}
	return codes, nil
}

// hand makes the code of somebody who is expected.
func (r *Registry) hand(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, slug string, member tenantdb.PersonID, administrator Administrator) (Handed, error) {
	code, hash := signin.NewCode(slug)
	until := r.now().Add(codeLifetime)
	return Handed{administrator, code, until}, insertCode(ctx, tx, tenant, member, administrator.Name, hash, until)
}

// List gives the tenants, by their short name.
func (r *Registry) List(ctx context.Context) (tenants []Tenant, err error) {
	err = r.db.View(tenantdb.WithScope(ctx, tenantdb.Platform(tenantdb.TenantID{})), func(ctx context.Context, tx tenantdb.Tx) error {
		tenants, err = listTenants(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return tenants, nil
}

// Suspend keeps a tenant's people out, and those of its offices as far as they work for it, from this moment on and in every
// process. Nothing that they wrote is touched.
func (r *Registry) Suspend(ctx context.Context, slug string, reason Reason) error {
	if !slices.Contains(Reasons, reason) {
		return fmt.Errorf("the reason %q is none of %v", reason, Reasons)
	}
	return r.change(ctx, slug, journal.TenantSuspended, string(reason), Tenant.suspend, r.suspending(reason))
}

func (r *Registry) suspending(reason Reason) doing {
	return func(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
		if err := suspendTenant(ctx, tx, tenant, reason, r.now()); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Session: live.EverySession})
	}
}

// Resume lets them in again. Whoever was in when the tenant was suspended signs in anew.
func (r *Registry) Resume(ctx context.Context, slug string) error {
	return r.change(ctx, slug, journal.TenantResumed, "", Tenant.resume, r.resuming)
}

func (r *Registry) resuming(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	return resumeTenant(ctx, tx, tenant, r.now())
}

// GoLive lets everybody of a tenant in, once nothing is missing.
func (r *Registry) GoLive(ctx context.Context, slug string) error {
	return r.change(ctx, slug, journal.TenantWentLive, "", Tenant.goLive, r.opening)
}

func (r *Registry) opening(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error {
	return openTenant(ctx, tx, tenant, r.now())
}

// change does something with the tenant of a short name.
func (r *Registry) change(ctx context.Context, slug string, action journal.Action, reason string, rule func(Tenant) error, do doing) error {
	tenants, err := r.List(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(tenants, func(t Tenant) bool { return t.Slug == slug })
	if at < 0 {
		return fmt.Errorf("there is no tenant %q: passerelle tenant list names them: %w", slug, fault.NotFound())
	}
	err = r.changeByID(ctx, tenants[at].TenantID, action, reason, rule, do)
	if err != nil && !errors.Is(err, ErrState) {
		return fmt.Errorf("change tenant %s: %w", slug, err)
	}
	return err
}

type doing func(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) error

// changeByID does something with one tenant if the rule allows it, and leaves the entry in the tenant's journal, and in the console
// who did it.
func (r *Registry) changeByID(ctx context.Context, id tenantdb.TenantID, action journal.Action, reason string, rule func(Tenant) error, do doing) error {
	return r.within(ctx, id, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockTenant(ctx, tx, id); err != nil {
			return err
		}
		tenant, err := findTenant(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := rule(tenant); err != nil {
			return err
		}
		if err := do(ctx, tx, id); err != nil {
			return err
		}
		return journal.RecordOperated(ctx, tx, id, action, reason)
	})
}

func (r *Registry) within(ctx context.Context, tenant tenantdb.TenantID, do func(ctx context.Context, tx tenantdb.Tx) error) error {
	return r.db.Write(tenantdb.WithScope(ctx, tenantdb.Platform(tenant)), do)
}
