package consentsweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/consents"
	"passerelle/internal/web"
	"passerelle/views/consentsview"
	"passerelle/views/paths"
)

func (h *handlers) newWithdrawal(c *fiber.Ctx) error {
	id, err := web.ID[consents.Consent](c, "id")
	if err != nil {
		return err
	}
	consent, err := h.consents.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if consent.WithdrawnAt != nil {
		return web.See(c, paths.Dossier(consent.DossierID))
	}
	ends, err := h.referrals.RestingOn(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consentsview.WithdrawalPage(consent, ends))
}

func (h *handlers) createWithdrawal(c *fiber.Ctx) error {
	id, err := web.ID[consents.Consent](c, "id")
	if err != nil {
		return err
	}
	consent, err := h.consents.Withdraw(c.UserContext(), id)
	if err != nil {
		return err
	}
	web.Notice(c, "consents.withdrawn")
	return web.See(c, paths.Dossier(consent.DossierID))
}
