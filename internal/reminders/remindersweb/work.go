package remindersweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/live"
	"passerelle/internal/reminders"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/remindersview"
)

func (h *handlers) showWork(c *fiber.Ctx) error {
	work, err := h.reminders.Work(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, remindersview.WorkPage(work))
}

// streamWork wakes on any referral and any emergency of the tenant; whether it is the person's own work, the page finds out itself.
func (h *handlers) streamWork(c *fiber.Ctx) error {
	by, err := access.Require(c.UserContext(), access.WorkShow)
	if err != nil {
		return err
	}
	return web.Stream(c, func(change live.Change) bool {
		return change.Tenant == by.Tenant && (change.Emergency || !isZero(change.Referral))
	})
}

func isZero(id [16]byte) bool { return id == [16]byte{} }

func (h *handlers) createAcknowledgement(c *fiber.Ctx) error {
	id, err := web.ID[reminders.Reminder](c, "id")
	if err != nil {
		return err
	}
	if err := h.reminders.Acknowledge(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "reminders.notice.acknowledged")
	return web.See(c, paths.Work)
}
