package inboxweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/forms"
	"passerelle/internal/messages"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

func (h *handlers) createMessage(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	words, form, err := typed(c, "kind")
	words.Seen = forms.ParseMoment(web.Values(c).Get("seen"))
	if err == nil {
		err = h.inbox.Write(c.UserContext(), id, messages.Kind(form.Choice), words)
	}
	return h.answer(c, id, err, "inbox.notice.written", form, inboxview.Referral)
}
