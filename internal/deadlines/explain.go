package deadlines

import (
	"cmp"
	"context"
	"strings"

	"passerelle/internal/i18n"
)

// Explanation says a date in words of the reader: what it is, why it is on that day, and what would change that. Empty
// sentences do not apply.
type Explanation struct {
	// Name is what is due: end of the reflection period.
	Name string
	// Why is the arithmetic: 30 days from the decision of 3 May 2026 (art. 35 para. 1 ASEO).
	Why string
	// Compared says which of several facts counted, and when the others were.
	Compared string
	// Moved says over which days it moved, and from when.
	Moved string
	// Unconfirmed says that a jurist has yet to confirm the rule, or that the house has yet to set it.
	Unconfirmed string
	// Changes names the facts that would give another date; Settles those after which nobody waits for it.
	Changes, Settles string
	// Settled says what settled it, and when.
	Settled string
}

// Explain puts a deadline into words.
func (d Deadline) Explain(ctx context.Context) Explanation {
	e := Explanation{
		Name:    cmp.Or(d.Rule.Name, d.ID.name(ctx)),
		Why:     d.why(ctx),
		Changes: i18n.T(ctx, "deadlines.explain.changes", "Facts", d.changes(ctx)),
	}
	if len(d.With) > 0 {
		var facts []string
		for _, fact := range d.With {
			facts = append(facts, fact.Trigger.name(ctx)+" ("+i18n.LongDate(ctx, fact.On)+")")
		}
		e.Compared = i18n.T(ctx, "deadlines.explain."+d.Rule.Take, "Facts", strings.Join(facts, ", "))
	}
	if len(d.Passed) > 0 {
		var days []string
		for _, closed := range d.Passed {
			days = append(days, i18n.T(ctx, "deadlines.explain.passed", "Date", i18n.LongDate(ctx, closed.On), "Why", reason(ctx, closed)))
		}
		e.Moved = i18n.T(ctx, "deadlines.explain.moved", "Days", strings.Join(days, ", "))
	}
	switch {
	case d.Rule.Confirmed:
	case d.Rule.Basis.Law == houseLaw:
		e.Unconfirmed = i18n.T(ctx, "deadlines.explain.unset")
	default:
		e.Unconfirmed = i18n.T(ctx, "deadlines.explain.unconfirmed")
	}
	if d.Settled != nil {
		e.Settled = i18n.T(ctx, "deadlines.explain.settled", "Fact", d.Settled.Trigger.name(ctx), "Date", i18n.LongDate(ctx, d.Settled.On))
	} else if len(d.Settles) > 0 {
		e.Settles = i18n.T(ctx, "deadlines.explain.settles", "Facts", listOf(ctx, d.Settles))
	}
	return e
}

// changes lists what the date depends on: facts, and where working days are counted the canton's holidays.
func (d Deadline) changes(ctx context.Context) string {
	facts := listOf(ctx, d.Triggers)
	if d.Rule.Roll == forward || d.Rule.Unit == WorkingDays {
		facts += ", " + i18n.T(ctx, "deadlines.explain.calendar")
	}
	return facts
}

// why is the arithmetic and the article.
func (d Deadline) why(ctx context.Context) string {
	args := []any{"Span", d.Rule.span(ctx), "Fact", d.From.Trigger.name(ctx), "Date", i18n.LongDate(ctx, d.From.On), "Basis", d.Rule.Basis.Cite(ctx)}
	switch {
	case d.Rule.Amount == 0:
		return i18n.T(ctx, "deadlines.explain.same_day", args...)
	case d.Rule.Direction == before:
		return i18n.T(ctx, "deadlines.explain.before", args...)
	case d.Rule.StartDay == included:
		return i18n.T(ctx, "deadlines.explain.included", args...)
	default:
		return i18n.T(ctx, "deadlines.explain.after", args...)
	}
}

// Describe says how the rule counts, without a dossier: 30 days from the decision.
func (r Rule) Describe(ctx context.Context) string {
	args := []any{"Span", r.span(ctx), "Facts", listOf(ctx, r.Triggers)}
	switch {
	case r.Amount == 0:
		return i18n.T(ctx, "deadlines.describe.same_day", args...)
	case r.Direction == before:
		return i18n.T(ctx, "deadlines.describe.before", args...)
	default:
		return i18n.T(ctx, "deadlines.describe.after", args...)
	}
}

// Span is the length in words: 30 days, four months and a half.
func (l Length) Span(ctx context.Context) string {
	return Rule{Amount: l.Amount, Half: l.Half, Unit: l.Unit}.span(ctx)
}

// name is what the catalogues call a rule; empty where they do not know it.
func (id RuleID) name(ctx context.Context) string {
	key := "deadlines.rule." + string(id)
	if text := i18n.T(ctx, key); text != key {
		return text
	}
	return ""
}

// span is the length in words: 30 days, four months and a half.
func (r Rule) span(ctx context.Context) string {
	unit := string(r.Unit)
	if r.Half {
		unit = "half_months"
	}
	return i18n.T(ctx, "deadlines.span."+unit, "Count", r.Amount)
}

// name is what a fact is called in the middle of a sentence.
func (t Trigger) name(ctx context.Context) string { return i18n.T(ctx, "deadlines.trigger."+string(t)) }

func listOf(ctx context.Context, triggers []Trigger) string {
	names := make([]string, 0, len(triggers))
	for _, trigger := range triggers {
		names = append(names, trigger.name(ctx))
	}
	return strings.Join(names, ", ")
}

// reason is why a day is no working day: its weekday, a holiday of the catalogues, or a commune's own as it is called.
func reason(ctx context.Context, closed Closed) string {
	key := "deadlines.closed." + closed.Why
	if text := i18n.T(ctx, key); text != key {
		return text
	}
	return closed.Why
}

// Cite is the basis as the reader's language cites it: art. 35 al. 1 OASA, Art. 35 Abs. 1 VZAE.
func (b Basis) Cite(ctx context.Context) string {
	law := i18n.T(ctx, "deadlines.law."+strings.ToLower(b.Law))
	if b.Article == "" {
		return law
	}
	place := i18n.T(ctx, "deadlines.cite.article", "Article", b.Article)
	if b.Paragraph != "" {
		place += " " + i18n.T(ctx, "deadlines.cite.paragraph", "Paragraph", b.Paragraph)
	}
	if b.Letter != "" {
		place += " " + i18n.T(ctx, "deadlines.cite.letter", "Letter", b.Letter)
	}
	return place + " " + law
}
