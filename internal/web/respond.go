package web

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

// buffers are kept for pages, which are written whole before the first byte leaves: a page that fails half-way
// becomes an error page and not half a page.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKeptBuffer lets an unusually large page's buffer go.
const maxKeptBuffer = 256 << 10

// Show answers with a page, or with a part of one.
func Show(c *fiber.Ctx, status int, component templ.Component) error {
	buffer := buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	defer func() {
		if buffer.Cap() <= maxKeptBuffer {
			buffers.Put(buffer)
		}
	}()
	if err := component.Render(c.UserContext(), buffer); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Status(status)
	_, err := c.Write(buffer.Bytes())
	return err
}

// See answers a form that did what it was asked: the browser goes on to a page (303, so that reloading repeats nothing).
func See(c *fiber.Ctx, url string) error {
	return c.Redirect(url, fiber.StatusSeeOther)
}

// Stop answers somebody for whom there is no going on with a page that says why (403), at the address where it was tried: a
// form leads there, and a part of an open page has the browser load it whole.
func Stop(c *fiber.Ctx, at string, page templ.Component) error {
	switch {
	case c.Method() == fiber.MethodPost:
		return See(c, at)
	case c.Get("HX-Request") == "true":
		c.Set("HX-Redirect", at)
		return c.SendStatus(fiber.StatusForbidden)
	default:
		request := ui.FromRequest(c.UserContext())
		request.Restored = false // what had been typed is kept, and not on this page
		c.SetUserContext(ui.WithRequest(c.UserContext(), request))
		return Show(c, fiber.StatusForbidden, page)
	}
}

const noticeCookie = "pas-notice"

// Notice is a message key that the next page shows once, as a success.
func Notice(c *fiber.Ctx, key string) {
	serverOf(c).setCookie(c, noticeCookie, key, 60)
}

// setCookie sets a cookie that only we read, for maxAge seconds.
func (s *Server) setCookie(c *fiber.Ctx, name, value string, maxAge int) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, HTTPOnly: true, Secure: s.secure, SameSite: fiber.CookieSameSiteLaxMode})
}

// fail turns an error into an answer: what the person can understand, in their words; of the rest only that it
// failed, with the number of the request for whoever is asked. It logs what is ours, once.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	status, theirs := statusOf(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && without(err) == "":
		status = fiber.StatusServiceUnavailable
		s.options.Log.Error("too slow", "request", RequestID(c), "route", c.Route().Path)
	case !theirs:
		if s.options.Failed != nil {
			s.options.Failed(err)
		}
		s.options.Log.Error("failed", "request", RequestID(c), "route", c.Route().Path, "error", err)
	}
	if m := s.machineOf(c); m != nil {
		return m.fail(s, c, status, err)
	}
	problems, _ := fault.Correctable(err)
	if key := without(err); key != "" {
		problems = fault.Problems{{Key: key}}
	}
	c.Response().ResetBody()
	// The request's deadline is over by now, and what renders pages asks for it.
	c.SetUserContext(context.WithoutCancel(c.UserContext()))
	// Where a part of an open page is gone, because a referral was revoked, nothing can be done on the rest of it.
	if status == fiber.StatusNotFound && c.Get("HX-Request") == "true" {
		c.Set("HX-Refresh", "true")
	}
	s.dress(c)
	name := strconv.Itoa(status)
	switch {
	case without(err) != "":
		name = ui.Away
	case unrecorded(err):
		name = ui.Unrecorded
	}
	return Show(c, status, ui.ErrorPage(name, problems, RequestID(c)))
}

// without is what is said to whoever needs something that is not there at present; empty is that nothing is missing.
func without(err error) string {
	switch {
	case errors.Is(err, keys.ErrUnavailable):
		return "ui.error.keys"
	case tenantdb.Full(err), errors.Is(err, errNoRoom):
		return "ui.error.room"
	case tenantdb.Unreachable(err):
		return "ui.error.database"
	}
	return ""
}

// dress gives a request that was refused before the middleware had run, such as one that is too large, what a page
// needs: the headers, the language, and nobody who is signed in.
func (s *Server) dress(c *fiber.Ctx) {
	if ui.FromRequest(c.UserContext()).Path != "" {
		return
	}
	if nonceOf(c) == "" {
		s.sendHeaders(c)
	}
	readLanguage(c)
	c.SetUserContext(ui.WithRequest(c.UserContext(), ui.Request{
		Nonce: nonceOf(c), Path: "/", Partial: c.Get("HX-Request") == "true", Version: s.options.Version,
	}))
}
