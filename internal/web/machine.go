package web

import (
	"bytes"
	"context"
	"mime"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/views/ui"
)

// machinesMethods are those that machines may use beside the ones of pages, below their prefix and nowhere else.
var machinesMethods = []string{fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete}

// Machine is what other machines call, below one prefix: each request shows a token, and no session takes part in any. What a browser
// sends there is refused.
type Machine struct {
	Prefix string
	// Enter gives the context of whoever shows the token of a request, or why there is none.
	Enter func(c *fiber.Ctx) (context.Context, error)
	// Fail answers what went wrong, as the machine understands it.
	Fail func(c *fiber.Ctx, status int, err error) error
	// Kinds are the media types in which bodies may come.
	Kinds []string
}

// MachineRoutes is where the routes of a Machine are named: none of them can forget the token.
type MachineRoutes struct {
	server  *Server
	machine Machine
}

// Machine registers what machines call.
func (r *Routes) Machine(machine Machine) *MachineRoutes {
	r.server.machine = append(r.server.machine, machine)
	return &MachineRoutes{r.server, machine}
}

// Add answers a method at a path below the prefix.
func (r *MachineRoutes) Add(method, path string, handler fiber.Handler) {
	path = r.machine.Prefix + path
	r.server.routes = append(r.server.routes, Route{method, path, access.ByToken})
	r.server.app.Add(method, path, func(c *fiber.Ctx) error {
		ctx, err := r.machine.Enter(c)
		if err != nil {
			return err
		}
		c.SetUserContext(ctx)
		return handler(c)
	})
}

// machineOf is whose the path of a request is, or nil.
func (s *Server) machineOf(c *fiber.Ctx) *Machine {
	for i := range s.machine {
		if strings.HasPrefix(c.Path(), s.machine[i].Prefix+"/") {
			return &s.machine[i]
		}
	}
	return nil
}

// onlyOurMethods refuses methods that pages have no use for.
func (s *Server) onlyOurMethods(c *fiber.Ctx) error {
	if slices.Contains(machinesMethods, c.Method()) && s.machineOf(c) == nil {
		return fiber.ErrMethodNotAllowed
	}
	return c.Next()
}

func (s *Server) unlessMachine(handler fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if s.machineOf(c) != nil {
			return c.Next()
		}
		return handler(c)
	}
}

func (m *Machine) onlyItsBodies(c *fiber.Ctx) error {
	if len(c.Request().Body()) == 0 {
		return c.Next()
	}
	kind, parameters, err := mime.ParseMediaType(string(c.Request().Header.ContentType()))
	charset, said := parameters["charset"]
	if err != nil || !slices.Contains(m.Kinds, kind) || said && !strings.EqualFold(charset, "utf-8") {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}

func (m *Machine) fail(s *Server, c *fiber.Ctx, status int, err error) error {
	c.Response().ResetBody()
	c.SetUserContext(context.WithoutCancel(c.UserContext()))
	if ui.FromRequest(c.UserContext()).Path == "" && nonceOf(c) == "" {
		s.sendHeaders(c)
	}
	return m.Fail(c, status, err)
}

// Document is the body of a request of a machine. Safe to keep.
func Document(c *fiber.Ctx) []byte { return bytes.Clone(c.Request().Body()) }
