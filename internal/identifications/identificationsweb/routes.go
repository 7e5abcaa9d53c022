// Package identificationsweb is the pages about what speaks for somebody being a victim, and about the sets of indicators.
package identificationsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/identifications"
	"passerelle/internal/web"
)

type handlers struct {
	identifications *identifications.Service
	now             func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *identifications.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/identification", access.DossierShow, h.showIdentification)
	r.Get("/dossiers/:id/identification/new", access.IdentificationWrite, h.newAssessment)
	r.Post("/dossiers/:id/identification", access.IdentificationWrite, h.createAssessment)
	r.Get("/dossiers/:id/identification/:identification/reading", access.IdentificationWrite, h.newReading)
	r.Post("/dossiers/:id/identification/:identification/reading", access.IdentificationWrite, h.createReading)
	r.Get("/indicator-sets", access.IndicatorSetLoad, h.listSets)
	r.Post("/indicator-sets", access.IndicatorSetLoad, h.createSet)
	r.Get("/indicator-sets/template", access.IndicatorSetLoad, h.showTemplate)
}
