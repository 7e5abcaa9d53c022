package inboxweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/forms"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

func (h *handlers) createAcknowledgement(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	if err := h.inbox.Acknowledge(c.UserContext(), id, forms.ParseMoment(web.Values(c).Get("seen"))); err != nil {
		return err
	}
	web.Notice(c, "inbox.notice.read")
	return web.See(c, inboxview.ReferralURL(id))
}
