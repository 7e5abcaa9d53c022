package platformweb

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) listUsage(c *fiber.Ctx) error {
	overview, err := h.usage.Overview(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.Usage(overview))
}

func (h *handlers) showUsage(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	var typed url.Values
	if web.Parked(c) {
		typed = web.Values(c)
	}
	return h.sheet(c, fiber.StatusOK, id, typed, nil, false)
}

func (h *handlers) sheet(c *fiber.Ctx, status int, id tenantdb.TenantID, typed url.Values, problems fault.Problems, conflict bool) error {
	sheet, err := h.usage.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	page := consoleview.SheetPage{Sheet: sheet, Typed: typed, Version: sheet.Limits.Version, Problems: problems}
	switch {
	case typed == nil:
		page.Typed = consoleview.TypedOfLimits(sheet.Limits)
	case conflict:
		page.Theirs = consoleview.TypedOfLimits(sheet.Limits)
	default:
		page.Version = seen(typed)
	}
	return web.Show(c, status, consoleview.Sheet(page))
}

const mostTyped = 1 << 30 // what is sensible, the rule says

func (h *handlers) updateLimits(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Tenant](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	var problems fault.Problems
	limits := usage.Limits{
		Members: forms.Int(typed, "members", 0, mostTyped, &problems), OfficePeople: forms.Int(typed, "office_people", 0, mostTyped, &problems),
		StorageMiB: forms.Int(typed, "storage", 0, mostTyped, &problems), Reason: forms.Text(typed, "reason", forms.Narrative, &problems), Version: seen(typed),
	}
	if err = problems.Err(); err == nil {
		err = h.usage.SetLimits(c.UserContext(), id, limits)
	}
	if problems, ok := fault.Correctable(err); ok {
		if errors.Is(err, fault.Conflict("")) {
			return h.sheet(c, fiber.StatusConflict, id, typed, problems, true)
		}
		return h.sheet(c, fiber.StatusUnprocessableEntity, id, typed, problems, false)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "usage.limit.saved")
	return web.See(c, paths.UsageOf(id))
}
