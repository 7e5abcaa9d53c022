package interviewsweb

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/interviews"
	"passerelle/internal/web"
	"passerelle/views/interviewsview"
)

func (h *handlers) showInterviews(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	part, err := h.interviews.OfDossier(c.UserContext(), id, filterOf(c))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, interviewsview.PartPage(part))
}

func (h *handlers) listInterviews(c *fiber.Ctx) error {
	filter := filterOf(c)
	filter.Month = interviews.ParseMonth(c.Query("month"))
	if member, err := dossiers.ParseMember(c.Query("member")); err == nil {
		filter.Member = member
	}
	page, err := h.interviews.List(c.UserContext(), filter)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, interviewsview.ListPage(page))
}

// filterOf reads what both lists are narrowed by. What makes no sense in the address narrows nothing.
func filterOf(c *fiber.Ctx) interviews.Filter {
	filter := interviews.Filter{Before: interviews.ParseCursor(c.Query("before"))}
	if kind := interviews.Kind(c.Query("kind")); slices.Contains(interviews.Kinds, kind) {
		filter.Kind = kind
	}
	return filter
}
