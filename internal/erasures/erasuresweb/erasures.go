// Package erasuresweb is erasures over HTTP: asking once more, the certificates.
package erasuresweb

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/web"
	"passerelle/views/erasuresview"
	"passerelle/views/paths"
)

type handlers struct {
	erasures *erasures.Service
	now      func() time.Time
}

// Routes registers the pages of erasures; now is the clock.
func Routes(r *web.Routes, service *erasures.Service, now func() time.Time) {
	h := &handlers{service, now}
	r.Get("/dossiers/:id/erasure", access.DossierErase, h.newErasure)
	r.Post("/dossiers/:id/erasure", access.DossierErase, h.createErasure)
	r.Get("/erasures", access.ErasureShow, h.listErasures)
	r.Get("/erasures/:id", access.ErasureShow, h.showErasure)
	r.Get(paths.Retention, access.ErasureShow, h.showRetention)
	r.Get(paths.EditRetention, access.RetentionDecide, h.editRetention)
	r.Post(paths.Retention, access.RetentionDecide, h.updateRetention)
	r.Post(paths.Removals, access.DossierErase, h.createRemovals)
	r.Post("/dossiers/:id/removal/withdrawal", access.DossierErase, h.destroyRemoval)
	r.Get("/dossiers/:id/retention", access.RetentionShow, h.showStanding)
	r.Get("/dossiers/:id/postponement", access.RetentionPostpone, h.editPostponement)
	r.Post("/dossiers/:id/postponement", access.RetentionPostpone, h.updatePostponement)
}

func (h *handlers) newErasure(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	return h.ask(c, id, fiber.StatusOK, nil)
}

// ask asks once more, with what was typed before and what was wrong with it.
func (h *handlers) ask(c *fiber.Ctx, id dossiers.ID, status int, problems fault.Problems) error {
	prospect, err := h.erasures.Prepare(c.UserContext(), id)
	if err != nil {
		return err
	}
	values := web.Values(c)
	form := erasuresview.Form{Prospect: prospect, Reason: values.Get("reason"), CodeName: values.Get("code_name"), Problems: problems}
	return web.Show(c, status, erasuresview.New(form))
}

func (h *handlers) createErasure(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	values := web.Values(c)
	order := erasures.Order{Reason: erasures.Reason(values.Get("reason")), CodeName: values.Get("code_name")}
	if err := h.erasures.Erase(c.UserContext(), id, order); err != nil {
		if problems, ok := fault.Correctable(err); ok {
			return h.ask(c, id, fiber.StatusUnprocessableEntity, problems)
		}
		// Sent twice: the first one has done it.
		if _, found := h.erasures.Find(c.UserContext(), id); found == nil {
			return web.See(c, paths.Erasure(id))
		}
		return err
	}
	web.Notice(c, "erasures.done")
	return web.See(c, paths.Erasure(id))
}

func (h *handlers) listErasures(c *fiber.Ctx) error {
	list, err := h.erasures.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, erasuresview.List(list, h.now()))
}

func (h *handlers) showErasure(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	erasure, err := h.erasures.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	return web.Show(c, fiber.StatusOK, erasuresview.Certificate(erasure, by.TenantName, h.now()))
}
