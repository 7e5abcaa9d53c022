package erasuresweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/retention"
	"passerelle/internal/web"
	"passerelle/views/erasuresview"
	"passerelle/views/paths"
)

func (h *handlers) createRemovals(c *fiber.Ctx) error {
	typed := web.Values(c)
	var chosen []dossiers.ID
	for _, text := range typed["dossiers"] {
		id, err := ids.Parse[dossiers.Dossier](text)
		if err != nil {
			return fault.NotFound()
		}
		chosen = append(chosen, id)
	}
	err := h.erasures.Order(c.UserContext(), chosen, retention.Outcome(typed.Get("as")))
	if problems, ok := fault.Correctable(err); ok {
		kept, err := h.erasures.Retention(c.UserContext(), "")
		if err != nil {
			return err
		}
		due := erasuresview.Due{Kept: kept, Chosen: typed["dossiers"], As: typed.Get("as"), Problems: problems}
		return web.Show(c, fiber.StatusUnprocessableEntity, erasuresview.Retention(due))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "retention.order.done")
	return web.See(c, paths.Retention)
}

func (h *handlers) destroyRemoval(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	if err := h.erasures.Withdraw(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "retention.withdrawn")
	return web.See(c, paths.Retention)
}

func (h *handlers) showStanding(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	standing, err := h.erasures.Standing(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, erasuresview.Standing(standing))
}

func (h *handlers) editPostponement(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	standing, err := h.erasures.Standing(c.UserContext(), id)
	if err != nil {
		return err
	}
	if standing.Going() {
		return web.Show(c, fiber.StatusOK, erasuresview.Standing(standing))
	}
	form := erasuresview.PostponementForm{Standing: standing, Version: standing.Postponement.Seen(), Typed: erasuresview.TypedOfPostponement(standing.Postponement)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = form.Typed.Get("version")
	}
	return web.Show(c, fiber.StatusOK, erasuresview.Postpone(form))
}

func (h *handlers) updatePostponement(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	var problems fault.Problems
	postponement := erasures.Postponement{PostponedUntil: forms.Date(typed, "until", &problems), Ground: erasures.Ground(typed.Get("ground"))}
	err = problems.Err()
	if err == nil {
		err = h.erasures.Postpone(c.UserContext(), id, typed.Get("version"), postponement)
	}
	if problems, ok := fault.Correctable(err); ok {
		standing, shown := h.erasures.Standing(c.UserContext(), id)
		if shown != nil {
			return shown
		}
		if standing.Going() {
			return web.Show(c, fiber.StatusUnprocessableEntity, erasuresview.Standing(standing))
		}
		form, status := erasuresview.PostponementForm{Standing: standing, Version: typed.Get("version"), Typed: typed, Problems: problems}, fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			form.Version, form.Theirs, status = standing.Postponement.Seen(), erasuresview.TypedOfPostponement(standing.Postponement), fiber.StatusConflict
		}
		return web.Show(c, status, erasuresview.Postpone(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "retention.postpone.done")
	return web.See(c, paths.DossierRetention(id))
}
