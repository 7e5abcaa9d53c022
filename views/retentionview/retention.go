// Package retentionview is the fields of how long dossiers are kept, for the coordination and for those who set a tenant up.
package retentionview

import (
	"net/url"
	"strconv"

	"passerelle/internal/fault"
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
		typed.Set(reason.Field(), strconv.Itoa(schedule[reason].Months))
		typed.Set(reason.OutcomeField(), string(schedule[reason].Outcome))
	}
	return typed
}

// TypedOfPolicy is a policy as the form has it.
func TypedOfPolicy(policy retention.Policy) url.Values {
	typed := TypedOf(policy.Schedule)
	typed.Set("grace", strconv.Itoa(policy.Grace))
	return typed
}

func outcomes() (options []ui.Option) {
	for _, outcome := range retention.Outcomes {
		options = append(options, ui.Option{Value: string(outcome), Label: "retention.outcome." + string(outcome)})
	}
	return options
}

func (f Form) outcome(reason retention.Reason) ui.Field {
	return ui.Field{Name: reason.OutcomeField(), Label: "retention.outcome.label", Value: f.Typed.Get(reason.OutcomeField()), Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) grace() ui.Field {
	return ui.Field{Name: "grace", Label: "retention.grace.label", Hint: "retention.grace.hint", Value: f.Typed.Get("grace"), Width: ui.Chars4, Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) field(reason retention.Reason) ui.Field {
	return ui.Field{Name: reason.Field(), Label: "retention.months.label", Value: f.Typed.Get(reason.Field()), Width: ui.Chars4, Problems: f.Problems}.Beside(f.Theirs)
}
