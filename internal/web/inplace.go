package web

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/views/ui"
)

// inPlace says whether the answer goes where the content of an open page stands (ui.FormProps.InPlace). The browser
// keeps the header when it follows a redirect.
func inPlace(c *fiber.Ctx) bool { return c.Get("HX-Target") == ui.ContentTarget }

// keepToPage sends the browser on where a form in place led to another page than the one on which it stood: that page
// may not stand under the old address.
func keepToPage(c *fiber.Ctx) error {
	if c.Method() == fiber.MethodGet && inPlace(c) && !onPage(c) {
		c.Set("HX-Redirect", LocalPath(c.OriginalURL(), "/"))
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Next()
}

// onPage says whether what is asked for is the page that is open.
func onPage(c *fiber.Ctx) bool {
	open, err := url.Parse(c.Get("HX-Current-URL"))
	return err == nil && open.EscapedPath() == c.Path()
}
