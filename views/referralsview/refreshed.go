package referralsview

import (
	"context"

	"github.com/a-h/templ"

	"passerelle/views/ui"
)

// refreshed makes a part of a page fetch the page anew when its stream says so, and take only itself out of it.
func refreshed(ctx context.Context, page, part string) templ.Attributes {
	return ui.Hx(ctx, "hx-get", page, "hx-trigger", "changed from:#live", "hx-select", part, "hx-swap", "outerHTML")
}
