package inboxweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

func (h *handlers) createTaking(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	var from tenantdb.PersonID
	if named := web.Values(c).Get("from"); named != "" {
		if from, err = ids.Parse[tenantdb.Person](named); err != nil {
			return err
		}
	}
	err = h.inbox.Take(c.UserContext(), id, from)
	return h.answer(c, id, err, "inbox.notice.taken", empty(c, "kind"), inboxview.Referral)
}

func (h *handlers) createAcceptance(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	err = h.inbox.Accept(c.UserContext(), id)
	return h.answer(c, id, err, "inbox.notice.accepted", empty(c, "kind"), inboxview.Referral)
}

func (h *handlers) newDecline(c *fiber.Ctx) error {
	return h.ask(c, "reason", inbox.Line.Answerable, inboxview.Decline)
}

func (h *handlers) createDecline(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	words, form, err := typed(c, "reason")
	if err == nil {
		err = h.inbox.Decline(c.UserContext(), id, referrals.DeclineReason(form.Choice), words)
	}
	return h.answer(c, id, err, "inbox.notice.declined", form, inboxview.Decline)
}

func (h *handlers) newOutcome(c *fiber.Ctx) error {
	return h.ask(c, "outcome", inbox.Line.Accepted, inboxview.Outcome)
}

func (h *handlers) createOutcome(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	words, form, err := typed(c, "outcome")
	if err == nil {
		err = h.inbox.Close(c.UserContext(), id, referrals.Outcome(form.Choice), words)
	}
	return h.answer(c, id, err, "inbox.notice.closed", form, inboxview.Outcome)
}

// ask opens a page that asks for the office's last word; where there is nothing to ask any more, the referral says why.
func (h *handlers) ask(c *fiber.Ctx, choice string, sensible func(inbox.Line) bool, p page) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	opened, err := h.inbox.Open(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !sensible(opened.Line) {
		return web.See(c, inboxview.ReferralURL(id))
	}
	return web.Show(c, fiber.StatusOK, p(opened, empty(c, choice)))
}
