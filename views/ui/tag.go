package ui

import (
	"context"

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

// Tag is a state in a word or two.
func Tag(label string, tone Tone) templ.Component {
	return Written(func(ctx context.Context, m *Markup) { m.Tag(ctx, label, tone) })
}
