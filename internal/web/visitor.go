package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/views/ui"
)

// Visitor is who the session middleware recognised.
type Visitor struct {
	// SignedIn says that a provider vouched for somebody; Principal is nil while they wait for a membership or choose.
	SignedIn  bool
	Principal *access.Principal
	// Session is the hash of the session, by which others are told of its end (live.Change).
	Session string
	// CSRF is the session's token, which every form carries.
	CSRF string
	// Confirmed says that she or he has confirmed with a passkey in this session, within the time for which that counts.
	Confirmed bool
	// CanSwitch says that there is more than one membership.
	CanSwitch bool
	// Workplaces lists them, for the frame of a page; nil for somebody with one.
	Workplaces func(context.Context) ([]ui.Workplace, error)
}

type visitorKey struct{}

// Enter tells the rest of the request who is asking, and binds the scope of the database to match.
func Enter(c *fiber.Ctx, visitor Visitor) {
	c.Locals(visitorKey{}, visitor)
	if visitor.Principal != nil {
		c.SetUserContext(access.WithPrincipal(c.UserContext(), *visitor.Principal))
		if visitor.Confirmed {
			c.SetUserContext(access.WithConfirmation(c.UserContext()))
		}
	}
}

// VisitorOf is who Enter was told of; the zero Visitor is a stranger.
func VisitorOf(c *fiber.Ctx) Visitor {
	visitor, _ := c.Locals(visitorKey{}).(Visitor)
	return visitor
}
