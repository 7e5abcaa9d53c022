// Package agendaview is the HTML of deadlines: a date, why it is on that day, and what would change that.
package agendaview

import (
	"context"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/views/ui"
)

// soon is from how many days ahead on a date is pointed out.
const soon = 14

// Nearness is how near a date is: in words, and in a colour for those that press.
func Nearness(ctx context.Context, d deadlines.Deadline, now time.Time) ui.Tagged {
	left := d.Left(forms.Today(now))
	switch {
	case d.Late():
		return ui.Tag("agenda.late", ui.Bad)
	case !d.Open():
		return ui.Tag("agenda.settled", ui.Good)
	case d.Supposed:
		return ui.Tag("agenda.supposed", ui.Neutral)
	case !d.Presses():
		return ui.Tag("agenda.kind."+string(d.Rule.Kind), ui.Neutral)
	default:
		return Days(ctx, left)
	}
}

// year is one in days: how far off a date is that is years ahead need not be told to the day, since the date stands beside it.
const year = 365

// Days is how near a date that presses is.
func Days(ctx context.Context, left int) ui.Tagged {
	switch {
	case left < 0:
		return ui.Tag(i18n.T(ctx, "agenda.overdue", "Count", -left), ui.Bad)
	case left == 0:
		return ui.Tag("agenda.today", ui.Bad)
	case left <= soon:
		return ui.Tag(i18n.T(ctx, "agenda.left", "Count", left), ui.Waiting)
	case left < year/4:
		return ui.Tag(i18n.T(ctx, "agenda.left", "Count", left), ui.Neutral)
	case left < 2*year:
		return ui.Tag(i18n.T(ctx, "agenda.left_months", "Count", left*12/year), ui.Neutral)
	default:
		return ui.Tag(i18n.T(ctx, "agenda.left_years", "Count", left/year), ui.Neutral)
	}
}
