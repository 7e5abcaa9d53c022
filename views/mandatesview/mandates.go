// Package mandatesview is what a tenant lets those who run the installation do, as its administrators see it, and as operators do.
package mandatesview

import (
	"context"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/mandates"
)

// Page is what was asked of a tenant.
type Page struct {
	mandates.Sheet
	// Operator says that an operator reads it, who waits for the answer of others.
	Operator bool
	Problems fault.Problems
}

func state(ctx context.Context, m mandates.Mandate, p Page) string {
	state := m.StateAt(p.At)
	if p.Operator && state == mandates.Asked {
		return i18n.T(ctx, "mandates.console.asked")
	}
	return i18n.T(ctx, "mandates.state."+string(state))
}

func hours(ctx context.Context, n int) string {
	if n == 1 {
		return i18n.T(ctx, "mandates.hours.one")
	}
	return i18n.T(ctx, "mandates.hours.many", "N", n)
}
