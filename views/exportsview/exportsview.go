package exportsview

import (
	"context"
	"net/url"

	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/views/ui"
)

// Form is an export being asked for.
type Form struct {
	ID       exports.ID
	Typed    url.Values
	Problems fault.Problems
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "exports." + name + ".label", Hint: hints[name], Value: f.Typed.Get(name), Problems: f.Problems}
}

var hints = map[string]string{"reason": "exports.reason.hint"}

func (f Form) subjects() []ui.Option {
	options := make([]ui.Option, len(exports.Subjects))
	for i, subject := range exports.Subjects {
		key := "exports.subject." + string(subject)
		options[i] = ui.Option{Value: string(subject), Label: key, Hint: key + ".hint"}
	}
	return options
}

func formats() []ui.Option {
	options := make([]ui.Option, len(exports.Formats))
	for i, format := range exports.Formats {
		options[i] = ui.Option{Value: string(format), Label: "exports.format." + string(format)}
	}
	return options
}

func reasons() []ui.Option {
	options := make([]ui.Option, len(exports.Reasons))
	for i, reason := range exports.Reasons {
		options[i] = ui.Option{Value: string(reason), Label: "exports.reason." + string(reason)}
	}
	return options
}

// subject is what a file tells of, and how it is written.
func subject(ctx context.Context, e exports.Export) string {
	return i18n.T(ctx, "exports.subject."+string(e.Subject)) + ", " + i18n.T(ctx, "exports.format."+string(e.Format))
}

func tone(state exports.State) ui.Tone {
	switch state {
	case exports.Waiting:
		return ui.Waiting
	case exports.Ready:
		return ui.Good
	case exports.Refused:
		return ui.Bad
	default:
		return ui.Neutral
	}
}
