package platformweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) newRemoval(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	tenant, err := h.tenants.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if tenant.RemovalDueAt != nil {
		return web.See(c, paths.Tenant(id))
	}
	return web.Show(c, fiber.StatusOK, consoleview.Remove(consoleview.RemovalForm{Tenant: tenant}))
}

func (h *handlers) createRemoval(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	reason, slug := platform.Reason(typed.Get("reason")), typed.Get("slug")
	err = h.tenants.PlanRemoval(c.UserContext(), id, reason, slug)
	if problems, ok := fault.Correctable(err); ok {
		tenant, err := h.tenants.Find(c.UserContext(), id)
		if err != nil {
			return err
		}
		if tenant.RemovalDueAt != nil {
			return h.show(c, fiber.StatusConflict, id, problems)
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, consoleview.Remove(consoleview.RemovalForm{Tenant: tenant, Reason: reason, Slug: slug, Problems: problems}))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "console.removal.planned")
	return web.See(c, paths.Tenant(id))
}

func (h *handlers) destroyRemoval(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	err = h.tenants.WithdrawRemoval(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusConflict, id, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "console.removal.withdrawn")
	return web.See(c, paths.Tenant(id))
}
