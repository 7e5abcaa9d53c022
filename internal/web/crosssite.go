package web

import (
	"crypto/subtle"

	"github.com/gofiber/fiber/v2"
)

// onlyFromOurPages refuses an unsafe request that another site made the browser send. Browsers say where a request
// comes from (Sec-Fetch-Site, and Origin where that is missing); the session's own token is asked for as well, so
// that neither is the only wall.
func (s *Server) onlyFromOurPages(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
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
