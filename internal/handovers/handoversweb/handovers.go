// Package handoversweb is the handing over of work over HTTP.
package handoversweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/handovers"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/handoversview"
	"passerelle/views/paths"
)

type handlers struct{ handovers *handovers.Service }

// Routes registers the pages.
func Routes(r *web.Routes, service *handovers.Service) {
	h := &handlers{service}
	r.Get(paths.Handovers, access.HandoverCreate, h.listHandovers)
	r.Get(paths.Handovers+"/:id", access.HandoverCreate, h.newHandover)
	r.Post(paths.Handovers+"/:id", access.HandoverCreate, h.createHandover)
}

func (h *handlers) listHandovers(c *fiber.Ctx) error {
	lines, err := h.handovers.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, handoversview.ListPage(lines))
}

func (h *handlers) newHandover(c *fiber.Ctx) error { return h.show(c, fiber.StatusOK, nil) }

func (h *handlers) show(c *fiber.Ctx, status int, problems fault.Problems) error {
	from, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	lines, err := h.handovers.List(c.UserContext())
	if err != nil {
		return err
	}
	form, ok := handoversview.NewForm(lines, from)
	if !ok {
		return fault.NotFound()
	}
	form.Typed, form.Problems = url.Values{}, problems
	if problems != nil || web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return web.Show(c, status, handoversview.FormPage(form))
}

func (h *handlers) createHandover(c *fiber.Ctx) error {
	from, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	to, _ := ids.Parse[tenantdb.Person](web.Values(c).Get("to")) // none chosen is a colleague that there is not
	_, err = h.handovers.HandOver(c.UserContext(), from, to)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "handovers.done")
	return web.See(c, paths.Handovers)
}
