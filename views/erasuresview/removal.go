package erasuresview

import (
	"context"
	"net/url"
	"strconv"

	"passerelle/internal/access"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/retention"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Due is the page of what need not be kept any longer, with what was ticked on it.
type Due struct {
	erasures.Kept
	// Chosen are the dossiers that were ticked, As what was to become of them.
	Chosen   []string
	As       string
	Problems fault.Problems
}

// next is the page after this one.
func (d Due) next() string {
	if d.Next == "" {
		return ""
	}
	return paths.RetentionAfter(d.Next)
}

// previous is where the list begins.
func (d Due) previous() string {
	if d.First {
		return ""
	}
	return paths.Retention
}

// orders says whether whoever asks can order something on this page.
func (d Due) orders(ctx context.Context) bool {
	return access.Can(ctx, access.DossierErase) && d.first() >= 0
}

// first is the place of the first line that can go, at which a problem points; -1 is none.
func (d Due) first() int {
	for i, line := range d.Due {
		if !line.Held() {
			return i
		}
	}
	return -1
}

// tickID is the id of the box of a line.
func (d Due) tickID(i int) string {
	if i == d.first() {
		return "dossiers"
	}
	return "dossiers-" + strconv.Itoa(i+1)
}

func dueColumns() []ui.Column {
	return []ui.Column{{Label: "erasures.code_name"}, {Label: "dossiers.closure.reason.label"}, {Label: "retention.since"}, {Label: "retention.rule"}}
}

func removals() (options []ui.Option) {
	for _, outcome := range retention.Removals {
		options = append(options, ui.Option{Value: string(outcome), Label: "retention.as." + string(outcome), Hint: "retention.as." + string(outcome) + ".hint"})
	}
	return options
}

// hold says why something is not removed.
func hold(ctx context.Context, h erasures.Hold) string {
	if h.Day == nil {
		return i18n.T(ctx, h.Key)
	}
	return i18n.T(ctx, h.Key, "Day", day(*h.Day))
}

// decided is for how long something is kept, and what becomes of it then.
func decided(ctx context.Context, rule retention.Rule) string {
	if rule.Outcome == retention.Keep {
		return i18n.T(ctx, "retention.outcome.keep")
	}
	return i18n.T(ctx, "retention.decided", "Span", months(ctx, rule.Months), "Outcome", i18n.T(ctx, "retention.outcome."+string(rule.Outcome)))
}

// PostponementForm is until when a dossier is to be kept on, as it was filled in.
type PostponementForm struct {
	erasures.Standing
	// Version is erasures.Postponement.Seen of what was shown first.
	Version       string
	Typed, Theirs url.Values
	Problems      fault.Problems
}

// TypedOfPostponement is one as the form has it.
func TypedOfPostponement(p erasures.Postponement) url.Values {
	typed := url.Values{"ground": {string(p.Ground)}}
	if p.PostponedUntil != nil {
		typed.Set("until", day(*p.PostponedUntil))
	}
	return typed
}

func (f PostponementForm) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Problems: f.Problems}.Beside(f.Theirs)
}

func grounds() (options []ui.Option) {
	for _, ground := range erasures.Grounds {
		options = append(options, ui.Option{Value: string(ground), Label: "retention.ground." + string(ground)})
	}
	return options
}

func crumbsOf(line erasures.Line) []ui.Crumb {
	return []ui.Crumb{{Label: "dossiers.title", URL: dossiersview.ListURL}, {Label: string(line.CodeName), URL: paths.Dossier(line.DossierID)}}
}

// mayPostpone says whether whoever asks may keep a dossier on.
func mayPostpone(ctx context.Context, line erasures.Line) bool {
	by, ok := access.From(ctx)
	return ok && line.MayPostpone(by)
}
