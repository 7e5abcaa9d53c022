// Package tasksweb is tasks over HTTP: those of a dossier, and those of whoever asks.
package tasksweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tasks"
	"passerelle/internal/web"
)

type handlers struct {
	tasks *tasks.Service
	now   func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *tasks.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/tasks", access.WorkShow, h.listTasks)
	r.Post("/tasks", access.TaskWrite, h.createTask)
	r.Get("/tasks/new", access.TaskWrite, h.newTask)
	r.Get("/tasks/:id/edit", access.TaskWrite, h.editTask)
	r.Post("/tasks/:id", access.TaskWrite, h.updateTask)
	r.Post("/tasks/:id/ending", access.TaskWrite, h.createEnding)
	r.Post("/tasks/:id/ending/destroy", access.TaskWrite, h.destroyEnding)
	r.Get("/dossiers/:id/tasks", access.DossierShow, h.showTasks)
	r.Post("/dossiers/:id/tasks", access.TaskWrite, h.createTask)
	r.Get("/dossiers/:id/tasks/new", access.TaskWrite, h.newTask)
}
