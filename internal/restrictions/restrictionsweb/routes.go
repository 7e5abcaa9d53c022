// Package restrictionsweb is who sees a dossier, and emergencies, over HTTP.
package restrictionsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/restrictions"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	restrictions *restrictions.Service
	now          func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *restrictions.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/admission", access.DossierShow, h.showAdmission)
	r.Post("/dossiers/:id/admission", access.RestrictionWrite, h.updateAdmission)
	r.Post("/dossiers/:id/admission/lifting", access.RestrictionWrite, h.createLifting)
	r.Get(paths.Emergencies, access.EmergencyList, h.listEmergencies)
	r.Get(paths.NewEmergency, access.EmergencyOpen, h.newEmergency)
	r.Post(paths.Emergencies, access.EmergencyOpen, h.createEmergency)
	r.Post(paths.Emergencies+"/:id/look", access.EmergencyLook, h.createLook)
}
