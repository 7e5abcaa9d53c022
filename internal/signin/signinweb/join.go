package signinweb

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/signinview"
)

// Joins lets somebody who is signed in join by the code of an invitation, and gives the membership.
type Joins func(ctx context.Context, identity signin.Identity, code string) (tenantdb.PersonID, error)

// Join registers the page on which the code of an invitation is entered.
func (w *Web) Join(r *web.Routes, join Joins) {
	r.Get(paths.Join, access.Anyone, w.newJoining)
	r.Post(paths.Join, access.SignedIn, func(c *fiber.Ctx) error { return w.createJoining(c, join) })
}

func (w *Web) newJoining(c *fiber.Ctx) error {
	if !web.VisitorOf(c).SignedIn {
		return web.Show(c, fiber.StatusOK, signinview.Uninvited())
	}
	return web.Show(c, fiber.StatusOK, signinview.JoinPage("", nil))
}

func (w *Web) createJoining(c *fiber.Ctx, join Joins) error {
	session, _ := sessionOf(c)
	typed := web.Values(c).Get("code")
	// The first administrators of a tenant have theirs from those who run the installation, before there is anybody to invite them.
	arrival, err := w.door.Redeem(c.UserContext(), session, typed)
	if _, none := fault.Correctable(err); !none {
		if err != nil {
			return err
		}
		return w.arrived(c, arrival)
	}
	id, err := join(c.UserContext(), session.Identity, typed)
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, signinview.JoinPage(typed, problems))
	}
	if err != nil {
		return err
	}
	arrival, err = w.door.Choose(c.UserContext(), session, id)
	if errors.Is(err, fault.NotFound()) {
		return web.See(c, membershipsPath) // joined, but the organisation has not gone live yet, or is paused: that page says so
	}
	if err != nil {
		return err
	}
	return w.arrived(c, arrival)
}

func (w *Web) arrived(c *fiber.Ctx, arrival signin.Arrival) error {
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	return web.See(c, "/")
}
