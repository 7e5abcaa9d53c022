// Package retentionview is the fields of how long dossiers are kept, for the coordination and for those who set a tenant up.
package retentionview

import (
	"context"
	"net/url"
	"strconv"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/retention"
	"passerelle/views/ui"
)

// Form is how long dossiers are to be kept, as it was filled in.
type Form struct {
	// Version is retention.Schedule.Seen of what was shown first.
	Version string
	// Typed is what stands in the form, Theirs what somebody else has saved meanwhile, or nil.
	Typed, Theirs url.Values
	Problems      fault.Problems
}

// TypedOf is a schedule as the form has it.
func TypedOf(schedule retention.Schedule) url.Values {
	typed := url.Values{}
	for _, reason := range retention.Reasons() {
		typed.Set(reason.Field(), strconv.Itoa(schedule[reason]))
	}
	return typed
}

func (f Form) field(ctx context.Context, reason retention.Reason) ui.Field {
	label := i18n.T(ctx, "retention.label", "Reason", i18n.T(ctx, "dossiers.closure.reason."+string(reason)))
	return ui.Field{Name: reason.Field(), Label: label, Value: f.Typed.Get(reason.Field()), Width: ui.Chars4, Problems: f.Problems}.Beside(f.Theirs)
}
