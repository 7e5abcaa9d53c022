package dossiersweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

func (h *handlers) editSituation(c *fiber.Ctx) error {
	file, form, err := h.opened(c)
	if err != nil {
		return err
	}
	form.Values, form.Version = dossiersview.SituationValues(file.Situation), file.SituationVersion
	if web.Parked(c) {
		form.Values = web.Values(c)
		form.Version = versionOf(form.Values)
	}
	return web.Show(c, fiber.StatusOK, dossiersview.EditSituation(form))
}

func (h *handlers) updateSituation(c *fiber.Ctx) error {
	file, form, err := h.opened(c)
	if err != nil {
		return err
	}
	form.Values = dossiersview.Take(web.Values(c), dossiersview.SituationValues(file.Situation))
	form.Version = versionOf(form.Values)
	situation, problems := dossiers.ReadSituation(form.Values)
	if len(problems) > 0 {
		return web.Show(c, fiber.StatusUnprocessableEntity, dossiersview.EditSituation(form.With(problems)))
	}
	current, err := h.dossiers.Describe(c.UserContext(), form.ID, form.Version, situation)
	if errors.Is(err, fault.Conflict("")) {
		form.Version = current.SituationVersion
		conflict := dossiersview.Conflict{Form: form, Theirs: dossiersview.SituationValues(current.Situation), Situation: true}
		return web.Show(c, fiber.StatusConflict, dossiersview.Settle(conflict))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "dossiers.saved")
	return web.See(c, dossiersview.Person.Of(form.ID))
}
