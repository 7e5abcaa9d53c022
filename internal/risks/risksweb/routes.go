// Package risksweb is the pages about how great the danger is, and about the safety plan.
package risksweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/risks"
	"passerelle/internal/web"
)

type handlers struct {
	risks *risks.Service
	now   func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *risks.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/risk", access.DossierShow, h.showRisk)
	r.Get("/dossiers/:id/risk/sheet", access.DossierShow, h.showSheet)
	r.Get("/dossiers/:id/risk/assessments/new", access.RiskWrite, h.newAssessment)
	r.Post("/dossiers/:id/risk/assessments", access.RiskWrite, h.createAssessment)
	r.Get("/dossiers/:id/risk/plan/edit", access.RiskWrite, h.editPlan)
	r.Post("/dossiers/:id/risk/plan", access.RiskWrite, h.updatePlan)
}
