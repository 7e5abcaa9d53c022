// Package mandatesweb is mandates over HTTP, for those who administer a tenant.
package mandatesweb

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/mandates"
	"passerelle/internal/web"
	"passerelle/views/mandatesview"
	"passerelle/views/paths"
)

type handlers struct{ mandates *mandates.Service }

// Routes registers the pages.
func Routes(r *web.Routes, service *mandates.Service) {
	h := &handlers{service}
	r.Get(paths.Mandates, access.MandateList, h.listMandates)
	r.Post(paths.Mandates+"/:id/approval", access.MandateAnswer, h.createApproval)
	r.Post(paths.Mandates+"/:id/refusal", access.MandateAnswer, h.createRefusal)
	r.Post(paths.Mandates+"/:id/ending", access.MandateList, h.createEnding)
}

func (h *handlers) listMandates(c *fiber.Ctx) error { return h.show(c, fiber.StatusOK, nil) }

func (h *handlers) show(c *fiber.Ctx, status int, problems fault.Problems) error {
	sheet, err := h.mandates.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, status, mandatesview.ListPage(mandatesview.Page{Sheet: sheet, Problems: problems}))
}

func (h *handlers) createApproval(c *fiber.Ctx) error {
	return h.act(c, h.mandates.Approve, "mandates.notice.approved")
}

func (h *handlers) createRefusal(c *fiber.Ctx) error {
	return h.act(c, h.mandates.Refuse, "mandates.notice.refused")
}

func (h *handlers) createEnding(c *fiber.Ctx) error {
	return h.act(c, h.mandates.End, "mandates.notice.ended")
}

// act does it and goes back to the list; what cannot be done is said above it.
func (h *handlers) act(c *fiber.Ctx, do func(context.Context, mandates.ID) error, notice string) error {
	id, err := web.ID[mandates.Mandate](c, "id")
	if err != nil {
		return err
	}
	err = do(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.show(c, status, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Mandates)
}
