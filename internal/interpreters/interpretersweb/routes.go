// Package interpretersweb is the pages of the directory of interpreters, and those on which a dossier excludes some.
package interpretersweb

import (
	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/interpreters"
	"passerelle/internal/web"
)

type handlers struct {
	interpreters *interpreters.Service
	appointments *appointments.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, interpreters *interpreters.Service, appointments *appointments.Service) {
	h := &handlers{interpreters, appointments}
	r.Get("/interpreters", access.InterpreterList, h.listInterpreters)
	r.Get("/interpreters/new", access.InterpreterWrite, h.newInterpreter)
	r.Post("/interpreters", access.InterpreterWrite, h.createInterpreter)
	r.Get("/interpreters/:id/edit", access.InterpreterWrite, h.editInterpreter)
	r.Post("/interpreters/:id", access.InterpreterWrite, h.updateInterpreter)
	r.Get("/dossiers/:id/exclusions/new", access.AppointmentWrite, h.newExclusion)
	r.Post("/dossiers/:id/exclusions", access.AppointmentWrite, h.createExclusion)
	r.Post("/exclusions/:id/lifting", access.AppointmentWrite, h.createLifting)
}
