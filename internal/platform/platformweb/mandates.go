package platformweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/mandates"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) listMandates(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := url.Values{}
	if web.Parked(c) {
		typed = web.Values(c)
	}
	return h.mandated(c, fiber.StatusOK, id, typed, nil)
}

func (h *handlers) mandated(c *fiber.Ctx, status int, id tenantdb.TenantID, typed url.Values, problems fault.Problems) error {
	sheet, err := h.mandates.For(c.UserContext(), id)
	if err != nil {
		return err
	}
	page := consoleview.MandatesPage{Sheet: sheet, Typed: typed, Problems: problems, ID: ids.New[mandates.Mandate]().String(), Member: ids.New[tenantdb.Person]().String()}
	return web.Show(c, status, consoleview.Mandates(page))
}

// afterwards says what stood in the way, or leads back to the tenant's mandates.
func (h *handlers) afterwards(c *fiber.Ctx, id tenantdb.TenantID, typed url.Values, notice string, err error) error {
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.mandated(c, status, id, typed, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.MandatesOf(id))
}

func (h *handlers) createMandate(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	mandate, err := ids.Parse[mandates.Mandate](typed.Get("id"))
	if err != nil {
		return err
	}
	request := mandates.Request{MandateID: mandate, TenantID: id, Purpose: trimmed(typed, "purpose")}
	for _, act := range typed["acts"] {
		request.Acts = append(request.Acts, mandates.Act(act))
	}
	request.Hours, _ = strconv.Atoi(typed.Get("hours")) // no number is none that is allowed
	return h.afterwards(c, id, typed, "mandates.notice.asked", h.mandates.Ask(c.UserContext(), request))
}

// within reads the tenant and the mandate of an address.
func (h *handlers) within(c *fiber.Ctx) (id tenantdb.TenantID, mandate mandates.ID, err error) {
	if id, err = web.ID[tenantdb.Tenant](c, "id"); err != nil {
		return id, mandate, err
	}
	mandate, err = web.ID[mandates.Mandate](c, "mandate")
	return id, mandate, err
}

func (h *handlers) createReturn(c *fiber.Ctx) error {
	id, mandate, err := h.within(c)
	if err != nil {
		return err
	}
	return h.afterwards(c, id, url.Values{}, "mandates.notice.returned", h.mandates.Return(c.UserContext(), id, mandate))
}

func (h *handlers) createNamed(c *fiber.Ctx) error {
	id, mandate, err := h.within(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	member, err := ids.Parse[tenantdb.Person](typed.Get("id"))
	if err != nil {
		return err
	}
	handed, err := h.mandates.NameAdministrator(c.UserContext(), id, mandate, member, platform.Administrator{Name: trimmed(typed, "name"), Email: trimmed(typed, "email")})
	if err != nil {
		return h.afterwards(c, id, typed, "", err)
	}
	return h.hand(c, id, handed)
}

func (h *handlers) updateRegistry(c *fiber.Ctx) error {
	id, mandate, err := h.within(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	correction := platform.Correction{Name: trimmed(typed, "registry_name"), Regime: blueprints.Regime(typed.Get("regime"))}
	for _, language := range typed["languages"] {
		correction.Languages = append(correction.Languages, i18n.Lang(language))
	}
	return h.afterwards(c, id, typed, "mandates.notice.corrected", h.mandates.Correct(c.UserContext(), id, mandate, correction))
}
