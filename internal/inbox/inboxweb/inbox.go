package inboxweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/inbox"
	"passerelle/internal/live"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

func (h *handlers) list(c *fiber.Ctx) error {
	ask := inbox.Ask{Tab: inbox.Tab(c.Query("tab")), After: inbox.ParseCursor(c.Query("after"))}
	if ask.After.Zero() {
		ask.Before = inbox.ParseCursor(c.Query("before"))
	}
	list, err := h.inbox.List(c.UserContext(), ask)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, inboxview.List(list))
}

// listLive says when anything changes that was sent to the office.
func (h *handlers) listLive(c *fiber.Ctx) error {
	by, err := h.inbox.Follow(c.UserContext())
	if err != nil {
		return err
	}
	return web.Stream(c, func(change live.Change) bool {
		return change.Tenant == by.Tenant && change.Office == by.Office
	})
}

func (h *handlers) show(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	opened, err := h.inbox.Open(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, inboxview.Referral(opened, empty(c, "kind")))
}

// showLive says when the referral changes, and when the reader is paused; one of another office never does.
func (h *handlers) showLive(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	by, err := h.inbox.Follow(c.UserContext())
	if err != nil {
		return err
	}
	return web.Stream(c, func(change live.Change) bool {
		return change.Tenant == by.Tenant && change.Office == by.Office && (change.Referral == id.UUID() || change.Person == by.Person)
	})
}
