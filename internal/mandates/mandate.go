// Package mandates lets those who run the installation act for a tenant, when it has let them. An operator asks, in words, for certain
// acts and some hours; one of the tenant's administrators approves, and any of them may end it at any time. It ends by itself: nothing
// has to run. What is done within it stands where the tenant sees it. No dossier is ever within a mandate: the role of the database in
// which operators act has no right to any.
package mandates

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// ID is that of a mandate.
type ID = ids.ID[Mandate]

// Act is something that can be asked for.
type Act string

// The acts, all of them. Nothing else is ever within a mandate.
const (
	// NameAdministrator expects one more administrator, by a code.
	NameAdministrator Act = "administrator"
	// CorrectRegistry changes the tenant's name, languages or law.
	CorrectRegistry Act = "registry"
)

// Acts lists them in the order in which forms offer them.
var Acts = []Act{NameAdministrator, CorrectRegistry}

const (
	// MaxPurpose is how long the purpose may be.
	MaxPurpose = 500
	// MaxHours is how long a mandate may go on.
	MaxHours = 24
	// waits is for how long a request can be approved.
	waits = 7 * 24 * time.Hour
)

// Request is what an operator asks of a tenant.
type Request struct {
	MandateID ID
	TenantID  tenantdb.TenantID
	Purpose   string
	Acts      []Act
	Hours     int
}

// Check says what has to be corrected.
func (r Request) Check() (problems fault.Problems) {
	switch purpose := strings.TrimSpace(r.Purpose); {
	case purpose == "":
		problems.Add("purpose", "mandates.purpose.missing")
	case utf8.RuneCountInString(purpose) > MaxPurpose:
		problems.Add("purpose", "mandates.purpose.long", "Max", MaxPurpose)
	}
	if len(r.Acts) == 0 || slices.ContainsFunc(r.Acts, func(a Act) bool { return !slices.Contains(Acts, a) }) {
		problems.Add("acts", "mandates.acts.missing")
	}
	if r.Hours < 1 || r.Hours > MaxHours {
		problems.Add("hours", "mandates.hours.wrong", "Max", MaxHours)
	}
	return problems
}

// Mandate is what was asked, what was answered, and until when it goes on.
type Mandate struct {
	MandateID  ID
	TenantID   tenantdb.TenantID
	AskedBy    tenantdb.PersonID
	AskedName  string
	Purpose    string
	Acts       []Act `bun:",array"`
	Hours      int
	AskedAt    time.Time
	ApprovedBy tenantdb.PersonID
	ApprovedAt *time.Time
	EndsAt     *time.Time
	RefusedBy  tenantdb.PersonID
	RefusedAt  *time.Time
	EndedBy    tenantdb.PersonID
	EndedAt    *time.Time
	// Done is what was done within it, in order.
	Done []Deed `bun:"-"`
}

// Deed is one thing that was done within a mandate.
type Deed struct {
	MandateID ID
	Act       Act
	ByName    string
	About     string
	At        time.Time
}

// State is how far a mandate has come.
type State string

// The states.
const (
	Asked   State = "asked"
	Lapsed  State = "lapsed" // nobody answered in time
	Refused State = "refused"
	Running State = "running"
	Over    State = "over"
)

// StateAt says how far it is at a moment.
func (m Mandate) StateAt(now time.Time) State {
	switch {
	case m.RefusedAt != nil:
		return Refused
	case m.EndedAt != nil, m.EndsAt != nil && !now.Before(*m.EndsAt):
		return Over
	case m.ApprovedAt != nil:
		return Running
	case now.Sub(m.AskedAt) > waits:
		return Lapsed
	default:
		return Asked
	}
}

// Open says that it can still be ended.
func (m Mandate) Open(now time.Time) bool {
	state := m.StateAt(now)
	return state == Asked || state == Running
}

// Allows says whether an act is within it at a moment.
func (m Mandate) Allows(act Act, now time.Time) bool {
	return m.StateAt(now) == Running && slices.Contains(m.Acts, act)
}

// Approve lets the operators act from now on, for as long as was asked.
func (m *Mandate) Approve(by tenantdb.PersonID, now time.Time) error {
	if m.StateAt(now) != Asked {
		return fault.Conflict("mandates.answered")
	}
	ends := now.Add(time.Duration(m.Hours) * time.Hour)
	m.ApprovedBy, m.ApprovedAt, m.EndsAt = by, &now, &ends
	return nil
}

// Refuse leaves it at having been asked.
func (m *Mandate) Refuse(by tenantdb.PersonID, now time.Time) error {
	if m.StateAt(now) != Asked {
		return fault.Conflict("mandates.answered")
	}
	m.RefusedBy, m.RefusedAt = by, &now
	return nil
}

// End ends it at once. Zero is who asked for it.
func (m *Mandate) End(by tenantdb.PersonID, now time.Time) error {
	if !m.Open(now) {
		return fault.Conflict("mandates.over")
	}
	m.EndedBy, m.EndedAt = by, &now
	return nil
}
