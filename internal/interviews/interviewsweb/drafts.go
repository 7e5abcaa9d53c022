package interviewsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/web"
	"passerelle/views/interviewsview"
)

// updateDraft keeps what somebody is typing, and answers with the words for the line beside the form.
func (h *handlers) updateDraft(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[interviews.Interview](typed.Get("id"))
	if err != nil {
		return err
	}
	var dossier dossiers.ID
	if chosen := typed.Get("dossier"); chosen != "" {
		if dossier, err = ids.Parse[dossiers.Dossier](chosen); err != nil {
			return err
		}
	}
	at, err := h.interviews.Keep(c.UserContext(), id, dossier, interviewsview.OfForm(typed))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, interviewsview.Kept(at))
}

func (h *handlers) destroyDraft(c *fiber.Ctx) error {
	id, err := ids.Parse[interviews.Interview](web.Values(c).Get("id"))
	if err != nil {
		return err
	}
	if err := h.interviews.Discard(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "interviews.draft.discarded")
	return web.See(c, web.OwnAddress(c))
}
