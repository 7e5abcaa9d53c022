package signinweb

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/ui"
)

// recogniseWithin bounds what may be spent on knowing who is asking.
const recogniseWithin = 5 * time.Second

type sessionKey struct{}

// Current is the session in which somebody asks.
func (w *Web) Current(c *fiber.Ctx) (signin.Session, bool) {
	session, ok := sessionOf(c)
	return session, ok && web.VisitorOf(c).SignedIn
}

// Carry has the browser go on in a session that takes the place of its own.
func (w *Web) Carry(c *fiber.Ctx, arrival signin.Arrival) {
	w.setCookie(c, sessionCookie, arrival.Token, 0)
}

// sessionOf is the session of the request, live or expired.
func sessionOf(c *fiber.Ctx) (signin.Session, bool) {
	session, ok := c.Locals(sessionKey{}).(signin.Session)
	return session, ok
}

// Session is the middleware that recognises who is asking. A form that is posted when the session has just run out is
// kept, and given back after signing in again.
func (w *Web) Session(c *fiber.Ctx) error {
	token := w.cookie(c, sessionCookie)
	if token == "" {
		return c.Next()
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), recogniseWithin)
	defer cancel()
	session, err := w.door.Find(ctx, token, attentive(c))
	switch {
	case errors.Is(err, signin.ErrNoSession):
		return c.Next()
	case errors.Is(err, signin.ErrExpired):
		c.Locals(sessionKey{}, session)
		if c.Method() == fiber.MethodPost && !worksWithoutSession(c.Path()) {
			return w.parkPosted(ctx, c, session)
		}
		return c.Next()
	case err != nil:
		return err
	}
	c.Locals(sessionKey{}, session)
	if c.Path() == exitPath {
		// A beacon carries no token; that it comes from a page of ours is still asked for, and all that it does is to end.
		return c.Next()
	}
	visitor := web.Visitor{SignedIn: true, Session: hex.EncodeToString(session.Binding()), CSRF: session.CSRF, CanSwitch: session.Workplaces > 1, Confirmed: w.door.Confirmed(session)}
	if !session.Membership.None() {
		principal := session.Membership.Principal
		visitor.Principal = &principal
	}
	// Who has not chosen yet does so on a page of its own, which says the same at length.
	if visitor.CanSwitch && visitor.Principal != nil && c.Path() != membershipsPath {
		visitor.Workplaces = func(ctx context.Context) ([]ui.Workplace, error) { return w.workplaces(ctx, session) }
	}
	web.Enter(c, visitor)
	if err := w.giveBack(c); err != nil {
		return err
	}
	return c.Next()
}

// attentive says whether a person caused the request. What a page does by itself, listening for changes or handing
// in a form before the screen goes dark, does not keep a session alive on an abandoned computer.
func attentive(c *fiber.Ctx) bool {
	return c.Path() != parkPath && !strings.Contains(c.Get(fiber.HeaderAccept), "text/event-stream")
}

func worksWithoutSession(path string) bool {
	return slices.Contains([]string{"/signin", "/language", destroyPath, exitPath, parkPath}, path)
}

// genuine says whether a form carries the token of the session in which its page was made.
func genuine(session signin.Session, values url.Values) bool {
	return subtle.ConstantTimeCompare([]byte(values.Get("_csrf")), []byte(session.CSRF)) == 1
}

func (w *Web) parkPosted(ctx context.Context, c *fiber.Ctx, session signin.Session) error {
	values := web.Values(c)
	if !genuine(session, values) {
		return toSignIn(c, "/")
	}
	path, err := w.park(ctx, session, values)
	if err != nil {
		return err
	}
	return toSignIn(c, path)
}

// park keeps a form and gives the path at which it will be found again; a form in which nothing was typed, that is not to
// be kept, or of somebody without a workplace, leads back to its page.
func (w *Web) park(ctx context.Context, session signin.Session, values url.Values) (string, error) {
	page := signin.ReturnPath(values.Get("_page"))
	if values.Has(ui.Unkept) {
		return page, nil
	}
	path, err := w.door.Park(ctx, session, page, values)
	if errors.Is(err, fault.NotFound()) {
		return page, nil
	}
	return path, err
}

// Keep parks what somebody of a live session cannot hand in at present, be it posted or just given back, and gives the path
// at which it is found again.
func (w *Web) Keep(c *fiber.Ctx) (string, error) {
	session, _ := sessionOf(c)
	values := url.Values{}
	maps.Copy(values, web.Values(c))
	if !values.Has("_page") {
		values.Set("_page", c.Path())
	}
	return w.park(c.UserContext(), session, values)
}

// KeepFor parks, for a page that is to give it back, what somebody of a live session has typed, and gives the path at which it is
// found again.
func (w *Web) KeepFor(c *fiber.Ctx, page string, values url.Values) (string, error) {
	session, _ := sessionOf(c)
	return w.door.Park(c.UserContext(), session, page, values)
}

// giveBack fills the page that asks for it with what was parked.
func (w *Web) giveBack(c *fiber.Ctx) error {
	asked := c.Query("parked")
	if asked == "" || c.Method() != fiber.MethodGet {
		return nil
	}
	id, err := ids.Parse[signin.ParkedForm](asked)
	if err != nil {
		return nil // an address that somebody shortened still shows its page
	}
	values, err := w.door.Unpark(c.UserContext(), id, c.Path())
	if errors.Is(err, fault.NotFound()) {
		return nil
	}
	if err != nil {
		return err
	}
	web.GiveBack(c, values)
	return nil
}

func toSignIn(c *fiber.Ctx, returnTo string) error {
	target := signInURL(returnTo)
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", target)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return web.See(c, target)
}

func signInURL(returnTo string) string {
	if returnTo == "/" {
		return "/signin"
	}
	return "/signin?return=" + url.QueryEscape(returnTo)
}
