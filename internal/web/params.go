package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/ids"
)

// ID reads an identifier from the path; nonsense is fault.NotFound.
func ID[T any](c *fiber.Ctx, name string) (ids.ID[T], error) { return ids.Parse[T](c.Params(name)) }

type parkedKey struct{}
type valuesKey struct{}

// GiveBack hands the page the values of a form that was parked when the session ran out.
func GiveBack(c *fiber.Ctx, values url.Values) { c.Locals(parkedKey{}, values) }

// Parked says that the page is opened to give back a parked form: it fills the form from Values.
func Parked(c *fiber.Ctx) bool {
	_, ok := c.Locals(parkedKey{}).(url.Values)
	return ok
}

// Values is what was typed: the posted form, or the parked one that is being given back. Safe to keep.
func Values(c *fiber.Ctx) url.Values {
	if values, ok := c.Locals(parkedKey{}).(url.Values); ok {
		return values
	}
	if values, ok := c.Locals(valuesKey{}).(url.Values); ok {
		return values
	}
	values := readForm(c)
	c.Locals(valuesKey{}, values)
	return values
}

// maxFields bounds what a form can hold; ours have fewer than a hundred.
const maxFields = 1000

func readForm(c *fiber.Ctx) url.Values {
	values := url.Values{}
	if c.Method() != fiber.MethodPost || !isForm(c) {
		return values
	}
	if strings.HasPrefix(contentType(c), fiber.MIMEMultipartForm) {
		form, err := c.MultipartForm()
		if err != nil {
			return values
		}
		for name, list := range form.Value {
			for _, value := range list {
				if len(values) < maxFields {
					values.Add(strings.Clone(name), strings.Clone(value))
				}
			}
		}
		return values
	}
	n := 0
	for name, value := range c.Request().PostArgs().All() {
		if n++; n > maxFields {
			break
		}
		values.Add(string(name), string(value))
	}
	return values
}

func formValue(c *fiber.Ctx, name string) string { return Values(c).Get(name) }

func contentType(c *fiber.Ctx) string {
	return strings.ToLower(string(c.Request().Header.ContentType()))
}

func isForm(c *fiber.Ctx) bool {
	kind := contentType(c)
	return strings.HasPrefix(kind, fiber.MIMEApplicationForm) || strings.HasPrefix(kind, fiber.MIMEMultipartForm)
}

// LocalPath gives path back if it leads to a page of ours, and fallback otherwise: never to another site.
func LocalPath(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t\x00") {
		return fallback
	}
	return path
}
