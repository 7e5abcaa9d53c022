package web

import (
	"mime"

	"github.com/gofiber/fiber/v2"
)

// Download answers with a file, which the browser keeps and does not show.
func Download(c *fiber.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Send(body)
}
