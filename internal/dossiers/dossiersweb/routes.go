// Package dossiersweb is dossiers over HTTP: the list, a dossier's page, its forms.
package dossiersweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/web"
)

type handlers struct {
	dossiers *dossiers.Service
	now      func() time.Time
}

// Routes registers the pages of dossiers; now is the clock.
func Routes(r *web.Routes, service *dossiers.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers", access.DossierList, h.listDossiers)
	r.Get("/dossiers/search", access.DossierSearch, h.leaveSearch)
	r.Post("/dossiers/search", access.DossierSearch, h.searchDossiers)
	r.Get("/dossiers/new", access.DossierCreate, h.newDossier)
	r.Post("/dossiers", access.DossierCreate, h.createDossier)
	r.Get("/dossiers/:id", access.DossierShow, h.showDossier)
	r.Get("/dossiers/:id/person", access.DossierShow, h.showPerson)
	r.Get("/dossiers/:id/timeline", access.DossierShow, h.showTimeline)
	r.Get("/dossiers/:id/deadlines", access.DossierShow, h.showDeadlines)
	r.Get("/dossiers/:id/deadlines/waiver", access.DeadlineWaive, h.newWaiver)
	r.Post("/dossiers/:id/deadlines/waiver", access.DeadlineWaive, h.createWaiver)
	r.Post("/dossiers/:id/deadlines/waiver/destroy", access.DeadlineWaive, h.destroyWaiver)
	r.Get("/dossiers/:id/path", access.DossierShow, h.showPath)
	r.Get("/dossiers/:id/path/phase", access.PhaseSet, h.editPhase)
	r.Post("/dossiers/:id/path/phase", access.PhaseSet, h.updatePhase)
	r.Post("/dossiers/:id/path/phase/destroy", access.PhaseSet, h.destroyPhase)
	r.Get("/dossiers/:id/findings/new", access.FindingWrite, h.newFinding)
	r.Post("/dossiers/:id/findings", access.FindingWrite, h.createFinding)
	r.Get("/findings/:id/correction", access.FindingWrite, h.newCorrection)
	r.Post("/findings/:id/correction", access.FindingWrite, h.createCorrection)
	r.Get("/findings/:id/withdrawal", access.FindingWrite, h.newFindingWithdrawal)
	r.Post("/findings/:id/withdrawal", access.FindingWrite, h.createFindingWithdrawal)
	r.Get("/dossiers/:id/closure", access.DossierShow, h.showClosure)
	r.Post("/dossiers/:id/closure", access.DossierClose, h.createClosure)
	r.Post("/dossiers/:id/closure/aftercare", access.DossierClose, h.createAftercare)
	r.Post("/dossiers/:id/closure/reopening", access.DossierClose, h.createReopening)
	r.Get("/dossiers/:id/live", access.DossierShow, h.streamDossier)
	r.Get("/dossiers/:id/edit", access.DossierUpdate, h.editDossier)
	r.Post("/dossiers/:id", access.DossierUpdate, h.updateDossier)
	r.Get("/dossiers/:id/situation/edit", access.DossierUpdate, h.editSituation)
	r.Post("/dossiers/:id/situation", access.DossierUpdate, h.updateSituation)
}
