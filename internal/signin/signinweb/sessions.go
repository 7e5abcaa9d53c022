package signinweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/signinview"
)

// listSessions shows where one is signed in.
func (w *Web) listSessions(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	own, err := w.door.OwnSessions(c.UserContext(), session)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, signinview.Sessions(own))
}

// destroyOwnSession ends one of one's own sessions. When it is the one in which this is asked, that is signing out.
func (w *Web) destroyOwnSession(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	id, err := web.ID[signin.Session](c, "session")
	if err != nil {
		return err
	}
	if id == session.ID {
		return w.destroySession(c)
	}
	if err := w.door.EndOwn(c.UserContext(), session, id); err != nil {
		return err
	}
	web.Notice(c, "sessions.ended")
	return web.See(c, signinview.SessionsURL)
}

// destroyOtherSessions ends all of one's sessions but this one.
func (w *Web) destroyOtherSessions(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	if err := w.door.EndOthers(c.UserContext(), session); err != nil {
		return err
	}
	web.Notice(c, "sessions.others_ended")
	return web.See(c, signinview.SessionsURL)
}
