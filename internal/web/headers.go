package web

import (
	"crypto/rand"

	"github.com/gofiber/fiber/v2"
)

type nonceKey struct{}

// headers sends what tells the browser to trust nothing but our own files, to keep no copy, and to say nothing of
// where it was. The policy is that of docs/security: no inline script or style, no frames, forms only to ourselves.
func (s *Server) headers(c *fiber.Ctx) error {
	s.sendHeaders(c)
	return c.Next()
}

func (s *Server) sendHeaders(c *fiber.Ctx) {
	nonce := rand.Text()
	c.Locals(nonceKey{}, nonce)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'self'; img-src 'self'; font-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "+
		"require-trusted-types-for 'script'; trusted-types htmx")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, "HX-Request, HX-Request-Type")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Origin-Agent-Cluster", "?1")
	c.Set(fiber.HeaderPermissionsPolicy, "geolocation=(), camera=(), microphone=(), clipboard-read=(), interest-cohort=()")
	c.Set("X-Robots-Tag", "noindex")
	if s.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
	}
}

// FrameFor lets pages of one origin show the answer in a frame, and no others: an answer that holds nothing, to which nothing
// can be done.
func FrameFor(c *fiber.Ctx, origin string) {
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+origin)
}

func nonceOf(c *fiber.Ctx) string {
	nonce, _ := c.Locals(nonceKey{}).(string)
	return nonce
}
