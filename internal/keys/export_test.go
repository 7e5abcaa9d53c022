package keys

import (
	"context"

	"passerelle/internal/tenantdb"
)

// Forgot counts how often a ring has forgotten holders' keys since it began to listen.
func Forgot(r *Ring) int { return int(r.boxes.now()) - 2 }

// Deafen makes a ring that listens to nobody remember all the same, as the program did before rings listened.
func Deafen(r *Ring) { r.boxes.enable(true) }

// Expire lets the time pass after which a ring has forgotten everything.
func Expire(r *Ring) {
	r.tenants.forget(func(tenantdb.TenantID) bool { return true })
	r.boxes.forget(func(owned) bool { return true })
}

// DisableTooEarly lets go of the old keys of a kind as a rotation does at its end.
func DisableTooEarly(ctx context.Context, r *Rotation, kind Kind) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.retireHolders(ctx, tenants, kind, 0, retireKeys, promoted)
	})
}

// DisableTenantsTooEarly does the same for those of tenants.
func DisableTenantsTooEarly(ctx context.Context, r *Rotation) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.retireTenants(ctx, tenants, retireKeys, promoted)
	})
}

// Step is what a rotation does in one place, so that a test can stop before it, or after.
func Step(r *Rotation, before func(what string)) {
	r.options.Begin = func(what string, _ int) func(int) {
		before(what)
		return func(int) {}
	}
}
