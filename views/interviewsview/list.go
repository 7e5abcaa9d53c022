package interviewsview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/i18n"
	"passerelle/internal/interviews"
	"passerelle/internal/members"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// query is a list as somebody narrowed it.
func query(f interviews.Filter) string {
	values := url.Values{}
	for name, value := range map[string]string{
		"month": interviews.MonthText(f.Month), "kind": string(f.Kind), "member": f.Member.String(), "before": f.Before.String(),
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// older leads to the next page of a list at some address, and newest back to its first; empty leads nowhere.
func older(at string, f interviews.Filter, next interviews.Cursor) string {
	if next.None() {
		return ""
	}
	f.Before = next
	return at + query(f)
}

func newest(at string, f interviews.Filter) string {
	if f.Before.None() {
		return ""
	}
	f.Before = interviews.Cursor{}
	return at + query(f)
}

// kindsOf leads to the interviews of a dossier by their kind, those that there are.
func kindsOf(part interviews.Part) []ui.NavItem {
	at := paths.InterviewsOf(part.Dossier.DossierID)
	items := []ui.NavItem{{Key: "interviews.kind.all", URL: at, Current: part.Filter.Kind == "", Count: part.Tally.Of(time.Time{}, "").Interviews}}
	for _, kind := range interviews.Kinds {
		if n := part.Tally.Of(time.Time{}, kind).Interviews; n > 0 || kind == part.Filter.Kind {
			items = append(items, ui.NavItem{Key: kindKey(kind), URL: at + query(interviews.Filter{Kind: kind}), Current: part.Filter.Kind == kind, Count: n})
		}
	}
	return items
}

func monthOptions(page interviews.Page) []ui.Option {
	options := []ui.Option{{Label: "interviews.list.any_month"}}
	months := page.Tally.Months()
	if chosen := page.Filter.Month; !chosen.IsZero() && page.Tally.Of(chosen, "") == (interviews.Count{}) {
		months = append([]time.Time{chosen}, months...)
	}
	for _, month := range months {
		options = append(options, ui.Option{Value: interviews.MonthText(month), Label: monthName(month)})
	}
	return options
}

func anyKind() []ui.Option {
	return append([]ui.Option{{Label: "interviews.kind.all"}}, kindOptions()...)
}

func anybody(staff []members.Member) []ui.Option {
	options := []ui.Option{{Label: "interviews.list.anybody"}}
	for _, member := range staff {
		options = append(options, ui.Option{Value: member.MemberID.String(), Label: member.Name})
	}
	return options
}

// monthsShown is how many months the table of the list counts: the last year.
const monthsShown = 12

func lastMonths(page interviews.Page) []time.Time {
	months := page.Tally.Months()
	return months[:min(len(months), monthsShown)]
}

func countColumns() []ui.Column {
	columns := []ui.Column{{Label: "interviews.month.label"}}
	for _, kind := range interviews.Kinds {
		columns = append(columns, ui.Column{Label: kindKey(kind), Number: true, Extra: true})
	}
	return append(columns, ui.Column{Label: "interviews.total", Number: true}, ui.Column{Label: "interviews.length.label", Number: true})
}

// monthName is 11.2026.
func monthName(month time.Time) string { return month.Format("01.2006") }

// length is how long something took, as one says it.
func length(ctx context.Context, minutes int) string {
	if minutes < 60 {
		return i18n.T(ctx, "interviews.length.minutes", "Minutes", minutes)
	}
	if minutes%60 == 0 {
		return i18n.T(ctx, "interviews.length.hours", "Hours", minutes/60)
	}
	rest := strconv.Itoa(minutes % 60)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return i18n.T(ctx, "interviews.length.both", "Hours", minutes/60, "Minutes", rest)
}

// summary is how many a list has, and how long they took.
func summary(ctx context.Context, count interviews.Count) string {
	return i18n.T(ctx, "interviews.summary", "Count", count.Interviews, "Length", length(ctx, count.Minutes))
}

// byline is how long an interview took and who held it.
func byline(ctx context.Context, line interviews.Line, name string) string {
	return length(ctx, line.Minutes) + ", " + name
}

func heading(ctx context.Context, line interviews.Line) string {
	return i18n.DateTime(ctx, line.HeldAt) + " – " + i18n.T(ctx, kindKey(line.Kind))
}
