package dossiersweb

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

func (h *handlers) listDossiers(c *fiber.Ctx) error {
	page, err := h.dossiers.List(c.UserContext(), filterOf(c))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.List(page))
}

// filterOf reads what to list from the address. What makes no sense in it narrows nothing, but for somebody whom
// nobody knows: their list is empty.
func filterOf(c *fiber.Ctx) dossiers.Filter {
	filter := dossiers.Filter{CodeName: dossiers.ParsePrefix(c.Query("code_name")), Sort: dossiers.Recent}
	if phase := dossiers.Phase(c.Query("phase")); slices.Contains(dossiers.Phases, phase) {
		filter.Phase = phase
	}
	if dossiers.Sort(c.Query("sort")) == dossiers.ByCodeName {
		filter.Sort = dossiers.ByCodeName
	}
	if member, err := dossiers.ParseMember(c.Query("responsible")); err == nil {
		filter.Responsible = member
	}
	if filter.After = dossiers.ParseCursor(filter.Sort, c.Query("after")); filter.After.None() {
		filter.Before = dossiers.ParseCursor(filter.Sort, c.Query("before"))
	}
	return filter
}
