// Package departuresweb is how an organisation leaves, over HTTP, for those who administer it.
package departuresweb

import (
	"context"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/departures"
	"passerelle/internal/fault"
	"passerelle/internal/web"
	"passerelle/views/departuresview"
	"passerelle/views/paths"
)

type handlers struct{ departures *departures.Service }

// Routes registers the pages.
func Routes(r *web.Routes, service *departures.Service) {
	h := &handlers{service}
	r.Get(paths.Leaving, access.DepartureShow, h.showDeparture)
	r.Post(paths.HandoverKey, access.HandoverKeyWrite, h.updateKey)
	r.Post(paths.HandoverKeyConfirmation, access.HandoverKeyWrite, h.createConfirmation)
}

func (h *handlers) showDeparture(c *fiber.Ctx) error {
	page := departuresview.Page{}
	if web.Parked(c) {
		page.Recipient = web.Values(c).Get("recipient")
	}
	return h.show(c, fiber.StatusOK, page)
}

func (h *handlers) show(c *fiber.Ctx, status int, page departuresview.Page) (err error) {
	if page.Sheet, err = h.departures.Show(c.UserContext()); err != nil {
		return err
	}
	return web.Show(c, status, departuresview.Departure(page))
}

func (h *handlers) updateKey(c *fiber.Ctx) error {
	typed := web.Values(c)
	return h.act(c, departuresview.Page{Recipient: typed.Get("recipient")}, "departures.notice.given", func(ctx context.Context, seen int) error {
		return h.departures.Give(ctx, seen, typed.Get("recipient"))
	})
}

func (h *handlers) createConfirmation(c *fiber.Ctx) error {
	return h.act(c, departuresview.Page{}, "departures.notice.confirmed", h.departures.Confirm)
}

// act does something with the key that was seen, and shows the page again.
func (h *handlers) act(c *fiber.Ctx, page departuresview.Page, notice string, do func(ctx context.Context, seen int) error) error {
	seen, err := strconv.Atoi(web.Values(c).Get("version"))
	if err != nil {
		seen = -1 // what no form of ours holds has moved
	}
	err = do(c.UserContext(), seen)
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		page.Problems = problems
		return h.show(c, status, page)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Leaving)
}
