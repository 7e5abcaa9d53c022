package journalweb

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/web"
	"passerelle/views/journalview"
)

func (h *handlers) showAccount(c *fiber.Ctx) error {
	id, err := web.ID[journal.Dossier](c, "id")
	if err != nil {
		return err
	}
	query, filter, problems := filterOf(c)
	if len(problems) > 0 {
		// What cannot be read narrows nothing: the page says so and shows everything.
		filter = journal.Filter{}
	}
	account, err := h.journal.OfDossier(c.UserContext(), id, filter)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, journalview.Account(journalview.AccountPage{Dossier: id, Account: account, Query: query, Problems: problems}))
}

// filterOf reads what to tell from the address of the page.
func filterOf(c *fiber.Ctx) (url.Values, journal.Filter, fault.Problems) {
	values := url.Values{}
	for _, name := range []string{"side", "sort", "from", "until", "before"} {
		if value := c.Query(name); value != "" {
			values.Set(name, value)
		}
	}
	var problems fault.Problems
	filter := journal.Filter{Before: journal.ParseCursor(values.Get("before"))}
	if side := journal.Side(values.Get("side")); slices.Contains(journal.Sides, side) {
		filter.Side = side
	}
	if sort := journal.Sort(values.Get("sort")); slices.Contains(journal.Sorts, sort) {
		filter.Sort = sort
	}
	filter.From, filter.Until = day(values, "from", &problems), day(values, "until", &problems)
	return values, filter, append(problems, filter.Check()...)
}

func day(values url.Values, field string, problems *fault.Problems) time.Time {
	if date := forms.Date(values, field, problems); date != nil {
		return *date
	}
	return time.Time{}
}

func (h *handlers) showSheet(c *fiber.Ctx) error {
	id, err := web.ID[journal.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.journal.SheetOf(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, journalview.Sheet(id, sheet, h.now()))
}

func (h *handlers) showReport(c *fiber.Ctx) error {
	report, err := h.journal.Report(c.UserContext(), journal.ParseWeek(c.Query("week"), h.now()))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, journalview.Report(report))
}
