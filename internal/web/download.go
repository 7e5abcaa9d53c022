package web

import "github.com/gofiber/fiber/v2"

// Download answers with a file, which the browser keeps and does not show. Its name is one of ours: letters, a hyphen, a dot.
func Download(c *fiber.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}
