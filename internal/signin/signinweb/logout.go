package signinweb

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/signinview"
)

// leaveWithin bounds what may be spent on finding out where one signs out of the provider: signing out here does not wait for it.
const leaveWithin = 2 * time.Second

// createBackChannelLogout hears from a provider that somebody has signed out there.
func (w *Web) createBackChannelLogout(c *fiber.Ctx) error {
	ended, err := w.door.SignedOutByProvider(c.UserContext(), signin.Notice{
		Connection: c.Params("connection"), Token: web.Values(c).Get("logout_token"), From: web.CallerOf(c),
	})
	if err != nil {
		return w.notHeard(c, err)
	}
	w.log.Info("signed out by the provider", "request", web.RequestID(c), "connection", c.Params("connection"), "sessions", ended)
	return c.SendStatus(fiber.StatusOK)
}

// notHeard tells the provider no more than that its word was not taken, and the log why.
func (w *Web) notHeard(c *fiber.Ctx, err error) error {
	if errors.Is(err, signin.ErrTooOften) {
		w.log.Warn("logout refused", "request", web.RequestID(c), "connection", c.Params("connection"), "reason", "rate")
		c.Set(fiber.HeaderRetryAfter, "60")
		return c.SendStatus(fiber.StatusTooManyRequests)
	}
	refusal, ok := signin.Refused(err)
	if !ok {
		return err
	}
	w.log.Warn("logout refused", "request", web.RequestID(c), "connection", refusal.Connection, "reason", string(refusal.Reason))
	return c.Status(fiber.StatusBadRequest).JSON(fiber.Map{"error": "invalid_request"})
}

// showFrontChannelLogout is shown in a frame of the provider's page while somebody signs out there. It looks the same whether a
// session ended or not: who guesses learns nothing.
func (w *Web) showFrontChannelLogout(c *fiber.Ctx) error {
	slug := c.Params("connection")
	origin, err := w.door.FramedBy(c.UserContext(), slug)
	if err != nil {
		return err
	}
	if c.Method() != fiber.MethodHead {
		ended, err := w.door.SignedOutInFrame(c.UserContext(), signin.Frame{Connection: slug, Issuer: c.Query("iss"), SID: c.Query("sid"), From: web.CallerOf(c)})
		refusal, refused := signin.Refused(err)
		switch {
		case refused:
			w.log.Warn("logout refused", "request", web.RequestID(c), "connection", slug, "reason", string(refusal.Reason))
		case errors.Is(err, signin.ErrTooOften):
			return w.notHeard(c, err)
		case err != nil:
			return err
		default:
			w.log.Info("signed out in a frame", "request", web.RequestID(c), "connection", slug, "sessions", ended)
		}
	}
	web.FrameFor(c, origin)
	return web.Show(c, fiber.StatusOK, signinview.Frame())
}

// leaveAt is where one signs out of the provider itself, if it says so and can be asked.
func (w *Web) leaveAt(c *fiber.Ctx, slug string) signinview.Leave {
	ctx, cancel := context.WithTimeout(c.UserContext(), leaveWithin)
	defer cancel()
	organisation, target, err := w.door.SignOutAt(ctx, slug)
	if err != nil {
		return signinview.Leave{}
	}
	return signinview.Leave{Organisation: organisation, Target: target}
}
