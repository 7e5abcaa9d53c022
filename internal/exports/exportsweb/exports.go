// Package exportsweb is exports over HTTP: which there were, why there is to be another, and the file.
package exportsweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/exports"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/exportsview"
	"passerelle/views/paths"
)

type handlers struct{ exports *exports.Service }

// Routes registers the pages of exports.
func Routes(r *web.Routes, service *exports.Service) {
	h := &handlers{service}
	r.Get(paths.Exports, access.ExportList, h.listExports)
	r.Get(paths.NewExport, access.ExportCreate, h.newExport)
	r.Post(paths.Exports, access.ExportCreate, h.createExport)
	r.Get("/exports/:id", access.ExportList, h.showExport)
	r.Post("/exports/:id/answer", access.ExportAnswer, h.createAnswer)
	r.Post("/exports/:id/file", access.ExportCreate, h.createFile)
}

func (h *handlers) listExports(c *fiber.Ctx) error {
	listing, err := h.exports.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, exportsview.ListPage(listing))
}

func (h *handlers) newExport(c *fiber.Ctx) error {
	form := exportsview.Form{ID: ids.New[exports.Export](), Typed: url.Values{"subject": {string(exports.List)}, "format": {string(exports.XLSX)}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return web.Show(c, fiber.StatusOK, exportsview.NewPage(form))
}

func (h *handlers) createExport(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[exports.Export](typed.Get("id"))
	if err != nil {
		return err
	}
	order := exports.Order{Subject: exports.Subject(typed.Get("subject")), Format: exports.Format(typed.Get("format")), Reason: exports.Reason(typed.Get("reason"))}
	err = h.exports.Ask(c.UserContext(), id, order)
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, exportsview.NewPage(exportsview.Form{ID: id, Typed: typed, Problems: problems}))
	}
	if err != nil {
		return err
	}
	return web.See(c, paths.Export(id))
}

func (h *handlers) showExport(c *fiber.Ctx) error {
	id, err := web.ID[exports.Export](c, "id")
	if err != nil {
		return err
	}
	return h.show(c, fiber.StatusOK, id, nil)
}

func (h *handlers) show(c *fiber.Ctx, status int, id exports.ID, problems fault.Problems) error {
	shown, err := h.exports.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, exportsview.ShowPage(shown, problems))
}

func (h *handlers) createAnswer(c *fiber.Ctx) error {
	id, err := web.ID[exports.Export](c, "id")
	if err != nil {
		return err
	}
	err = h.exports.Answer(c.UserContext(), id, web.Values(c).Get("answer") == "grant")
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusConflict, id, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "exports.answered")
	return web.See(c, paths.Export(id))
}

func (h *handlers) createFile(c *fiber.Ctx) error {
	id, err := web.ID[exports.Export](c, "id")
	if err != nil {
		return err
	}
	file, err := h.exports.Take(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusConflict, id, problems)
	}
	if err != nil {
		return err
	}
	return web.Download(c, file.Name, file.Media, file.Body)
}
