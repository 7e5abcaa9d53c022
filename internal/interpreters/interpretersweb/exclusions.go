package interpretersweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/web"
	"passerelle/views/interpretersview"
	"passerelle/views/paths"
)

func (h *handlers) newExclusion(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := interpretersview.Exclusion{ID: ids.New[interpreters.Exclusion]().String(), Typed: url.Values{"strength": {string(interpreters.Never)}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[interpreters.Exclusion](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.showExclusion(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showExclusion(c *fiber.Ctx, status int, dossier dossiers.ID, form interpretersview.Exclusion) error {
	occasion, err := h.appointments.Prepare(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	if form.Directory, err = h.interpreters.List(c.UserContext()); err != nil {
		return err
	}
	form.Dossier = occasion.Dossier
	return web.Show(c, status, interpretersview.ExclusionPage(form))
}

func (h *handlers) createExclusion(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[interpreters.Exclusion](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	terms := interpreters.Terms{
		Against: forms.Choice(typed, "against", interpreters.Againsts, &problems), Region: forms.Choice(typed, "region", forms.Codes(i18n.Countries(c.UserContext())), &problems),
		Community: forms.Text(typed, "community", forms.Short, &problems), Gender: forms.Choice(typed, "gender", interpreters.Genders, &problems),
		Strength: forms.Choice(typed, "strength", interpreters.Strengths, &problems), Reason: forms.Words(typed, "reason", forms.Narrative, &problems),
	}
	// Nonsense is nobody, whom the rule misses.
	terms.InterpreterID, _ = ids.Parse[interpreters.Interpreter](typed.Get("interpreter"))
	if err = problems.Err(); err == nil {
		err = h.interpreters.Exclude(c.UserContext(), dossier, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showExclusion(c, fiber.StatusUnprocessableEntity, dossier, interpretersview.Exclusion{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "interpreters.exclusion.recorded")
	return web.See(c, paths.Appointments(dossier))
}

func (h *handlers) createLifting(c *fiber.Ctx) error {
	id, err := web.ID[interpreters.Exclusion](c, "id")
	if err != nil {
		return err
	}
	dossier, err := h.interpreters.Lift(c.UserContext(), id)
	if err != nil {
		return err
	}
	web.Notice(c, "interpreters.exclusion.lifted")
	return web.See(c, paths.Appointments(dossier))
}
