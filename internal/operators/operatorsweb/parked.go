package operatorsweb

import (
	"context"
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/ids"
	"passerelle/internal/operators"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/ui"
)

// parkPath is where a page's script hands in what was typed, before it asks to sign in again.
const parkPath = "/parked-forms"

// attentive says whether a person caused the request: what a page does by itself keeps no session alive.
func attentive(c *fiber.Ctx) bool {
	return c.Path() != parkPath && !strings.Contains(c.Get(fiber.HeaderAccept), "text/event-stream")
}

// genuine says whether a form carries the token of the session in which its page was made.
func genuine(session operators.Session, values url.Values) bool {
	return subtle.ConstantTimeCompare([]byte(values.Get("_csrf")), []byte(session.CSRF)) == 1
}

// expired keeps a form that is posted when the session has just run out; whatever else is asked for, a stranger asks.
func (w *Web) expired(c *fiber.Ctx, session operators.Session) error {
	if c.Path() == parkPath {
		c.SetUserContext(context.WithValue(c.UserContext(), sessionKey{}, session))
		return c.Next()
	}
	if c.Method() != fiber.MethodPost || slices.Contains([]string{"/signin", "/language", "/session/destroy"}, c.Path()) {
		return c.Next()
	}
	values := web.Values(c)
	if !genuine(session, values) {
		return c.Next()
	}
	target := signInURL(w.park(session, values))
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", target)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return web.See(c, target)
}

// park gives the path at which a form will be found again; one that is not to be kept leads back to its page.
func (w *Web) park(session operators.Session, values url.Values) string {
	page := signin.ReturnPath(values.Get("_page"))
	if values.Has(ui.Unkept) {
		return page
	}
	return w.operators.Park(session, page, values)
}

func signInURL(returnTo string) string { return "/signin?" + url.Values{"return": {returnTo}}.Encode() }

// createParkedForm keeps a form that a page's script hands in, and answers with the address that leads back to it.
func (w *Web) createParkedForm(c *fiber.Ctx) error {
	session, values := current(c), web.Values(c)
	if session.CSRF == "" || !genuine(session, values) {
		return fiber.ErrForbidden
	}
	c.Set(fiber.HeaderLocation, signInURL(w.park(session, values)))
	return c.SendStatus(fiber.StatusCreated)
}

// giveBack fills the page that asks for it with what was parked.
func (w *Web) giveBack(c *fiber.Ctx) {
	id, err := ids.Parse[signin.ParkedForm](c.Query("parked"))
	if err != nil || c.Method() != fiber.MethodGet {
		return
	}
	if values, ok := w.operators.Unpark(c.UserContext(), id, c.Path()); ok {
		web.GiveBack(c, values)
	}
}
