// Package staysweb is the pages of a dossier about titles of stay.
package staysweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/stays"
	"passerelle/internal/web"
)

type handlers struct {
	stays *stays.Service
	now   func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *stays.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/stays", access.DossierShow, h.listStays)
	r.Get("/dossiers/:id/stays/new", access.StayWrite, h.newStay)
	r.Post("/dossiers/:id/stays", access.StayWrite, h.createStay)
	r.Get("/dossiers/:id/stays/presence", access.StayWrite, h.editPresence)
	r.Post("/dossiers/:id/stays/presence", access.StayWrite, h.updatePresence)
	r.Get("/dossiers/:id/stays/:stay/edit", access.StayWrite, h.editStay)
	r.Post("/dossiers/:id/stays/:stay", access.StayWrite, h.updateStay)
}
