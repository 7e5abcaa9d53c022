package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Tone is what a tag's colour hints at; the words say it as well.
type Tone string

// The tones: what rests, what is under way, what is good, what waits for somebody, what is wrong or late.
const (
	Neutral Tone = "govuk-tag--grey"
	Active  Tone = "govuk-tag--blue"
	Good    Tone = "govuk-tag--green"
	Waiting Tone = "govuk-tag--yellow"
	Bad     Tone = "govuk-tag--red"
)

// Tag is a state in a word or two. It is the one component that is written by hand: a list has a hundred and fifty of
// them, which took a quarter of the time of its page.
func Tag(label string, tone Tone) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<strong class="govuk-tag `+templ.EscapeString(tone)+`">`+templ.EscapeString(say(ctx, label))+`</strong>`)
		return err
	})
}
