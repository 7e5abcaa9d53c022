package dossiersweb

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

func (h *handlers) showPath(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	path, err := h.dossiers.Path(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.PathPage(path))
}

func (h *handlers) editPhase(c *fiber.Ctx) error {
	form := dossiersview.Typed{ID: ids.New[dossiers.Setting]().String()}
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.ID = given(form.Values.Get("id"), form.ID)
	}
	return h.showPhase(c, fiber.StatusOK, form)
}

func (h *handlers) showPhase(c *fiber.Ctx, status int, form dossiersview.Typed) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	path, err := h.dossiers.Path(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, dossiersview.PhaseForm(path, form))
}

func (h *handlers) updatePhase(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.Typed{Values: web.Values(c)}
	setting, err := ids.Parse[dossiers.Setting](form.Values.Get("id"))
	if err != nil {
		return err
	}
	form.ID = setting.String()
	choice := dossiers.Choice{
		ID:     setting,
		Phase:  forms.Choice(form.Values, "phase", dossiers.SettablePhases, &form.Problems),
		Reason: forms.Words(form.Values, "reason", forms.Narrative, &form.Problems),
	}
	// Nonsense is no setting, and whoever has set one meanwhile is not overwritten.
	choice.Seen, _ = ids.Parse[dossiers.Setting](form.Values.Get("seen"))
	err = form.Problems.Err()
	if err == nil {
		err = h.dossiers.SetPhase(c.UserContext(), id, choice)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showPhase(c, statusOf(err), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.phase.is_set")
	return web.See(c, dossiersview.Path.Of(id))
}

// statusOf says whether somebody was quicker, or something has to be corrected.
func statusOf(err error) int {
	if errors.Is(err, fault.Conflict("")) {
		return fiber.StatusConflict
	}
	return fiber.StatusUnprocessableEntity
}

// given keeps the identifier of a form that is given back, so that it still makes one thing.
func given(typed, fresh string) string {
	if _, err := ids.Parse[dossiers.Dossier](typed); err == nil {
		return typed
	}
	return fresh
}

func (h *handlers) destroyPhase(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	if err := h.dossiers.ReleasePhase(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "dossiers.phase.released")
	return web.See(c, dossiersview.Path.Of(id))
}

func (h *handlers) showTimeline(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	filter := timeline.Filter{Before: timeline.ParseCursor(c.Query("before"))}
	if group := timeline.Group(c.Query("group")); slices.Contains(timeline.Groups, group) {
		filter.Group = group
	}
	if actor, err := dossiers.ParseMember(c.Query("actor")); err == nil {
		filter.Actor = actor
	}
	mention, page, err := h.dossiers.Timeline(c.UserContext(), id, filter)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.TimelinePage(mention, page))
}
