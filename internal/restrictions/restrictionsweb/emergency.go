package restrictionsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/restrictions"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/restrictionsview"
)

func (h *handlers) listEmergencies(c *fiber.Ctx) error {
	list, err := h.restrictions.List(c.UserContext())
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	return web.Show(c, fiber.StatusOK, restrictionsview.EmergenciesPage(list, by, h.now()))
}

func (h *handlers) newEmergency(c *fiber.Ctx) error {
	form := restrictionsview.EmergencyForm{ID: ids.New[restrictions.Emergency]().String()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.ID = form.Typed.Get("id")
	}
	return web.Show(c, fiber.StatusOK, restrictionsview.NewEmergencyPage(form))
}

func (h *handlers) createEmergency(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[restrictions.Emergency](typed.Get("id"))
	if err != nil {
		return err
	}
	name, err := dossiers.ParseCodeName(typed.Get("code_name"))
	var opened dossiers.ID
	if err == nil {
		opened, err = h.restrictions.Open(c.UserContext(), restrictions.Order{ID: id, CodeName: name, Reason: restrictions.Reason(typed.Get("reason")), Words: typed.Get("words")})
	}
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, restrictionsview.NewEmergencyPage(restrictionsview.EmergencyForm{ID: id.String(), Typed: typed, Problems: problems}))
	}
	if err != nil {
		return err
	}
	return web.See(c, paths.Dossier(opened))
}

func (h *handlers) createLook(c *fiber.Ctx) error {
	id, err := web.ID[restrictions.Emergency](c, "id")
	if err != nil {
		return err
	}
	if err := h.restrictions.Look(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "restrictions.looked")
	return web.See(c, paths.Emergencies)
}
