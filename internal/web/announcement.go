package web

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/i18n"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

const (
	hiddenCookie = "pas-hidden"
	// mostHidden is how many announcements a browser remembers as hidden.
	mostHidden = 20
)

// announce gives the page what is announced to whoever asks and not hidden by her or him.
func (s *Server) announce(c *fiber.Ctx, tenant tenantdb.TenantID) (shown []ui.Announcement) {
	if s.options.Announcements == nil {
		return nil
	}
	current := s.options.Announcements(tenant, i18n.From(c.UserContext()))
	if len(current) == 0 {
		return nil
	}
	gone := hidden(c)
	for _, announcement := range current {
		if !slices.Contains(gone, announcement.Token) {
			shown = append(shown, announcement)
		}
	}
	return shown
}

func hidden(c *fiber.Ctx) []string {
	return slices.DeleteFunc(strings.Split(c.Cookies(hiddenCookie), "."), func(token string) bool { return !tokens.MatchString(token) })
}

var tokens = regexp.MustCompile(`^[0-9a-f]{12}$`)

// HideAnnouncement takes an announcement off the reader's pages until it changes. The browser keeps that; nobody else knows.
func HideAnnouncement(c *fiber.Ctx) error {
	if token := formValue(c, "announcement"); tokens.MatchString(token) {
		gone := hidden(c)
		if !slices.Contains(gone, token) {
			gone = append(gone, token)
		}
		if len(gone) > mostHidden {
			gone = gone[len(gone)-mostHidden:]
		}
		serverOf(c).setCookie(c, hiddenCookie, strings.Join(gone, "."), aYear)
	}
	return See(c, LocalPath(formValue(c, "_page"), "/"))
}
