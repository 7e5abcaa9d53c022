package referrals

import (
	"time"

	"passerelle/internal/fault"
)

// Writable says whether the NGO can still write to the office about it: as long as the office sees it, answered or
// not, since what is to be cleared up often comes after the answer.
func (l Line) Writable(at time.Time) error {
	switch {
	case l.Draft():
		return fault.Refused("referrals.message.draft")
	case !l.VisibleAt(at):
		return fault.Refused("referrals.message.unseen")
	}
	return nil
}
