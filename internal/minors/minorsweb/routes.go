// Package minorsweb is the pages about somebody as a child.
package minorsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/minors"
	"passerelle/internal/web"
)

type handlers struct {
	minors *minors.Service
	now    func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *minors.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/childhood", access.DossierShow, h.showChildhood)
	r.Get("/dossiers/:id/childhood/ages/new", access.MinorWrite, h.newAge)
	r.Post("/dossiers/:id/childhood/ages", access.MinorWrite, h.createAge)
	r.Get("/dossiers/:id/childhood/guardians/new", access.MinorWrite, h.newGuardian)
	r.Post("/dossiers/:id/childhood/guardians", access.MinorWrite, h.createGuardian)
	r.Get("/dossiers/:id/childhood/guardians/:guardian/edit", access.MinorWrite, h.editGuardian)
	r.Post("/dossiers/:id/childhood/guardians/:guardian", access.MinorWrite, h.updateGuardian)
	r.Get("/dossiers/:id/childhood/reports/new", access.MinorWrite, h.newReport)
	r.Post("/dossiers/:id/childhood/reports", access.MinorWrite, h.createReport)
	r.Get("/dossiers/:id/childhood/reports/:report/edit", access.MinorWrite, h.editReport)
	r.Post("/dossiers/:id/childhood/reports/:report", access.MinorWrite, h.updateReport)
}
