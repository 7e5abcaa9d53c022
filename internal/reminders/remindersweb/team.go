package remindersweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/web"
	"passerelle/views/remindersview"
)

func (h *handlers) showTeam(c *fiber.Ctx) error {
	team, err := h.reminders.Team(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, remindersview.TeamPage(team))
}
