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
	Problems fault.Problems
}

func state(ctx context.Context, m mandates.Mandate, p Page) string {
	return i18n.T(ctx, "mandates.state."+string(m.StateAt(p.At)))
}

func hours(ctx context.Context, n int) string {
	if n == 1 {
		return i18n.T(ctx, "mandates.hours.one")
	}
	return i18n.T(ctx, "mandates.hours.many", "N", n)
}
