// Package dossiersview is the HTML of dossiers: the list, the dossier's own page, its forms, and the page on which two
// editors settle what they both changed.
package dossiersview

import (
	"net/url"

	"passerelle/internal/dossiers"
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
