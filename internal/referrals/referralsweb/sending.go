package referralsweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/referralsview"
)

func (h *handlers) showPreview(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	return h.preview(c, fiber.StatusOK, id, nil)
}

func (h *handlers) preview(c *fiber.Ctx, status int, id referrals.ID, problems fault.Problems) error {
	preview, err := h.referrals.Preview(c.UserContext(), id)
	if err != nil {
		return err
	}
	if problems == nil {
		problems = preview.Problems
	}
	return web.Show(c, status, referralsview.PreviewPage(preview, ngo(c), problems))
}

// ngo is the name under which the asker's organisation writes to offices.
func ngo(c *fiber.Ctx) string {
	principal, _ := access.From(c.UserContext())
	return principal.TenantName
}

func (h *handlers) createSending(c *fiber.Ctx) error {
	id, err := web.ID[timeline.Referral](c, "id")
	if err != nil {
		return err
	}
	_, err = h.referrals.Send(c.UserContext(), id, web.Values(c).Get("seal"))
	if problems, ok := fault.Correctable(err); ok && !errors.Is(err, fault.Refused("")) {
		return h.preview(c, statusOf(err), id, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "referrals.sent")
	return web.See(c, paths.Referral(id))
}

// statusOf is that of a form which is shown again.
func statusOf(err error) int {
	if isConflict(err) {
		return fiber.StatusConflict
	}
	return fiber.StatusUnprocessableEntity
}

func isConflict(err error) bool { return errors.Is(err, fault.Conflict("")) }
