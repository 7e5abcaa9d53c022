package web

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
)

// Home sends everybody to the page where their day begins.
func Home(c *fiber.Ctx) error {
	p := VisitorOf(c).Principal
	switch {
	case p == nil:
		return See(c, "/memberships")
	case access.May(p.Role, access.InboxList):
		return See(c, "/inbox")
	case access.May(p.Role, access.WorkShow):
		return See(c, "/work")
	case access.May(p.Role, access.DossierList):
		return See(c, "/dossiers")
	case access.May(p.Role, access.OfficeList):
		return See(c, "/offices")
	default:
		return See(c, "/year")
	}
}
