// Package confidencesweb is the notes of a profession over HTTP.
package confidencesweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/confidences"
	"passerelle/internal/web"
)

type handlers struct {
	confidences *confidences.Service
	now         func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *confidences.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/confidences", access.DossierShow, h.listCircles)
	r.Post("/dossiers/:id/circles", access.ConfidenceKeep, h.createCircle)
	r.Get("/dossiers/:id/circles/:orphan/succession", access.ConfidenceHandOn, h.newSuccession)
	r.Post("/dossiers/:id/circles/:orphan/succession", access.ConfidenceHandOn, h.createSuccession)
	r.Get("/circles/:id", access.ConfidenceKeep, h.showCircle)
	r.Get("/circles/:id/notes/new", access.ConfidenceKeep, h.newNote)
	r.Post("/circles/:id/notes", access.ConfidenceKeep, h.createNote)
	r.Post("/circles/:id/members", access.ConfidenceKeep, h.createMember)
	r.Post("/circles/:id/removal", access.ConfidenceKeep, h.destroyMember)
	r.Post("/circles/:id/closure", access.ConfidenceKeep, h.createClosure)
	r.Get("/notes/:id/edit", access.ConfidenceKeep, h.editNote)
	r.Post("/notes/:id", access.ConfidenceKeep, h.updateNote)
	r.Get("/notes/:id/striking", access.ConfidenceKeep, h.newStriking)
	r.Post("/notes/:id/striking", access.ConfidenceKeep, h.createStriking)
}
