// Package remindersview is the HTML of "my work" and of the team's page: dates of many dossiers, by their code names.
package remindersview

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
	"passerelle/internal/reminders"
	"passerelle/views/agendaview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// columns are those of every list of dates.
var columns = []ui.Column{
	{Label: "reminders.on.label"}, {Label: "reminders.nearness.label"}, {Label: "reminders.rule.label"}, {Label: "dossiers.code_name.label"},
}

// refreshed makes the page fetch itself anew when its stream says so, and take only what waits out of it.
func refreshed(ctx context.Context) templ.Attributes {
	return ui.RefreshedPart(ctx, paths.Work, "#work")
}

// on is the day, or the month where lists are told no more.
func on(ctx context.Context, line reminders.Due) string {
	if line.ToTheMonth {
		return i18n.Month(ctx, line.DueOn)
	}
	return i18n.Date(ctx, line.DueOn)
}

// nearness is how near it is; of a month that has begun, that it has.
func nearness(ctx context.Context, line reminders.Due, day time.Time) ui.Tagged {
	left := line.Left(day)
	if line.ToTheMonth && left == 0 {
		return ui.Tag("reminders.this_month", ui.Bad)
	}
	return agendaview.Days(ctx, left)
}

// which tells one reminder from the others, to those who do not see its line.
func which(ctx context.Context, line reminders.Due, rules *deadlines.Rules) string {
	return rules.Name(ctx, line.Rule) + " " + on(ctx, line) + " " + string(line.CodeName)
}

// summary counts what is due.
func summary(ctx context.Context, work reminders.Work) string {
	var parts []string
	for _, part := range []struct {
		key string
		n   int
	}{
		{"reminders.count.overdue", len(work.Overdue)}, {"reminders.count.today", len(work.Today)},
		{"reminders.count.reminders", len(work.Reminders)}, {"reminders.count.week", len(work.Week)},
		{"reminders.count.tasks", len(work.Tasks)}, {"reminders.count.unwritten", len(work.Unwritten)},
		{"reminders.count.noteless", len(work.Noteless)},
	} {
		if part.n > 0 {
			parts = append(parts, i18n.T(ctx, part.key, "Count", part.n))
		}
	}
	if len(parts) == 0 {
		return i18n.T(ctx, "reminders.count.none")
	}
	return capital(strings.Join(parts, ", "))
}

// capital begins a sentence.
func capital(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}
