package inboxweb

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/alerts"
	"passerelle/internal/web"
	"passerelle/views/inboxview"
)

// unlessPaused tells whoever is paused so, whatever was asked for. Words that were typed are kept, as often as somebody tries,
// until they can be sent.
func (h *handlers) unlessPaused(do fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := do(c)
		if !errors.Is(err, alerts.ErrPaused) {
			return err
		}
		at, kept := web.OwnAddress(c), web.Values(c).Get("body") != ""
		if kept {
			if at, err = h.keep(c); err != nil {
				return err
			}
		}
		return web.Stop(c, at, inboxview.Paused(at, kept))
	}
}

// follow ends the stream of whoever is paused, so that the open page finds out.
func (h *handlers) follow(do fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := do(c)
		if errors.Is(err, alerts.ErrPaused) {
			return web.Changed(c)
		}
		return err
	}
}
