package members

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Person is a membership as those see it who administer: somebody of the staff, or of an office.
type Person struct {
	PersonID    tenantdb.PersonID
	Name, Email string
	Role        access.Role
	// OfficeID is zero, and OfficeName empty, for the staff.
	OfficeID   tenantdb.OfficeID
	OfficeName string
	// ConnectionID and Subject are who it is to the provider, once that is known; two memberships with the same are one human being.
	ConnectionID signin.ConnectionID
	Subject      string
	// Bound says that somebody has signed in as this person.
	Bound    bool
	JoinedAt time.Time
	// SeenAt is when the person last signed in.
	SeenAt *time.Time
	// EndedAt is from when on the membership is no more, which may be ahead, and EndedAs why.
	EndedAt *time.Time
	EndedAs Ending
}

// Ending is why a membership ends; "members.ending." + Ending is its message key.
type Ending string

// The endings: somebody leaves, or is shut out at once.
const (
	Left     Ending = "left"
	Disabled Ending = "disabled"
)

// State is where a membership stands; "members.state." + State is its message key.
type State string

// The states. Waiting is a membership as whom nobody has signed in yet; Leaving one that ends on a day ahead.
const (
	Waiting  State = "waiting"
	Active   State = "active"
	Leaving  State = "leaving"
	ShutOut  State = "disabled"
	LongGone State = "ended"
)

// States lists them in the order in which pages offer them.
var States = []State{Active, Waiting, Leaving, ShutOut, LongGone}

// AtOffice says that the person works in an office and not for the NGO.
func (p Person) AtOffice() bool { return !p.OfficeID.Zero() }

// GoneAt says whether the membership is no more.
func (p Person) GoneAt(now time.Time) bool { return p.EndedAt != nil && !now.Before(*p.EndedAt) }

// StateAt is where the membership stands.
func (p Person) StateAt(now time.Time) State {
	switch {
	case p.GoneAt(now) && p.EndedAs == Disabled:
		return ShutOut
	case p.GoneAt(now):
		return LongGone
	case p.EndedAt != nil:
		return Leaving
	case !p.Bound:
		return Waiting
	default:
		return Active
	}
}

// same says whether two memberships are of one human being, as far as a provider can tell.
func (p Person) same(other Person) bool {
	return p.PersonID == other.PersonID || p.Subject != "" && p.Subject == other.Subject && p.ConnectionID == other.ConnectionID
}
