package remindersweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/web"
)

// updateLanguage keeps the language that was chosen: in the browser, and for whom e-mails go to as well.
func (h *handlers) updateLanguage(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if lang := i18n.Lang(web.Values(c).Get("language")); lang.Known() && access.Can(ctx, access.WorkShow) {
		if err := h.reminders.Speak(ctx, lang); err != nil {
			return err
		}
	}
	return web.ChooseLanguage(c)
}
