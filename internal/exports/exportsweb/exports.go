// Package exportsweb is exports over HTTP: why, and the file.
package exportsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/web"
	"passerelle/views/exportsview"
)

type handlers struct{ exports *exports.Service }

// Routes registers the pages of exports.
func Routes(r *web.Routes, service *exports.Service) {
	h := &handlers{service}
	r.Get(exportsview.URL, access.ExportCreate, h.newExport)
	r.Post(exportsview.URL, access.ExportCreate, h.createExport)
}

func (h *handlers) newExport(c *fiber.Ctx) error {
	return web.Show(c, fiber.StatusOK, exportsview.New(nil))
}

func (h *handlers) createExport(c *fiber.Ctx) error {
	body, err := h.exports.HTCDS(c.UserContext(), exports.Reason(web.Values(c).Get("reason")))
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, exportsview.New(problems))
	}
	if err != nil {
		return err
	}
	return web.Download(c, "htcds.csv", "text/csv; charset=utf-8", body)
}
