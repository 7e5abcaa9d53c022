// Package returnsweb is the pages of a voluntary return.
package returnsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/returns"
	"passerelle/internal/web"
)

type handlers struct {
	returns *returns.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, service *returns.Service) {
	h := &handlers{service}
	r.Get("/dossiers/:id/return", access.DossierShow, h.showReturn)
	r.Get("/dossiers/:id/return/preparation", access.ReturnWrite, h.editPreparation)
	r.Post("/dossiers/:id/return/preparation", access.ReturnWrite, h.updatePreparation)
	r.Get("/dossiers/:id/return/contact", access.ReturnWrite, h.newContact)
	r.Post("/dossiers/:id/return/contact", access.ReturnWrite, h.createContact)
	for _, milestone := range returns.Milestones {
		path := "/dossiers/:id/return/" + string(milestone)
		r.Get(path, access.ReturnWrite, func(c *fiber.Ctx) error { return h.newMilestone(c, milestone) })
		r.Post(path, access.ReturnWrite, func(c *fiber.Ctx) error { return h.createMilestone(c, milestone) })
	}
}
