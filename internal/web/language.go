package web

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/i18n"
)

const (
	languageCookie = "pas-lang"
	aYear          = 365 * 24 * 60 * 60
)

// language answers in the language that was chosen, or else in the one that the browser prefers.
func (s *Server) language(c *fiber.Ctx) error {
	readLanguage(c)
	return c.Next()
}

func readLanguage(c *fiber.Ctx) {
	lang := i18n.Lang(c.Cookies(languageCookie))
	if !lang.Known() {
		lang = i18n.Match(c.Get(fiber.HeaderAcceptLanguage))
	}
	c.SetUserContext(i18n.With(c.UserContext(), lang))
	c.Set(fiber.HeaderContentLanguage, string(lang))
}

// ChooseLanguage keeps the language that was chosen and shows the page anew.
func ChooseLanguage(c *fiber.Ctx) error {
	if lang := i18n.Lang(formValue(c, "language")); lang.Known() {
		serverOf(c).setCookie(c, languageCookie, string(lang), aYear)
	}
	return See(c, LocalPath(formValue(c, "_page"), "/"))
}
