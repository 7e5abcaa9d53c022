package web

import (
	"errors"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Routes is where capabilities name their routes: path, action and handler in one line. There is no other way to
// register one, so that no route can forget who may call it.
type Routes struct{ server *Server }

// Route is what the guard tests read.
type Route struct {
	Method, Path string
	Action       access.Action
}

// Get answers GET and HEAD.
func (r *Routes) Get(path string, action access.Action, handler fiber.Handler) {
	r.add(fiber.MethodGet, path, action, handler)
}

// Post answers POST.
func (r *Routes) Post(path string, action access.Action, handler fiber.Handler) {
	r.add(fiber.MethodPost, path, action, handler)
}

// Call answers a POST that another machine sends, in which no session takes part: it says by itself who it is. What a browser
// sends there is refused, wherever its page comes from.
func (r *Routes) Call(path string, handler fiber.Handler) {
	r.server.calls = append(r.server.calls, path)
	r.Post(path, access.Anyone, handler)
}

func (r *Routes) add(method, path string, action access.Action, handler fiber.Handler) {
	if action == (access.Action{}) {
		panic("the route " + path + " names no action")
	}
	s := r.server
	s.routes = append(s.routes, Route{method, path, action})
	s.app.Add(method, path, s.guard(action), handler)
	if method == fiber.MethodGet {
		s.app.Add(fiber.MethodHead, path, s.guard(action), handler)
	}
}

// Routes lists what was registered, in order.
func (s *Server) Routes() []Route { return s.routes }

// guard lets a request through to a route if its visitor may do the route's action, and has confirmed with a passkey where that
// needs it (policies/step_up.csv): who has not is asked to, and goes on from there. The service asks again: this
// fence answers early, that one cannot be walked around.
func (s *Server) guard(action access.Action) fiber.Handler {
	return func(c *fiber.Ctx) error {
		visitor := VisitorOf(c)
		switch {
		case action == access.Anyone:
			return c.Next()
		case !visitor.SignedIn:
			return ToSignIn(c)
		case action == access.SignedIn:
			return c.Next()
		case visitor.Principal == nil:
			return See(c, s.options.Waiting)
		}
		// Who may not do it at all is not asked to confirm.
		if access.Can(c.UserContext(), action) && access.NeedsFactor(action) && !access.Confirmed(c.UserContext()) && s.options.StepUp != nil {
			return s.options.StepUp(c)
		}
		if _, err := access.Require(c.UserContext(), action); err != nil {
			return err
		}
		if c.Method() == fiber.MethodPost && s.options.ReadOnly != nil && s.options.ReadOnly() && !slices.Contains(goingOn, action) {
			return errNoRoom
		}
		return c.Next()
	}
}

// ToSignIn sends a stranger to the sign-in page, which brings them back to where they were.
func ToSignIn(c *fiber.Ctx) error {
	target := "/signin"
	if c.Method() == fiber.MethodGet && c.Path() != "/" {
		target += "?return=" + url.QueryEscape(c.OriginalURL())
	}
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", target)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return c.Redirect(target, fiber.StatusSeeOther)
}

// unrecorded says that the journal could not be written, so that nothing was read and nothing done.
func unrecorded(err error) bool { return errors.Is(err, tenantdb.ErrUnleft) }

// statusOf is the HTTP status of an error, and whether the error is a fault of the request rather than of ours.
func statusOf(err error) (status int, theirs bool) {
	var problem *fiber.Error
	switch {
	case errors.Is(err, fault.NotFound()):
		return fiber.StatusNotFound, true
	case errors.Is(err, keys.ErrDestroyed):
		return fiber.StatusGone, true
	case errors.Is(err, fault.Refused("")):
		return fiber.StatusForbidden, true
	case errors.Is(err, fault.Invalid("", "")):
		return fiber.StatusUnprocessableEntity, true
	case errors.Is(err, fault.Conflict("")):
		return fiber.StatusConflict, true
	case errors.Is(err, keys.ErrUnavailable):
		return fiber.StatusServiceUnavailable, false
	case errors.Is(err, errNoRoom):
		return fiber.StatusServiceUnavailable, true
	case errors.As(err, &problem):
		return problem.Code, problem.Code < 500
	case unrecorded(err), tenantdb.Unreachable(err), tenantdb.Full(err):
		return fiber.StatusServiceUnavailable, false
	default:
		return fiber.StatusInternalServerError, false
	}
}
