package offices

import (
	"time"

	"passerelle/internal/fault"
)

// Close closes an office: it takes nothing more. What was sent to it, what was consented to and what is being written stays as it
// is; a successor is told of in words, and nothing moves there by itself, since people consented to this office and to no other.
func (e *Entry) Close(at time.Time, successor *Entry) error {
	if e.Closed() {
		return fault.Refused("offices.closing.closed")
	}
	if successor != nil {
		switch {
		case successor.OfficeID == e.OfficeID:
			return fault.Invalid("successor", "offices.successor.itself")
		case successor.Closed():
			return fault.Invalid("successor", "offices.successor.closed")
		}
		e.SuccessorID = successor.OfficeID
	}
	e.ClosedAt = &at
	return nil
}

// Reopen lets a closed office take referrals again; then nothing came after it.
func (e *Entry) Reopen() error {
	if !e.Closed() {
		return fault.Refused("offices.closing.open")
	}
	e.ClosedAt, e.SuccessorID = nil, ID{}
	return nil
}

// SuccessorOf is the office at which one arrives from a closed one: the first after it that is open, or else the last. The zero
// Office says that nothing came after it.
func SuccessorOf(office Office, known []Office) Office {
	next := Office{}
	for range known {
		if office.SuccessorID.Zero() {
			break
		}
		if office = Among(known, office.SuccessorID); office.OfficeID.Zero() {
			break
		}
		if next = office; !next.Closed() {
			break
		}
	}
	return next
}
