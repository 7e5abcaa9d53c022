// Package remindersweb is "my work" and the team over HTTP, and the choice of a language, which e-mails follow.
package remindersweb

import (
	"passerelle/internal/access"
	"passerelle/internal/reminders"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	reminders *reminders.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, service *reminders.Service) {
	h := &handlers{service}
	r.Get(paths.Work, access.WorkShow, h.showWork)
	r.Get(paths.WorkLive, access.WorkShow, h.streamWork)
	r.Post("/reminders/:id/acknowledgement", access.ReminderAcknowledge, h.createAcknowledgement)
	r.Get(paths.Team, access.TeamShow, h.showTeam)
	r.Post("/language", access.Anyone, h.updateLanguage)
}
