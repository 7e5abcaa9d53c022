package referralsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/referralsview"
)

// showReferral shows what was sent; a draft has its preview instead, which everybody on the staff may read.
func (h *handlers) showReferral(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	file, err := h.referrals.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	switch {
	case !file.Referral.Draft():
	case access.Can(c.UserContext(), access.ReferralCreate):
		return web.See(c, paths.EditReferral(id))
	default:
		return web.See(c, paths.Preview(id))
	}
	reply := referralsview.NewReply(file)
	if web.Parked(c) {
		reply.Typed = web.Values(c)
		if id, err := ids.Parse[messages.Message](reply.Typed.Get("id")); err == nil {
			reply.ID = id.String()
		}
	}
	return web.Show(c, fiber.StatusOK, referralsview.ShowPage(file, reply, ngo(c)))
}

func (h *handlers) streamReferral(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	by, err := access.Require(c.UserContext(), access.ReferralShow)
	if err != nil {
		return err
	}
	// A stream about nothing of ours would tell whether it exists.
	if _, err := h.referrals.Find(c.UserContext(), id); err != nil {
		return err
	}
	return web.Stream(c, func(change live.Change) bool {
		return change.Tenant == by.Tenant && change.Referral == id.UUID()
	})
}

func (h *handlers) newRevocation(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	file, err := h.referrals.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !file.Referral.VisibleAt(file.At) {
		return web.See(c, paths.Referral(id))
	}
	return web.Show(c, fiber.StatusOK, referralsview.RevocationPage(file.Referral.Line))
}

func (h *handlers) createRevocation(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.referrals.Revoke(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "referrals.revoked")
	return web.See(c, paths.Referral(id))
}

func (h *handlers) createAcknowledgement(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	if err := h.referrals.Acknowledge(c.UserContext(), id, forms.ParseMoment(web.Values(c).Get("seen"))); err != nil {
		return err
	}
	web.Notice(c, "referrals.news.read")
	return web.See(c, paths.Referral(id))
}

func (h *handlers) createMessage(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	message, err := ids.Parse[messages.Message](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	reply := referrals.Reply{
		ID: message, Kind: forms.Choice(typed, "kind", messages.Kinds, &problems),
		Body: forms.Words(typed, "body", messages.MaxBody, &problems), Seen: forms.ParseMoment(typed.Get("seen")),
	}
	err = problems.Err()
	if err == nil {
		err = h.referrals.Reply(c.UserContext(), id, reply)
	}
	if problems, ok := fault.Correctable(err); ok {
		file, findErr := h.referrals.Find(c.UserContext(), id)
		if findErr != nil {
			return findErr
		}
		if file.Referral.Draft() {
			return err
		}
		form := referralsview.ReplyForm{ID: message.String(), Typed: typed, Problems: problems}
		if isConflict(err) {
			// Other words were sent under this identifier: these ones need one of their own.
			form.ID = ids.New[messages.Message]().String()
		}
		return web.Show(c, statusOf(err), referralsview.ShowPage(file, form, ngo(c)))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "referrals.reply.sent")
	return web.See(c, paths.Referral(id))
}
