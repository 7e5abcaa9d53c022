package ui

import (
	"context"
	"io"
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

// Tagged is the component of a Tag. Lists have hundreds of them, and write them by hand with Markup.Tag.
type Tagged struct {
	label string
	tone  Tone
}

// Tag is a state in a word or two. The zero Tagged is none.
func Tag(label string, tone Tone) Tagged { return Tagged{label, tone} }

// Render writes the tag.
func (t Tagged) Render(ctx context.Context, w io.Writer) error {
	return Written(func(_ context.Context, m *Markup) { m.Tag(t) }).Render(ctx, w)
}

// Tag writes a tag.
func (m *Markup) Tag(t Tagged) *Markup {
	if t == (Tagged{}) {
		return m
	}
	return m.HTML(`<strong class="govuk-tag `).Text(string(t.tone)).HTML(`">`).Say(t.label, "").HTML(`</strong>`)
}
