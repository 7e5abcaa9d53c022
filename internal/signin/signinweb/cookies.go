package signinweb

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// The cookies: the session's secret, and what binds a sign-in under way to this browser. With the __Host- prefix
// browsers take them from this host alone, over https alone; plain http, which only the demo speaks, cannot have it.
const (
	sessionCookie = "pas"
	browserCookie = "oidc"
	hostPrefix    = "__Host-"
)

const browserLifetime = 10 * time.Minute

func (w *Web) cookieName(name string) string {
	if w.door.Secure() {
		return hostPrefix + name
	}
	return name
}

func (w *Web) cookie(c *fiber.Ctx, name string) string { return c.Cookies(w.cookieName(name)) }

// setCookie sets a cookie that lasts until the browser is closed, or for a lifetime if it is not zero.
func (w *Web) setCookie(c *fiber.Ctx, name, value string, lifetime time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: w.cookieName(name), Value: value, Path: "/", MaxAge: int(lifetime.Seconds()), SessionOnly: lifetime == 0,
		HTTPOnly: true, Secure: w.door.Secure(), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

func (w *Web) clearCookie(c *fiber.Ctx, name string) { w.setCookie(c, name, "", -time.Second) }
