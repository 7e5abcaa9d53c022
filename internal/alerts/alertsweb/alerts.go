package alertsweb

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/alerts"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/web"
	"passerelle/views/alertsview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

func (h *handlers) listAlerts(c *fiber.Ctx) error {
	ask := alerts.Ask{All: c.Query("show") == alertsview.ShowAll, After: alerts.ParseCursor(c.Query("after"))}
	return h.show(c, fiber.StatusOK, ask, nil)
}

func (h *handlers) show(c *fiber.Ctx, status int, ask alerts.Ask, problems fault.Problems) error {
	list, err := h.alerts.List(c.UserContext(), ask)
	if err != nil {
		return err
	}
	return web.Show(c, status, alertsview.List(list, problems))
}

// streamAlerts says of no change but that of alerts.
func (h *handlers) streamAlerts(c *fiber.Ctx) error {
	return web.Stream(c, func(live.Change) bool { return false })
}

func (h *handlers) showCount(c *fiber.Ctx) error {
	return web.Show(c, fiber.StatusOK, ui.Count(ui.FromRequest(c.UserContext()).Alerts))
}

func (h *handlers) createAcknowledgement(c *fiber.Ctx) error {
	return h.act(c, h.alerts.Acknowledge, "alerts.notice.acknowledged")
}

func (h *handlers) createLifting(c *fiber.Ctx) error {
	return h.act(c, h.alerts.Lift, "alerts.notice.lifted")
}

// act does it and goes back to the list; what cannot be done is said above it.
func (h *handlers) act(c *fiber.Ctx, do func(context.Context, alerts.ID, alerts.Reason) error, notice string) error {
	id, err := web.ID[alerts.Alert](c, "id")
	if err != nil {
		return err
	}
	err = do(c.UserContext(), id, alerts.Reason(web.Values(c).Get("reason")))
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, alerts.Ask{}, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Alerts)
}

// createDecoy leads to the alerts and not back to the dossier: looking at a decoy raises one, whoever does.
func (h *handlers) createDecoy(c *fiber.Ctx) error {
	return h.mark(c, h.alerts.Mark, "alerts.notice.marked")
}

func (h *handlers) destroyDecoy(c *fiber.Ctx) error {
	return h.mark(c, h.alerts.Unmark, "alerts.notice.unmarked")
}

func (h *handlers) mark(c *fiber.Ctx, do func(context.Context, ids.ID[journal.Dossier]) error, notice string) error {
	id, err := web.ID[journal.Dossier](c, "id")
	if err != nil {
		return err
	}
	if err := do(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Alerts)
}
