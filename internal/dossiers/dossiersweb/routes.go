// Package dossiersweb is dossiers over HTTP: the list, a dossier's page, its forms.
package dossiersweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/live"
	"passerelle/internal/web"
)

type handlers struct {
	dossiers *dossiers.Service
	hub      *live.Hub
	now      func() time.Time
}

// Routes registers the pages of dossiers; now is the clock.
func Routes(r *web.Routes, service *dossiers.Service, hub *live.Hub, now func() time.Time) {
	h := &handlers{service, hub, now}
	r.Get("/dossiers", access.DossierList, h.listDossiers)
	r.Get("/dossiers/search", access.DossierSearch, h.leaveSearch)
	r.Post("/dossiers/search", access.DossierSearch, h.searchDossiers)
	r.Get("/dossiers/new", access.DossierCreate, h.newDossier)
	r.Post("/dossiers", access.DossierCreate, h.createDossier)
	r.Get("/dossiers/:id", access.DossierShow, h.showDossier)
	r.Get("/dossiers/:id/live", access.DossierShow, h.streamDossier)
	r.Get("/dossiers/:id/edit", access.DossierUpdate, h.editDossier)
	r.Post("/dossiers/:id", access.DossierUpdate, h.updateDossier)
	r.Get("/dossiers/:id/situation/edit", access.DossierUpdate, h.editSituation)
	r.Post("/dossiers/:id/situation", access.DossierUpdate, h.updateSituation)
}
