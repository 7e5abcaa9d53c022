package dossiersweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/web"
	"passerelle/views/dossiersview"
)

// searchDossiers answers a search with a page, and not with an address that would have to hold what was typed.
func (h *handlers) searchDossiers(c *fiber.Ctx) error {
	search := dossiersview.Search{Typed: web.Values(c).Get("sought"), Now: h.now()}
	sought, err := dossiers.ParseSought(search.Typed)
	if search.Problems, err = toCorrect(err); err != nil {
		return err
	}
	if len(search.Problems) > 0 {
		return web.Show(c, fiber.StatusUnprocessableEntity, dossiersview.SearchResult(search))
	}
	if search.Found, err = h.dossiers.Search(c.UserContext(), sought); err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, dossiersview.SearchResult(search))
}

// leaveSearch is where the address of an answer leads that was typed, or that a language was chosen on: nothing of the
// search is left, and the list is where it began.
func (h *handlers) leaveSearch(c *fiber.Ctx) error { return web.See(c, dossiersview.ListURL) }
