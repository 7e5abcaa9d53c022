// Package dossiersview is the HTML of dossiers: the list, the dossier's own page, its forms, and the page on which two
// editors settle what they both changed.
package dossiersview

import (
	"net/url"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/timeline"
	"passerelle/views/paths"
)

// The addresses of dossiers. They hold identifiers and code names, never a person's name.
const (
	ListURL = "/dossiers"
	NewURL  = ListURL + "/new"
)

// EditURL is the form of a dossier's particulars.
func EditURL(id dossiers.ID) string { return paths.Dossier(id) + "/edit" }

// SituationURL is where the situation's texts are posted, EditSituationURL their form.
func SituationURL(id dossiers.ID) string { return paths.Dossier(id) + "/situation" }

// EditSituationURL is the form of the situation's texts.
func EditSituationURL(id dossiers.ID) string { return SituationURL(id) + "/edit" }

// LiveURL is the stream that says when something of a dossier changed.
func LiveURL(id dossiers.ID) string { return paths.Dossier(id) + "/live" }

// PhaseURL is the form that sets the phase, ReleaseURL where it is given back to the facts.
func PhaseURL(id dossiers.ID) string { return Path.Of(id) + "/phase" }

// ReleaseURL is where the phase is given back to the facts.
func ReleaseURL(id dossiers.ID) string { return PhaseURL(id) + "/destroy" }

// FindingsURL is where a finding is recorded.
func FindingsURL(id dossiers.ID) string { return paths.Dossier(id) + "/findings" }

// NewFindingURL is the form for one.
func NewFindingURL(id dossiers.ID) string { return FindingsURL(id) + "/new" }

// CorrectionURL puts another finding in the place of one.
func CorrectionURL(id dossiers.FindingID) string { return "/findings/" + id.String() + "/correction" }

// FindingWithdrawalURL takes a finding back.
func FindingWithdrawalURL(id dossiers.FindingID) string {
	return "/findings/" + id.String() + "/withdrawal"
}

// WaiversURL is where somebody does without a date, and the form for it.
func WaiversURL(id dossiers.ID) string { return Deadlines.Of(id) + "/waiver" }

// WaiverURL is the form for doing without one date.
func WaiverURL(id dossiers.ID, d deadlines.Deadline) string {
	return WaiversURL(id) + "?" + url.Values{"rule": {string(d.ID)}, "about": {d.Of}}.Encode()
}

// TakeUpURL is where a date counts again.
func TakeUpURL(id dossiers.ID) string { return WaiversURL(id) + "/destroy" }

// AftercareURL is where aftercare begins, ReopeningURL where a dossier is taken up again.
func AftercareURL(id dossiers.ID) string { return Closure.Of(id) + "/aftercare" }

// ReopeningURL is where a dossier is taken up again.
func ReopeningURL(id dossiers.ID) string { return Closure.Of(id) + "/reopening" }

// TimelineURL is a timeline as somebody filtered it.
func TimelineURL(id dossiers.ID, f timeline.Filter) string {
	query := url.Values{}
	for name, value := range map[string]string{"group": string(f.Group), "actor": f.Actor.String(), "before": f.Before.String()} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return Timeline.Of(id)
	}
	return Timeline.Of(id) + "?" + query.Encode()
}

// FilterURL is a list as somebody filtered it, to be kept or handed on.
func FilterURL(f dossiers.Filter) string {
	query := url.Values{}
	for name, value := range map[string]string{
		"phase": string(f.Phase), "responsible": f.Responsible.String(), "code_name": f.CodeName, "sort": string(f.Sort),
		"after": f.After.String(), "before": f.Before.String(),
	} {
		if value != "" && value != string(dossiers.Recent) {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return ListURL
	}
	return ListURL + "?" + query.Encode()
}

func sortedURL(f dossiers.Filter, sort dossiers.Sort) string {
	f.Sort, f.After, f.Before = sort, dossiers.Cursor{}, dossiers.Cursor{}
	return FilterURL(f)
}

func nextURL(p dossiers.Page) string {
	if p.Next.None() {
		return ""
	}
	f := p.Filter
	f.After, f.Before = p.Next, dossiers.Cursor{}
	return FilterURL(f)
}

func previousURL(p dossiers.Page) string {
	if p.Previous.None() {
		return ""
	}
	f := p.Filter
	f.After, f.Before = dossiers.Cursor{}, p.Previous
	return FilterURL(f)
}
