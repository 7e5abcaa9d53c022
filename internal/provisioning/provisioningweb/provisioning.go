package provisioningweb

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/provisioning"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/provisioningview"
)

func (h *handlers) showProvisioning(c *fiber.Ctx) error { return h.show(c, fiber.StatusOK, nil, nil) }

func (h *handlers) show(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	if web.Parked(c) {
		typed = web.Values(c)
	}
	sheet, err := h.provisioning.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, provisioningview.Page(provisioningview.Props{Sheet: sheet, Token: ids.New[provisioning.Token]().String(), Typed: typed, Problems: problems}))
}

// done answers an act: the page, or the page with what has to be corrected.
func (h *handlers) done(c *fiber.Ctx, id signin.ConnectionID, err error, notice string) error {
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.show(c, status, web.Values(c), problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.ConnectionProvisioning(id))
}

func (h *handlers) updateProvisioning(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, h.provisioning.Choose(c.UserContext(), id, provisioning.Source(web.Values(c).Get("source"))), "provisioning.source.saved")
}

func (h *handlers) createToken(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	token, err := ids.Parse[provisioning.Token](web.Values(c).Get("id"))
	if err != nil {
		return err
	}
	code, err := h.provisioning.MakeToken(c.UserContext(), id, token)
	if err != nil || code == "" {
		return h.done(c, id, err, "provisioning.token.shown")
	}
	return web.Show(c, fiber.StatusOK, provisioningview.TokenPage(id, code))
}

func (h *handlers) destroyTokens(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, h.provisioning.Revoke(c.UserContext(), id), "provisioning.token.revoked")
}

func (h *handlers) createMatch(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	person, err := ids.Parse[provisioning.Person](typed.Get("person"))
	if err != nil {
		return err
	}
	return h.done(c, id, h.provisioning.Match(c.UserContext(), id, person, typed.Get("subject")), "provisioning.match.done")
}
