package ui

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/i18n"
)

// TimelineItem is one thing that happened. Title is a message key; By is who did it, and Said what there is to add.
type TimelineItem struct {
	Title, By, Said string
	At              time.Time
}

// happened writes the items by hand: there may be a hundred.
func happened(items []TimelineItem) templ.Component {
	return Written(func(ctx context.Context, m *Markup) {
		for _, item := range items {
			m.HTML(`<li class="moj-timeline__item"><h3 class="moj-timeline__title">`).Say(item.Title, "").HTML(`</h3>`)
			if item.By != "" {
				m.HTML(`<p class="moj-timeline__byline">`).Text(i18n.T(ctx, "ui.by", "Name", item.By)).HTML(`</p>`)
			}
			m.HTML(`<p class="moj-timeline__date"><time datetime="`).Text(item.At.UTC().Format(time.RFC3339)).HTML(`">`).DateTime(item.At).HTML(`</time></p>`)
			if item.Said != "" {
				m.HTML(`<div class="moj-timeline__description"><p class="govuk-body">`).Text(item.Said).HTML(`</p></div>`)
			}
			m.HTML(`</li>`)
		}
	})
}
