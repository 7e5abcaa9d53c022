package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/static"
)

// asset serves a file of static/. Its name holds its hash, so that a browser may keep it for ever.
func (s *Server) asset(c *fiber.Ctx) error {
	file, ok := static.Find(c.Params("name"))
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Response().Header.Del(fiber.HeaderContentSecurityPolicy)
	if file.Gzip != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(file.Gzip)
	}
	return c.Send(file.Bytes)
}
