package web

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/tenantdb"
)

// RequestsAMinute is how many requests of one account are answered, and a sixth of them at once. Whoever works quickly in several windows
// asks for some dozens in a minute.
const RequestsAMinute = 1200

// retryAfter is in how many seconds whoever asked too often is told to come back: by then half of what may be asked at once is there again.
const retryAfter = "5"

// onlySoOften bounds what one account asks for, in however many sessions: a person reads, and a script that has got hold of a session
// reads as fast as it is answered. By whom, and never from where: an organisation sits behind one address. Who has no session
// asks for nothing that costs; the proxy in front bounds that.
func (s *Server) onlySoOften(c *fiber.Ctx) error {
	visitor := VisitorOf(c)
	// What was parked has just been taken out for this page: refused, it would be lost.
	if s.options.Pace == nil || !visitor.SignedIn || Parked(c) {
		return c.Next()
	}
	account := visitor.Session
	if p := visitor.Principal; p != nil && p.Person != (tenantdb.PersonID{}) {
		account = p.Person.String()
	}
	if !s.options.Pace.Take(account) {
		c.Set(fiber.HeaderRetryAfter, retryAfter)
		return fiber.ErrTooManyRequests
	}
	return c.Next()
}
