package platformweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) listAdministrators(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := url.Values{}
	if web.Parked(c) {
		typed = web.Values(c)
	}
	return h.administrators(c, fiber.StatusOK, id, typed, nil)
}

func (h *handlers) administrators(c *fiber.Ctx, status int, id tenantdb.TenantID, typed url.Values, problems fault.Problems) error {
	file, err := h.onboardings.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if file.State() != platform.Preparing {
		return web.See(c, paths.Tenant(id))
	}
	page := consoleview.AdministratorsPage{
		StepPage: consoleview.StepPage{File: file, Typed: typed, Problems: problems},
		ID:       ids.New[tenantdb.Person]().String(), Application: h.onboardings.Application(), Now: h.onboardings.Now(),
	}
	// Whoever is named already is not who is named next.
	if _, twice := problems.Of(""); !twice && typed.Get("id") != "" {
		page.ID = typed.Get("id")
	}
	return web.Show(c, status, consoleview.Administrators(page))
}

func (h *handlers) createAdministrator(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	member, err := ids.Parse[tenantdb.Person](typed.Get("id"))
	if err != nil {
		return err
	}
	handed, err := h.onboardings.Expect(c.UserContext(), id, member, platform.Administrator{Name: trimmed(typed, "name"), Email: trimmed(typed, "email")})
	if problems, ok := fault.Correctable(err); ok {
		return h.administrators(c, fiber.StatusUnprocessableEntity, id, typed, problems)
	}
	if err != nil {
		return err
	}
	return h.hand(c, id, handed)
}

// hand shows a code, once: it is kept nowhere, and no answer to it is stored by a browser.
func (h *handlers) hand(c *fiber.Ctx, id tenantdb.TenantID, handed platform.Handed) error {
	file, err := h.onboardings.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.HandedCode(consoleview.HandedPage{File: file, Handed: handed, Application: h.onboardings.Application()}))
}

func (h *handlers) newRenewal(c *fiber.Ctx) error {
	id, first, err := h.first(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.Renewal(consoleview.RenewalPage{TenantID: id, First: first}))
}

func (h *handlers) createRenewal(c *fiber.Ctx) error {
	id, first, err := h.first(c)
	if err != nil {
		return err
	}
	handed, err := h.onboardings.Renew(c.UserContext(), id, first.MemberID)
	if problems, ok := fault.Correctable(err); ok {
		return h.administrators(c, fiber.StatusConflict, id, url.Values{}, problems)
	}
	if err != nil {
		return err
	}
	return h.hand(c, id, handed)
}

// first is the administrator whom an address names.
func (h *handlers) first(c *fiber.Ctx) (id tenantdb.TenantID, first platform.First, err error) {
	if id, err = web.ID[tenantdb.Tenant](c, "id"); err != nil {
		return id, first, err
	}
	member, err := web.ID[tenantdb.Person](c, "member")
	if err != nil {
		return id, first, err
	}
	file, err := h.onboardings.Find(c.UserContext(), id)
	if err != nil {
		return id, first, err
	}
	for _, one := range file.First {
		if one.MemberID == member {
			return id, one, nil
		}
	}
	return id, first, fault.NotFound()
}
