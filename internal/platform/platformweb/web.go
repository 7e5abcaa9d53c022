// Package platformweb is the console's pages about tenants, over HTTP.
package platformweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/announcements"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/mandates"
	"passerelle/internal/operators"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

// Services are what the pages do.
type Services struct {
	Tenants       *platform.Service
	Onboardings   *platform.Onboardings
	Operators     *operators.Service
	Announcements *announcements.Service
	Usage         *usage.Service
	Mandates      *mandates.Service
}

type handlers struct {
	tenants       *platform.Service
	onboardings   *platform.Onboardings
	operators     *operators.Service
	announcements *announcements.Service
	usage         *usage.Service
	mandates      *mandates.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, s Services) {
	h := &handlers{s.Tenants, s.Onboardings, s.Operators, s.Announcements, s.Usage, s.Mandates}
	r.Get("/", access.TenantManage, func(c *fiber.Ctx) error { return web.See(c, paths.Tenants) })
	r.Get(paths.Tenants, access.TenantManage, h.listTenants)
	r.Get(paths.NewTenant, access.TenantManage, h.newTenant)
	r.Post(paths.Tenants, access.TenantManage, h.createTenant)
	r.Get(paths.Tenants+"/:id", access.TenantManage, h.showTenant)
	r.Get(paths.Tenants+"/:id/suspension", access.TenantManage, h.newSuspension)
	r.Post(paths.Tenants+"/:id/suspension", access.TenantManage, h.createSuspension)
	r.Post(paths.Tenants+"/:id/suspension/destroy", access.TenantManage, h.destroySuspension)
	r.Get(paths.Tenants+"/:id/removal", access.TenantManage, h.newRemoval)
	r.Post(paths.Tenants+"/:id/removal", access.TenantManage, h.createRemoval)
	r.Post(paths.Tenants+"/:id/removal/destroy", access.TenantManage, h.destroyRemoval)
	r.Post(paths.Tenants+"/:id/opening", access.TenantManage, h.createOpening)
	for _, of := range steps {
		r.Get(paths.Tenants+"/:id/"+string(of.of), access.TenantManage, h.showStep(of))
		r.Post(paths.Tenants+"/:id/"+string(of.of), access.TenantManage, h.updateStep(of))
	}
	r.Post(paths.Tenants+"/:id/connection/checks", access.TenantManage, h.showChecks)
	r.Get(paths.Tenants+"/:id/administrators", access.TenantManage, h.listAdministrators)
	r.Post(paths.Tenants+"/:id/administrators", access.TenantManage, h.createAdministrator)
	r.Get(paths.Tenants+"/:id/administrators/:member/renewal", access.TenantManage, h.newRenewal)
	r.Post(paths.Tenants+"/:id/administrators/:member/renewal", access.TenantManage, h.createRenewal)

	r.Get(paths.Usage, access.UsageShow, h.listUsage)
	r.Get(paths.Tenants+"/:id/usage", access.UsageShow, h.showUsage)
	r.Post(paths.Tenants+"/:id/limits", access.LimitSet, h.updateLimits)

	r.Get(paths.Announcements, access.AnnouncementWrite, h.listAnnouncements)
	r.Get(paths.NewAnnouncement, access.AnnouncementWrite, h.newAnnouncement)
	r.Post(paths.Announcements, access.AnnouncementWrite, h.createAnnouncement)
	r.Get(paths.Announcements+"/:id/edit", access.AnnouncementWrite, h.editAnnouncement)
	r.Post(paths.Announcements+"/:id", access.AnnouncementWrite, h.updateAnnouncement)
	r.Post(paths.Announcements+"/:id/withdrawal", access.AnnouncementWrite, h.createWithdrawal)

	r.Get(paths.Tenants+"/:id/mandates", access.MandateAsk, h.listMandates)
	r.Post(paths.Tenants+"/:id/mandates", access.MandateAsk, h.createMandate)
	r.Post(paths.Tenants+"/:id/mandates/:mandate/return", access.MandateAsk, h.createReturn)
	r.Post(paths.Tenants+"/:id/mandates/:mandate/administrators", access.MandateAsk, h.createNamed)
	r.Post(paths.Tenants+"/:id/mandates/:mandate/registry", access.MandateAsk, h.updateRegistry)
}

func (h *handlers) listTenants(c *fiber.Ctx) error {
	tenants, err := h.tenants.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.Tenants(tenants))
}

func (h *handlers) showTenant(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	return h.show(c, fiber.StatusOK, id, nil)
}

// actsShown is how many of the last acts stand on a tenant's page; all of them are on the page of acts.
const actsShown = 10

func (h *handlers) show(c *fiber.Ctx, status int, id tenantdb.TenantID, problems fault.Problems) error {
	file, err := h.onboardings.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	acts, err := h.operators.Acts(c.UserContext(), id, ids.ID[operators.Act]{})
	if err != nil {
		return err
	}
	return web.Show(c, status, consoleview.Tenant(consoleview.TenantPage{File: file, Acts: acts[:min(len(acts), actsShown)], Problems: problems}))
}

func (h *handlers) newSuspension(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	tenant, err := h.tenants.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if tenant.State() == platform.Suspended {
		return web.See(c, paths.Tenant(id))
	}
	return web.Show(c, fiber.StatusOK, consoleview.Suspend(consoleview.SuspensionForm{Tenant: tenant}))
}

func (h *handlers) createSuspension(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	reason := platform.Reason(web.Values(c).Get("reason"))
	err = h.tenants.Suspend(c.UserContext(), id, reason)
	if problems, ok := fault.Correctable(err); ok {
		tenant, err := h.tenants.Find(c.UserContext(), id)
		if err != nil {
			return err
		}
		if tenant.State() == platform.Suspended {
			return h.show(c, fiber.StatusConflict, id, problems)
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, consoleview.Suspend(consoleview.SuspensionForm{Tenant: tenant, Reason: reason, Problems: problems}))
	}
	return h.done(c, id, "console.done.suspended", err)
}

func (h *handlers) destroySuspension(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, "console.done.resumed", h.tenants.Resume(c.UserContext(), id))
}

func (h *handlers) createOpening(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, "console.done.opened", h.tenants.GoLive(c.UserContext(), id))
}

// done leads back to the tenant's page, and says there what stood in the way.
func (h *handlers) done(c *fiber.Ctx, id tenantdb.TenantID, notice string, err error) error {
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusConflict, id, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Tenant(id))
}
