package inbox

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// Take makes somebody the one who deals with the referral. A colleague may take it over, but knowingly: from is whom
// the page named when the button was pressed, and where somebody else was quicker, nothing is taken from them unseen.
func (r *Referral) Take(by access.Principal, from tenantdb.PersonID, at time.Time) (changed bool, err error) {
	if err := r.unsettled(); err != nil {
		return false, err
	}
	if r.HeldBy(by.Person) {
		return false, nil
	}
	if !r.TakenBy.Zero() && r.TakenBy != from {
		return false, fault.Conflict("inbox.taking.meanwhile", "Name", r.TakenByName)
	}
	r.TakenBy, r.TakenByName, r.TakenAt = by.Person, by.Name, &at
	if r.State == referrals.Sent {
		r.State = referrals.Taken
	}
	return true, nil
}
