// Package projectsweb is the pages of a person's way to an independent life.
package projectsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/projects"
	"passerelle/internal/web"
)

type handlers struct {
	projects *projects.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, projects *projects.Service) {
	h := &handlers{projects}
	r.Get("/dossiers/:id/integration", access.DossierShow, h.showIntegration)
	r.Get("/dossiers/:id/integration/project", access.ProjectWrite, h.editProject)
	r.Post("/dossiers/:id/integration/project", access.ProjectWrite, h.updateProject)
	r.Get("/dossiers/:id/integration/step", access.ProjectWrite, h.editStep)
	r.Post("/dossiers/:id/integration/step", access.ProjectWrite, h.updateStep)
}
