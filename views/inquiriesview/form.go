// Package inquiriesview is the pages about what a dossier's person asks to be told of all that is kept about her.
package inquiriesview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/inquiries"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// URL is a dossier's page of inquiries.
func URL(dossier dossiers.ID) string { return dossiersview.Inquiries.Of(dossier) }

func inquiryURL(i inquiries.Inquiry) string { return URL(i.DossierID) + "/" + i.InquiryID.String() }

// Form is an inquiry being recorded or changed.
type Form struct {
	Dossier dossiers.Mention
	Inquiry inquiries.Inquiry
	// ID is that of what the form makes.
	ID       string
	Version  int
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else has saved meanwhile; nil is nobody.
	Theirs url.Values
}

// With is the form as somebody has typed it, with what has to be corrected.
func (f Form) With(typed url.Values, problems fault.Problems) Form {
	f.Typed, f.Problems = typed, problems
	return f
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

func (f Form) frame(title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: f.Dossier, Part: dossiersview.Inquiries, Title: title}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "inquiries." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}.Beside(f.Theirs)
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "inquiries." + name + ".hint"
	return field
}

// TypedOf is the form of what is known of a request.
func TypedOf(i inquiries.Inquiry) url.Values {
	return url.Values{
		"received_on": {typed(i.ReceivedOn)}, "channel": {string(i.Channel)}, "asked_by": {string(i.AskedBy)},
		"representative": {i.Representative}, "note": {i.Note},
	}
}

// TypedOfExtension is the form of how it was extended; without, an empty one.
func TypedOfExtension(i inquiries.Inquiry) url.Values {
	if i.Extension == nil {
		return url.Values{}
	}
	return url.Values{"told_on": {typed(i.Extension.ToldOn)}, "until": {typed(i.Extension.Until)}, "reason": {i.Extension.Reason}}
}

// TypedOfAnswer is the form of what was answered; without, an empty one.
func TypedOfAnswer(i inquiries.Inquiry) url.Values {
	if i.Answer == nil {
		return url.Values{}
	}
	return url.Values{
		"answered_on": {typed(i.Answer.On)}, "outcome": {string(i.Answer.Outcome)}, "check": {string(i.Answer.Check)},
		"ground": {string(i.Answer.Ground)}, "reason": {i.Answer.Reason}, "left_out": {i.Answer.LeftOut},
	}
}

func typed(on time.Time) string { return on.Format("02.01.2006") }

func limited(f ui.Field, characters int) ui.Field {
	f.Max = characters
	return f
}

func options[T ~string](prefix string, codes []T) []ui.Option {
	options := make([]ui.Option, len(codes))
	for i, code := range codes {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

// chosen is like options, with an answer not given before them.
func chosen[T ~string](prefix string, codes []T) []ui.Option {
	return append([]ui.Option{{Label: "ui.none_chosen"}}, options(prefix, codes)...)
}

// asker is who asks: herself, or who acts for her.
func asker(ctx context.Context, i inquiries.Inquiry) string {
	said := i18n.T(ctx, "inquiries.asked_by."+string(i.AskedBy))
	if i.Representative != "" {
		said += " · " + i.Representative
	}
	return said
}

// standing is where an inquiry stands, in a word or two.
func standing(i inquiries.Inquiry) ui.Tagged {
	switch {
	case i.Answer != nil:
		return ui.Tag("inquiries.outcome."+string(i.Answer.Outcome), ui.Neutral)
	case i.Extension != nil:
		return ui.Tag("inquiries.standing.extended", ui.Waiting)
	default:
		return ui.Tag("inquiries.standing.open", ui.Active)
	}
}
