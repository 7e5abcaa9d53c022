package erasuresweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/retention"
	"passerelle/internal/web"
	"passerelle/views/erasuresview"
	"passerelle/views/paths"
	"passerelle/views/retentionview"
)

func (h *handlers) showRetention(c *fiber.Ctx) error {
	kept, err := h.erasures.Retention(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, erasuresview.Retention(kept))
}

func (h *handlers) editRetention(c *fiber.Ctx) error {
	kept, err := h.erasures.Retention(c.UserContext())
	if err != nil {
		return err
	}
	form := retentionview.Form{Version: kept.Seen(), Typed: retentionview.TypedOf(kept.Schedule)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = form.Typed.Get("version")
	}
	return web.Show(c, fiber.StatusOK, erasuresview.EditRetention(form))
}

func (h *handlers) updateRetention(c *fiber.Ctx) error {
	typed := web.Values(c)
	schedule, problems := retention.Read(typed)
	err := problems.Err()
	if err == nil {
		err = h.erasures.Decide(c.UserContext(), typed.Get("version"), schedule)
	}
	if problems, ok := fault.Correctable(err); ok {
		form, status := retentionview.Form{Version: typed.Get("version"), Typed: typed, Problems: problems}, fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			kept, err := h.erasures.Retention(c.UserContext())
			if err != nil {
				return err
			}
			form.Version, form.Theirs, status = kept.Seen(), retentionview.TypedOf(kept.Schedule), fiber.StatusConflict
		}
		return web.Show(c, status, erasuresview.EditRetention(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "retention.saved")
	return web.See(c, paths.Retention)
}
