package erasuresview

import (
	"context"

	"passerelle/internal/i18n"
)

// months is a number of months, in years where it is a whole number of them.
func months(ctx context.Context, n int) string {
	if n%12 == 0 {
		return i18n.T(ctx, "retention.years", "Count", n/12)
	}
	return i18n.T(ctx, "retention.span", "Count", n)
}
