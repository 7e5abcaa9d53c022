// Package minorsview is the pages about somebody as a child: then and now, who acts for her or him, what was reported.
package minorsview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/minors"
	"passerelle/views/dossiersview"
	"passerelle/views/ui"
)

// Form is a finding, a guardian or a report as it stands on the page: what was typed, as it was typed.
type Form struct {
	Dossier dossiers.Mention
	// ID is that of what is made, or changed; then Version is the one that was read when the form was opened.
	ID       string
	Changes  bool
	Version  int
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else has written meanwhile.
	Theirs url.Values
}

func (f Form) conflict() bool { return f.Theirs != nil }

func (f Form) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) version() string {
	if !f.Changes {
		return ""
	}
	return strconv.Itoa(f.Version)
}

// new is the identifier that the form carries where it makes something.
func (f Form) new() string {
	if f.Changes {
		return ""
	}
	return f.ID
}

// URL is the page of a dossier's child.
func URL(id dossiers.ID) string { return dossiersview.Childhood.Of(id) }

// The addresses of what stands on it: where it is posted; the forms lie at …/new and …/edit.

// AgesURL is where findings of age are posted.
func AgesURL(id dossiers.ID) string { return URL(id) + "/ages" }

// GuardiansURL is where guardians are posted.
func GuardiansURL(id dossiers.ID) string { return URL(id) + "/guardians" }

// ReportsURL is where reports are posted.
func ReportsURL(id dossiers.ID) string { return URL(id) + "/reports" }

func (f Form) action(list string) string {
	if f.Changes {
		return list + "/" + f.ID
	}
	return list
}

// TypedGuardian is the form of a guardian.
func TypedGuardian(g minors.Guardian) url.Values {
	details := g.Particulars.Get()
	return url.Values{
		"role": {string(g.Role)}, "since": {typed(&g.Since)}, "until": {typed(g.Until)},
		"name": {details.Name}, "reached": {details.Reached}, "appointed_by": {details.AppointedBy},
	}
}

// TypedReport is the form of a report.
func TypedReport(r minors.Report) url.Values {
	details := r.Particulars.Get()
	return url.Values{
		"reported_on": {typed(&r.ReportedOn)}, "answered_on": {typed(r.AnsweredOn)},
		"authority": {details.Authority}, "contents": {details.Contents}, "answer": {details.Answer},
	}
}

func typed(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

func options[T ~string](prefix string, codes []T) []ui.Option {
	list := make([]ui.Option, len(codes))
	for i, code := range codes {
		list[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return list
}

// childTag says whether somebody is a child; in doubt it says that she or he counts as one.
func childTag(child bool, why minors.Ground) ui.Tagged {
	switch {
	case child && why == minors.InDoubt:
		return ui.Tag("minors.counts_as_child", ui.Waiting)
	case child:
		return ui.Tag("minors.child", ui.Active)
	default:
		return ui.Tag("minors.of_age", ui.Neutral)
	}
}

// happened is what a moment is: a fact of the agenda, or the opening of the dossier.
func happened(ctx context.Context, m minors.Moment) string {
	return i18n.T(ctx, "minors.moment."+string(m.Trigger))
}

func years(ctx context.Context, m minors.Moment) string {
	if !m.Known {
		return i18n.T(ctx, "minors.age.unknown")
	}
	return i18n.T(ctx, "minors.age.years", "Count", m.Years)
}

func period(ctx context.Context, g minors.Guardian) string {
	if g.Until == nil {
		return i18n.T(ctx, "minors.since", "Date", i18n.Date(ctx, g.Since))
	}
	return i18n.Date(ctx, g.Since) + " – " + i18n.Date(ctx, *g.Until)
}

// doubtful says that nobody knows the age for certain, so that a finding is what would settle it.
func doubtful(c minors.Childhood) bool { return c.Now.Why == minors.InDoubt }

func limited(f ui.Field, most int) ui.Field {
	f.Max = most
	return f
}

func hinted(f ui.Field, hint string) ui.Field {
	f.Hint = hint
	return f
}

// verbatim is for names, which browsers must neither mend nor look up.
func verbatim(f ui.Field) ui.Field {
	f.Verbatim = true
	return f
}
