package dossiersview

import (
	"context"

	"github.com/a-h/templ"

	"passerelle/internal/dossiers"
	"passerelle/internal/members"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

func columns(f dossiers.Filter) []ui.Column {
	codeName := ui.Column{Label: "dossiers.code_name.label", SortURL: sortedURL(f, dossiers.ByCodeName)}
	updated := ui.Column{Label: "dossiers.list.updated", SortURL: sortedURL(f, dossiers.Recent), Extra: true}
	if f.Sort == dossiers.ByCodeName {
		codeName.Sorted = "ascending"
	} else {
		updated.Sorted = "descending"
	}
	return []ui.Column{codeName, {Label: "dossiers.phase.label"}, {Label: "dossiers.responsible.label"}, updated}
}

func rows(page dossiers.Page) templ.Component {
	return ui.Written(func(_ context.Context, m *ui.Markup) {
		for _, row := range page.Rows {
			m.HTML(`<tr><th scope="row"><a href="`).Text(paths.Dossier(row.DossierID)).HTML(`">`).Text(string(row.CodeName)).HTML(`</a></th><td>`)
			m.Tag(ui.Tag("dossiers.phase."+string(row.Phase), tone(row.Phase)))
			m.HTML(`</td><td>`).Text(page.Responsible(row)).HTML(`</td><td class="pas-extra">`).DateTime(row.UpdatedAt).HTML(`</td></tr>`)
		}
	})
}

var phases = orNone("dossiers.list.any_phase", answers("dossiers.phase.", dossiers.Phases))(context.Background(), Form{})

// countedUpTo is where counting stopped, 0 where it did not have to.
func countedUpTo(page dossiers.Page) int {
	if page.MoreThanCounted() {
		return dossiers.CountedUpTo
	}
	return 0
}

// anybody offers everybody, also those who left: their dossiers are the ones to look for.
func anybody(staff []members.Member) []ui.Option {
	options := []ui.Option{{Label: "dossiers.list.anybody"}}
	for _, member := range staff {
		options = append(options, ui.Option{Value: member.MemberID.String(), Label: member.Name})
	}
	return options
}
