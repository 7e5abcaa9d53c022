package signinweb

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/signinview"
	"passerelle/views/ui"
)

func (w *Web) newSession(c *fiber.Ctx) error {
	returnTo := signin.ReturnPath(c.Query("return"))
	if visitor := web.VisitorOf(c); visitor.Principal != nil {
		return web.See(c, onward(returnTo))
	}
	form := signinview.Form{Return: returnTo}
	if left := c.Query("left"); left != "" {
		form.Leave = w.leaveAt(c, left)
	}
	return w.show(c, fiber.StatusOK, form)
}

func (w *Web) show(c *fiber.Ctx, status int, form signinview.Form) error {
	connections, err := w.door.Connections(c.UserContext())
	if err != nil {
		return err
	}
	form.Connections, form.Kept = connections, strings.Contains(form.Return, "parked=")
	return web.Show(c, status, signinview.New(form))
}

// begin sends somebody to their organisation. The answer is a page that leads on and not a redirect: the policy lets
// our forms lead to ourselves alone, and browsers apply that to redirects as well.
func (w *Web) begin(c *fiber.Ctx) error {
	values := web.Values(c)
	form := signinview.Form{Email: values.Get("email"), Return: signin.ReturnPath(values.Get("return"))}
	connection, err := w.connection(c.UserContext(), values.Get("connection"), form.Email)
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return w.show(c, fiber.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	departure := signin.Departure{ReturnTo: form.Return}
	if values.Get("connection") == "" {
		departure.Email = strings.TrimSpace(form.Email)
	}
	return w.leave(c, connection, departure)
}

// beginAgain sends somebody who is signed in to their organisation once more, which has to ask anew who it is.
func (w *Web) beginAgain(c *fiber.Ctx) error {
	session, _ := sessionOf(c)
	connections, err := w.door.Connections(c.UserContext())
	if err != nil {
		return err
	}
	for _, connection := range connections {
		if connection.ID == session.Identity.ConnectionID {
			return w.leave(c, connection, signin.Departure{Email: session.Identity.Email, ReturnTo: signin.ReturnPath(web.Values(c).Get("return")), Fresh: true})
		}
	}
	return fault.NotFound()
}

func (w *Web) leave(c *fiber.Ctx, connection signin.Connection, departure signin.Departure) error {
	departure.Connection, departure.Language = connection.Slug, string(i18n.From(c.UserContext()))
	departure.Browser, departure.Origin = w.cookie(c, browserCookie), web.OriginOf(c)
	target, browser, err := w.door.Begin(c.UserContext(), departure)
	if err != nil {
		return w.refused(c, err, departure.ReturnTo)
	}
	return w.Leave(c, connection.Name, target, browser)
}

// Leave sends somebody on to a provider, whose answer is bound to this browser.
func (w *Web) Leave(c *fiber.Ctx, organisation, target, browser string) error {
	w.setCookie(c, browserCookie, browser, browserLifetime)
	c.Set("Refresh", "0; url="+target)
	return web.Show(c, fiber.StatusOK, signinview.Leaving(organisation, target))
}

// Bound is what binds a provider's answer to this browser, if it holds one already.
func (w *Web) Bound(c *fiber.Ctx) string { return w.cookie(c, browserCookie) }

// connection is the organisation that was picked, or that of the e-mail.
func (w *Web) connection(ctx context.Context, slug, email string) (signin.Connection, error) {
	if slug == "" {
		return w.door.ConnectionOf(ctx, email)
	}
	connections, err := w.door.Connections(ctx)
	if err != nil {
		return signin.Connection{}, err
	}
	for _, connection := range connections {
		if connection.Slug == slug {
			return connection, nil
		}
	}
	return signin.Connection{}, fault.NotFound()
}

// createSession receives the provider's answer.
func (w *Web) createSession(c *fiber.Ctx) error {
	arrival, err := w.door.Finish(c.UserContext(), signin.Answer{
		Connection: c.Params("connection"), State: c.Query("state"), Code: c.Query("code"), Issuer: c.Query("iss"), Denied: c.Query("error") != "",
		Browser: w.cookie(c, browserCookie), Previous: w.cookie(c, sessionCookie), Origin: web.OriginOf(c),
		UserAgent: c.Get(fiber.HeaderUserAgent),
	})
	w.clearCookie(c, browserCookie)
	if err != nil {
		return w.refused(c, err, "/")
	}
	if arrival.Token == "" { // a trial: nobody was let in, and whoever is signed in stays so
		return web.See(c, arrival.ReturnTo)
	}
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	if arrival.Session.Membership.None() {
		return web.See(c, signinview.MembershipsURL(arrival.ReturnTo))
	}
	return web.See(c, onward(arrival.ReturnTo))
}

// onward is where somebody goes who has a workplace now: not back to where one chooses it.
func onward(returnTo string) string {
	if returnTo = signin.ReturnPath(returnTo); returnTo == membershipsPath {
		return "/"
	}
	return returnTo
}

// refused tells everybody the same, and the log which check it was.
func (w *Web) refused(c *fiber.Ctx, err error, returnTo string) error {
	refusal, ok := signin.Refused(err)
	if !ok && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	reason, connection := signin.ReasonProvider, c.Params("connection")
	if ok {
		reason, connection = refusal.Reason, refusal.Connection
		if refusal.ReturnTo != "" {
			returnTo = refusal.ReturnTo
		}
	}
	w.log.Warn("sign-in refused", "request", web.RequestID(c), "connection", connection, "reason", string(reason))
	// The address holds what the provider sent, and nothing waits there any more.
	request := ui.FromRequest(c.UserContext())
	request.Path = "/signin"
	c.SetUserContext(ui.WithRequest(c.UserContext(), request))
	return web.Show(c, fiber.StatusUnauthorized, signinview.Refused(signInURL(returnTo)))
}

// destroySession signs out, and has the browser forget what it holds. Where the organisation's provider says how one signs out
// of it as well, the sign-in page leads there.
func (w *Web) destroySession(c *fiber.Ctx) error {
	session, known := sessionOf(c)
	if err := w.end(c); err != nil {
		return err
	}
	if known {
		if slug, err := w.door.SlugOf(c.UserContext(), session); err == nil && w.leaveAt(c, slug).Target != "" {
			return web.See(c, "/signin?left="+url.QueryEscape(slug))
		}
	}
	return web.See(c, "/signin")
}

// exit ends the session of somebody who leaves in haste; nobody reads the answer.
func (w *Web) exit(c *fiber.Ctx) error {
	if err := w.end(c); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (w *Web) end(c *fiber.Ctx) error {
	if err := w.door.End(c.UserContext(), w.cookie(c, sessionCookie)); err != nil {
		return err
	}
	w.clearCookie(c, sessionCookie)
	c.Set("Clear-Site-Data", `"cache","cookies","storage"`)
	return nil
}

// createParkedForm keeps a form that a page's script hands in before it asks to sign in again, and answers with the
// address that leads back to it.
func (w *Web) createParkedForm(c *fiber.Ctx) error {
	session, ok := sessionOf(c)
	values := web.Values(c)
	if !ok || !genuine(session, values) {
		return fiber.ErrForbidden
	}
	path, err := w.park(c.UserContext(), session, values)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLocation, signInURL(path))
	return c.SendStatus(fiber.StatusCreated)
}
