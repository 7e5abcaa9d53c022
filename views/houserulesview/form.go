// Package houserulesview is the HTML of the rules that apply to a house: what each says, what the house has decided, and how
// many dossiers rest on older ones.
package houserulesview

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/houserules"
	"passerelle/internal/i18n"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Page is the table. Running says that dossiers are being brought up to date.
type Page struct {
	houserules.Table
	Running bool
}

// unfit names the rules of which a decision does not apply.
func (p Page) unfit(ctx context.Context) string {
	names := make([]string, len(p.Unfit))
	for i, id := range p.Unfit {
		names[i] = p.Name(ctx, id)
	}
	return strings.Join(names, ", ")
}

func (p Page) percent() string {
	return strconv.Itoa(100 * p.Age.Current() / max(p.Age.Dossiers, 1))
}

// columns are those of both tables of rules.
var columns = []ui.Column{
	{Label: "houserules.rule"}, {Label: "houserules.counts"}, {Label: "houserules.basis"}, {Label: "houserules.warn"},
	{Label: "houserules.valid", Extra: true}, {Label: "houserules.confirmed"},
}

// confirmed says whether somebody has confirmed a row, or who has yet to.
func confirmed(row deadlines.Rule) ui.Tagged {
	switch {
	case row.Confirmed:
		return ui.Tag("houserules.confirmed", ui.Good)
	case row.OfHouse():
		return ui.Tag("houserules.unset", ui.Waiting)
	default:
		return ui.Tag("houserules.unconfirmed", ui.Waiting)
	}
}

// valid is from when to when a row is.
func valid(ctx context.Context, row deadlines.Rule) string {
	var parts []string
	if !row.ValidFrom.IsZero() {
		parts = append(parts, i18n.T(ctx, "houserules.from", "Date", i18n.Date(ctx, row.ValidFrom)))
	}
	if !row.ValidTo.IsZero() {
		parts = append(parts, i18n.T(ctx, "houserules.to", "Date", i18n.Date(ctx, row.ValidTo)))
	}
	if len(parts) == 0 {
		return i18n.T(ctx, "houserules.always")
	}
	return strings.Join(parts, " ")
}

// Days are days ahead as a form takes them.
func Days(warn []int) string {
	texts := make([]string, len(warn))
	for i, days := range warn {
		texts[i] = strconv.Itoa(days)
	}
	return strings.Join(texts, ", ")
}

func warned(ctx context.Context, warn []int) string {
	if len(warn) == 0 {
		return i18n.T(ctx, "houserules.none")
	}
	return i18n.T(ctx, "houserules.warn.list", "Days", Days(warn))
}

// span is what was decided of a length; nothing where it was none of the house's.
func span(ctx context.Context, d houserules.Decision) string {
	if length := d.Length(); length != nil {
		return length.Span(ctx)
	}
	return ""
}

// Form is a decision being taken.
type Form struct {
	ID       string
	Rule     deadlines.RuleID
	Name     string
	Row      deadlines.Rule
	Seen     int
	Typed    url.Values
	Problems fault.Problems
}

// TypedOf is the form of what applies.
func TypedOf(row deadlines.Rule) url.Values {
	typed := url.Values{"warn": {Days(row.Warn)}}
	if row.OfHouse() {
		amount := strconv.Itoa(row.Amount)
		if row.Half {
			amount += ".5"
		}
		typed.Set("amount", amount)
		typed.Set("unit", string(row.Unit))
	}
	return typed
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "houserules." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "houserules." + name + ".hint"
	return field
}

func (f Form) reason() ui.Field {
	return ui.Field{Name: "reason", Label: "houserules.reason", Hint: "houserules.reason.hint", Value: f.Typed.Get("reason"), Problems: f.Problems, Rows: 3}
}

func units() []ui.Option {
	options := make([]ui.Option, len(houserules.Units))
	for i, unit := range houserules.Units {
		options[i] = ui.Option{Value: string(unit), Label: "houserules.unit." + string(unit)}
	}
	return options
}

func crumbs() []ui.Crumb { return []ui.Crumb{{Label: "houserules.title", URL: paths.HouseRules}} }
