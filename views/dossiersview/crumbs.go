package dossiersview

import (
	"passerelle/views/paths"
	"passerelle/views/ui"
)

func above() []ui.Crumb { return []ui.Crumb{{Label: "dossiers.title", URL: ListURL}} }

func aboveForm(f Form) []ui.Crumb {
	return append(above(), ui.Crumb{Label: string(f.CodeName), URL: paths.Dossier(f.ID)})
}

func (c Conflict) action() string {
	if c.Situation {
		return SituationURL(c.ID)
	}
	return paths.Dossier(c.ID)
}
