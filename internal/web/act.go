package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Act is what somebody has just asked for, so that it can be asked for again: where, from which page, and what was typed.
type Act struct {
	Path, Page string
	Values     url.Values
	// Uploads says that a file came along, which is not kept.
	Uploads bool
}

// ActOf is what the request asks for.
func ActOf(c *fiber.Ctx) Act {
	act := Act{Path: LocalPath(c.OriginalURL(), "/"), Page: OwnAddress(c), Values: url.Values{}}
	if c.Method() == fiber.MethodPost {
		act.Values = Values(c)
		act.Uploads = strings.HasPrefix(contentType(c), fiber.MIMEMultipartForm)
	}
	return act
}

// Posts says whether the request wants to change something, or shows a page.
func (a Act) Posts() bool { return len(a.Values) > 0 }

// Lead sends the browser to another page of ours, whole: where a part of an open page was asked for as well.
func Lead(c *fiber.Ctx, target string) error {
	if c.Get("HX-Request") == "true" {
		c.Set("HX-Redirect", target)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return See(c, target)
}
