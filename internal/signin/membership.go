package signin

import (
	"time"

	"passerelle/internal/access"
)

// Membership is a place where somebody works, an NGO or an office, and as what: the principal that they are there.
type Membership struct {
	access.Principal
	EndedAt time.Time
}

// None says that somebody waits without a role.
func (m Membership) None() bool { return m.Person.Zero() }
