// Package reflectionsweb is the pages of a dossier about the recovery and reflection period.
package reflectionsweb

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/reflections"
	"passerelle/internal/web"
)

type handlers struct {
	reflections *reflections.Service
	now         func() time.Time
}

// Routes registers the pages; now is the clock.
func Routes(r *web.Routes, service *reflections.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/reflection", access.DossierShow, h.listReflections)
	r.Get("/dossiers/:id/reflection/new", access.ReflectionWrite, h.newReflection)
	r.Post("/dossiers/:id/reflection", access.ReflectionWrite, h.createReflection)
	r.Get("/dossiers/:id/reflection/:reflection/edit", access.ReflectionWrite, h.editReflection)
	r.Post("/dossiers/:id/reflection/:reflection", access.ReflectionWrite, h.updateReflection)
	r.Get("/dossiers/:id/reflection/:reflection/extension", access.ReflectionWrite, h.newExtension)
	r.Post("/dossiers/:id/reflection/:reflection/extension", access.ReflectionWrite, h.createExtension)
	r.Post("/dossiers/:id/reflection/:reflection/extension/destroy", access.ReflectionWrite, h.destroyExtension)
	r.Get("/dossiers/:id/reflection/:reflection/ending", access.ReflectionWrite, h.newEnding)
	r.Post("/dossiers/:id/reflection/:reflection/ending", access.ReflectionWrite, h.createEnding)
	r.Post("/dossiers/:id/reflection/:reflection/ending/destroy", access.ReflectionWrite, h.destroyEnding)
}
