package signinweb

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/signinview"
)

func (w *Web) listMemberships(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	memberships, err := w.door.Memberships(c.UserContext(), session)
	if err != nil {
		return err
	}
	if len(memberships) == 0 {
		return w.showNone(c, session)
	}
	waiting, err := w.count(c.UserContext(), memberships)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, signinview.Memberships(memberships, waiting, session.Membership.Person, signin.ReturnPath(c.Query("return"))))
}

// showNone tells somebody who has no place to work at why.
func (w *Web) showNone(c *fiber.Ctx, session signin.Session) error {
	paused, err := w.door.Paused(c.UserContext(), session)
	if err != nil {
		return err
	}
	if len(paused) > 0 {
		return web.Show(c, fiber.StatusOK, signinview.Paused(paused))
	}
	connections, err := w.door.Connections(c.UserContext())
	if err != nil {
		return err
	}
	shared := slices.ContainsFunc(connections, func(connection signin.Connection) bool {
		return connection.ID == session.Identity.ConnectionID && connection.Shared()
	})
	return web.Show(c, fiber.StatusOK, signinview.Waiting(shared))
}

func (w *Web) chooseMembership(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	values := web.Values(c)
	id, err := ids.Parse[tenantdb.Person](values.Get("membership"))
	if err != nil {
		return err
	}
	arrival, err := w.door.Choose(c.UserContext(), session, id)
	if err != nil {
		return err
	}
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	return web.See(c, onward(values.Get("return")))
}
