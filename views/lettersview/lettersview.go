// Package lettersview is the HTML of letters: what was written for a person, a letter being written, and one ready to print.
package lettersview

import (
	"context"
	"net/url"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/letters"
	"passerelle/views/ui"
)

// Form is a letter being written.
type Form struct {
	ID       string
	Proposal letters.Proposal
	Typed    url.Values
	Problems fault.Problems
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "letters." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) rows(name string, rows, most int) ui.Field {
	field := f.field(name)
	field.Hint, field.Rows, field.Max = "letters."+name+".hint", rows, most
	return field
}

// TypedOf is the form of a proposal.
func TypedOf(p letters.Proposal) url.Values {
	return url.Values{"subject": {p.Contents.Subject}, "body": {p.Contents.Body}, "recipient": {p.Contents.Recipient}}
}

func templates() []ui.Option {
	options := make([]ui.Option, len(letters.Templates))
	for i, template := range letters.Templates {
		options[i] = ui.Option{Value: string(template), Label: "letters.template." + string(template), Hint: "letters.template." + string(template) + ".hint"}
	}
	return options
}

func languages() []ui.Option {
	options := make([]ui.Option, len(i18n.Langs))
	for i, lang := range i18n.Langs {
		options[i] = ui.Option{Value: string(lang), Label: lang.Name()}
	}
	return options
}

// dated is the day of a letter, in its own language.
func dated(ctx context.Context, letter letters.Letter) string {
	return i18n.LongDate(i18n.With(ctx, letter.Language), letter.WrittenAt)
}
