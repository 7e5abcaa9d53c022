// Package proceedingsweb is the pages of a dossier about criminal proceedings.
package proceedingsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/proceedings"
	"passerelle/internal/web"
)

type handlers struct {
	proceedings *proceedings.Service
	now         func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *proceedings.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/proceedings", access.DossierShow, h.listProceedings)
	r.Get("/dossiers/:id/proceedings/new", access.ProceedingWrite, h.newProceeding)
	r.Post("/dossiers/:id/proceedings", access.ProceedingWrite, h.createProceeding)
	r.Get("/dossiers/:id/proceedings/:proceeding/edit", access.ProceedingWrite, h.editProceeding)
	r.Post("/dossiers/:id/proceedings/:proceeding", access.ProceedingWrite, h.updateProceeding)
	// The forms of entries name in their address which one they correct; without, they make a new one.
	r.Get("/dossiers/:id/proceedings/:proceeding/steps/edit", access.ProceedingWrite, h.editStep)
	r.Post("/dossiers/:id/proceedings/:proceeding/steps", access.ProceedingWrite, h.updateStep)
	r.Get("/dossiers/:id/proceedings/:proceeding/hearings/edit", access.ProceedingWrite, h.editHearing)
	r.Post("/dossiers/:id/proceedings/:proceeding/hearings", access.ProceedingWrite, h.updateHearing)
	r.Get("/dossiers/:id/proceedings/:proceeding/rulings/edit", access.ProceedingWrite, h.editRuling)
	r.Post("/dossiers/:id/proceedings/:proceeding/rulings", access.ProceedingWrite, h.updateRuling)
	r.Get("/dossiers/:id/proceedings/:proceeding/penalties/edit", access.ProceedingWrite, h.editPenalty)
	r.Post("/dossiers/:id/proceedings/:proceeding/penalties", access.ProceedingWrite, h.updatePenalty)
	r.Post("/dossiers/:id/proceedings/:proceeding/entries/destroy", access.ProceedingWrite, h.destroyEntry)
}
