package dossiersweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

func (h *handlers) showDeadlines(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	calendar, err := h.dossiers.Calendar(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.DeadlinesPage(calendar, h.now()))
}

func (h *handlers) newWaiver(c *fiber.Ctx) error {
	typed := url.Values{"rule": {c.Query("rule")}, "about": {c.Query("about")}}
	if web.Parked(c) {
		typed = web.Values(c)
	}
	return h.showWaiver(c, fiber.StatusOK, dossiersview.Typed{Values: typed})
}

// showWaiver shows the form for a date; where there is no such date any more, all of those that there are.
func (h *handlers) showWaiver(c *fiber.Ctx, status int, form dossiersview.Typed) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	calendar, err := h.dossiers.Calendar(c.UserContext(), id)
	if err != nil {
		return err
	}
	d, ok := calendar.List.Find(deadlines.RuleID(form.Values.Get("rule")), form.Values.Get("about"))
	if !ok {
		return web.See(c, dossiersview.Deadlines.Of(id))
	}
	return web.Show(c, status, dossiersview.WaiverPage(dossiersview.WaiverForm{Typed: form, Dossier: calendar.Mention, Deadline: d}, h.now()))
}

func (h *handlers) createWaiver(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := dossiersview.Typed{Values: web.Values(c)}
	reason := forms.Words(form.Values, "reason", forms.Narrative, &form.Problems)
	err = form.Problems.Err()
	if err == nil {
		err = h.dossiers.Waive(c.UserContext(), id, deadlines.RuleID(form.Values.Get("rule")), form.Values.Get("about"), reason)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showWaiver(c, statusOf(err), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.waiver.done")
	return web.See(c, dossiersview.Deadlines.Of(id))
}

func (h *handlers) destroyWaiver(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	if err := h.dossiers.TakeUp(c.UserContext(), id, deadlines.RuleID(typed.Get("rule")), typed.Get("about")); err != nil {
		return err
	}
	web.Notice(c, "dossiers.waiver.taken_up")
	return web.See(c, dossiersview.Deadlines.Of(id))
}
