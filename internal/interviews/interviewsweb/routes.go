// Package interviewsweb is interviews over HTTP: writing one from anywhere, those of a dossier, those of all.
package interviewsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/interviews"
	"passerelle/internal/web"
)

type handlers struct {
	interviews *interviews.Service
	now        func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *interviews.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/interviews", access.DossierList, h.listInterviews)
	r.Post("/interviews", access.InterviewWrite, h.createInterview)
	r.Get("/interviews/new", access.InterviewWrite, h.newInterview)
	r.Post("/interviews/drafts", access.InterviewWrite, h.updateDraft)
	r.Post("/interviews/drafts/destroy", access.InterviewWrite, h.destroyDraft)
	r.Get("/interviews/:id", access.DossierShow, h.showInterview)
	r.Get("/interviews/:id/edit", access.InterviewWrite, h.editInterview)
	r.Post("/interviews/:id", access.InterviewWrite, h.updateInterview)
	r.Get("/dossiers/:id/interviews", access.DossierShow, h.showInterviews)
	r.Get("/dossiers/:id/interviews/new", access.InterviewWrite, h.newInterview)
}
