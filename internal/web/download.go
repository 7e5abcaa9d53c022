package web

import "github.com/gofiber/fiber/v2"

// Download answers with a file, which the browser keeps and does not show. Its name is one of ours: letters, a hyphen, a dot.
func Download(c *fiber.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(body)
}

// Release answers with a file that was handed in: nothing in it is believed. A browser keeps it, shows it in no page, guesses no other kind,
// and, should it be opened there nevertheless, runs nothing of it.
func Release(c *fiber.Ctx, name, kind string, body []byte) error {
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'; frame-ancestors 'none'")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return Download(c, name, kind, body)
}
