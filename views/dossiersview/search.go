package dossiersview

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// SearchURL is where a search is posted: what is sought is in no address.
const SearchURL = ListURL + "/search"

// Search is what somebody typed, and what came of it; nothing was sought yet where Problems say why not.
type Search struct {
	Typed    string
	Problems fault.Problems
	Found    dossiers.Found
	Now      time.Time
}

var hitColumns = []ui.Column{
	{Label: "dossiers.code_name.label"}, {Label: "dossiers.search.name"}, {Label: "dossiers.search.age"}, {Label: "dossiers.phase.label", Extra: true},
	{Label: "dossiers.responsible.label", Extra: true},
}

func hits(s Search) templ.Component {
	return ui.Written(func(ctx context.Context, m *ui.Markup) {
		for _, hit := range s.Found.Hits {
			m.HTML(`<tr><th scope="row"><a href="`).Text(paths.Dossier(hit.DossierID)).HTML(`">`).Text(string(hit.CodeName)).HTML(`</a></th><td>`)
			m.Text(fullName(hit.Beneficiary))
			if hint := hint(hit.Quality); hint != "" {
				m.HTML(` <span class="pas-unknown">`).Say(hint, "").HTML(`</span>`)
			}
			m.HTML(`</td><td>`).Text(age(ctx, hit.Beneficiary, s.Now)).HTML(`</td><td class="pas-extra">`)
			m.Tag(ui.Tag("dossiers.phase."+string(hit.Phase), tone(hit.Phase)))
			m.HTML(`</td><td class="pas-extra">`).Text(s.Found.Responsible(hit)).HTML(`</td></tr>`)
		}
	})
}

func fullName(b dossiers.Beneficiary) string {
	return strings.TrimSpace(b.GivenNames + " " + b.FamilyName)
}

// hint says why a name that reads otherwise than what was typed is there.
func hint(quality dossiers.Quality) string {
	switch quality {
	case dossiers.Spelt:
		return "dossiers.search.spelt"
	case dossiers.Similar:
		return "dossiers.search.similar"
	case dossiers.Partly:
		return "dossiers.search.partly"
	default:
		return ""
	}
}
