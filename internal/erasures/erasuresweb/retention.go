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
	kept, err := h.erasures.Retention(c.UserContext(), c.Query("after"))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, erasuresview.Retention(erasuresview.Due{Kept: kept}))
}

func (h *handlers) editRetention(c *fiber.Ctx) error {
	policy, err := h.erasures.Policy(c.UserContext())
	if err != nil {
		return err
	}
	form := retentionview.Form{Version: policy.Seen(), Typed: retentionview.TypedOfPolicy(policy)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = form.Typed.Get("version")
	}
	return web.Show(c, fiber.StatusOK, erasuresview.EditRetention(form))
}

func (h *handlers) updateRetention(c *fiber.Ctx) error {
	typed := web.Values(c)
	policy, problems := retention.ReadPolicy(typed)
	err := problems.Err()
	if err == nil {
		err = h.erasures.Decide(c.UserContext(), typed.Get("version"), policy)
	}
	if problems, ok := fault.Correctable(err); ok {
		form, status := retentionview.Form{Version: typed.Get("version"), Typed: typed, Problems: problems}, fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			standing, err := h.erasures.Policy(c.UserContext())
			if err != nil {
				return err
			}
			form.Version, form.Theirs, status = standing.Seen(), retentionview.TypedOfPolicy(standing), fiber.StatusConflict
		}
		return web.Show(c, status, erasuresview.EditRetention(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "retention.saved")
	return web.See(c, paths.Retention)
}
