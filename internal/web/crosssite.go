package web

import (
	"crypto/subtle"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// onlyFromOurPages refuses an unsafe request that another site made the browser send. Browsers say where a request
// comes from (Sec-Fetch-Site, and Origin where that is missing); the session's own token is asked for as well, so
// that neither is the only wall.
func (s *Server) onlyFromOurPages(c *fiber.Ctx) error {
	if s.machineOf(c) != nil {
		if fromBrowser(c) {
			return fiber.ErrForbidden
		}
		return c.Next()
	}
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return c.Next()
	}
	if s.called(c) {
		if fromBrowser(c) || VisitorOf(c).SignedIn {
			return fiber.ErrForbidden
		}
		return c.Next()
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		if site != "same-origin" {
			return fiber.ErrForbidden
		}
	} else if c.Get(fiber.HeaderOrigin) != OriginOf(c) {
		return fiber.ErrForbidden
	}
	if visitor := VisitorOf(c); visitor.SignedIn {
		sent := formValue(c, "_csrf")
		if subtle.ConstantTimeCompare([]byte(sent), []byte(visitor.CSRF)) != 1 {
			return fiber.ErrForbidden
		}
	}
	return c.Next()
}

// CallerOf is the network address that sent a request in which no session takes part, for counting how many it sends. It is what
// the connection says, or the proxy that we trust.
func CallerOf(c *fiber.Ctx) string { return c.IP() }

// called says whether the request is for a route that other machines call.
func (s *Server) called(c *fiber.Ctx) bool {
	return slices.ContainsFunc(s.calls, func(pattern string) bool { return fiber.RoutePatternMatch(c.Path(), pattern) })
}

// fromBrowser knows a browser by what it cannot be kept from saying of a form.
func fromBrowser(c *fiber.Ctx) bool {
	return c.Get("Sec-Fetch-Site") != "" || c.Get("Sec-Fetch-Mode") != "" || c.Get(fiber.HeaderOrigin) != ""
}
