package dossiersview

import (
	"context"
	"net/url"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/retention"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

// Typed is a form as it stands on its page: what was typed, as it was typed, and what is wrong with it.
type Typed struct {
	// ID is that of what the form makes.
	ID       string
	Values   url.Values
	Problems fault.Problems
}

func (t Typed) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: t.Values.Get(name), Problems: t.Problems}
}

// from is a filter from another place on.
func from(f timeline.Filter, before timeline.Cursor) timeline.Filter {
	f.Before = before
	return f
}

func groupOptions() []ui.Option {
	options := []ui.Option{{Label: "timeline.filter.everything"}}
	for _, group := range timeline.Offered() {
		options = append(options, ui.Option{Value: string(group), Label: "timeline.group." + string(group)})
	}
	return options
}

func actorOptions(actors []timeline.Actor) []ui.Option {
	options := []ui.Option{{Label: "timeline.filter.anybody"}}
	for _, actor := range actors {
		options = append(options, ui.Option{Value: actor.ActorID.String(), Label: actor.ActorName})
	}
	return options
}

// closedSince says since when a dossier is closed, and whether somebody looks after the person again.
func closedSince(ctx context.Context, d dossiers.Dossier) string {
	if d.InAftercare() {
		return i18n.T(ctx, "dossiers.closure.in_aftercare", "Closed", i18n.Date(ctx, *d.ClosedAt), "Date", i18n.Date(ctx, *d.AftercareAt))
	}
	return i18n.T(ctx, "dossiers.closure.closed", "Date", i18n.Date(ctx, *d.ClosedAt))
}

func mentionOf(d dossiers.Dossier) dossiers.Mention {
	return dossiers.Mention{DossierID: d.DossierID, CodeName: d.CodeName}
}

// codeOptions offers codes by their messages, and first to leave the question unanswered.
func codeOptions[T ~string](prefix string, codes []T) []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, code := range codes {
		options = append(options, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return options
}

// verdictOptions are what an NGO finds, and what an authority does.
func verdictOptions() []ui.Option {
	options := codeOptions("dossiers.finding.verdict.", dossiers.Verdicts)
	for i := range options[1:] {
		options[i+1].Group = "dossiers.finding.of_authorities"
		if i < len(dossiers.NGOVerdicts) {
			options[i+1].Group = "dossiers.finding.of_ngo"
		}
	}
	return options
}

var verdictTones = map[dossiers.Verdict]ui.Tone{
	dossiers.Presumed: ui.Waiting, dossiers.Identified: ui.Active, dossiers.Unclear: ui.Neutral, dossiers.ContactLost: ui.Neutral, dossiers.NotTrafficking: ui.Neutral,
	dossiers.Indications: ui.Waiting, dossiers.Recognised: ui.Active, dossiers.Pending: ui.Neutral, dossiers.NotRecognised: ui.Neutral,
}

// parted are the findings that stand, and those that were corrected or withdrawn.
func parted(all []dossiers.Finding) (standing, past []dossiers.Finding) {
	for _, f := range all {
		if f.Stands() {
			standing = append(standing, f)
		} else {
			past = append(past, f)
		}
	}
	return standing, past
}

// FindingForm is a finding that is recorded or, with one that is wrong, corrected.
type FindingForm struct {
	Typed
	Dossier dossiers.Mention
	// Wrong is the finding in whose place the new one stands; nil where none is.
	Wrong *dossiers.Finding
}

// FindingValues are a statement as its form shows it.
func FindingValues(s dossiers.Statement) url.Values {
	return url.Values{"body": {string(s.Body)}, "verdict": {string(s.Verdict)}, "found_on": {dateTyped(s.On)}, "basis": {s.Basis}}
}

func (f FindingForm) title() string {
	if f.Wrong != nil {
		return "dossiers.finding.correct"
	}
	return "dossiers.finding.new"
}

func (f FindingForm) action() string {
	if f.Wrong != nil {
		return CorrectionURL(f.Wrong.FindingID)
	}
	return FindingsURL(f.Dossier.DossierID)
}

// ClosureForm is the page of closing, with what was typed into one of its forms.
type ClosureForm struct {
	Typed
	Closing dossiers.Closing
}

// kept is until when the dossier is kept, and what becomes of it then.
func (f ClosureForm) kept(ctx context.Context) string {
	if f.Closing.Then == retention.Keep {
		return i18n.T(ctx, "retention.kept_on")
	}
	return i18n.T(ctx, "retention.kept_until", "Day", i18n.Date(ctx, f.Closing.KeptUntil), "Outcome", i18n.T(ctx, "retention.outcome."+string(f.Closing.Then)))
}

// past are the closings that were followed by a reopening.
func (f ClosureForm) past() (found []dossiers.Closure) {
	for _, closure := range f.Closing.Closures {
		if !closure.Holds() {
			found = append(found, closure)
		}
	}
	return found
}

// offersClosing says whether the form for closing is shown: once nothing is owed, or where something was typed into it.
func (f ClosureForm) offersClosing() bool {
	return f.Closing.Owed.Clear() || len(f.Values) > 0
}

// owedOn is the page on which an obligation is settled.
func owedOn(id dossiers.ID, o dossiers.Obligation) string {
	if o.Part == "" {
		return Overview.Of(id)
	}
	return Part(o.Part).Of(id)
}

// WaiverForm is a date that somebody wants to do without.
type WaiverForm struct {
	Typed
	Dossier  dossiers.Mention
	Deadline deadlines.Deadline
}

// prosaic is a field in which somebody writes at length.
func prosaic(f ui.Field, hint string) ui.Field {
	f.Hint, f.Max, f.Rows = hint, forms.Narrative, 5
	return f
}
