package referrals

import (
	"time"

	"passerelle/internal/fault"
)

// Revoke takes the referral away from the office. What the office had finished stays told as it was; only its access
// ends then.
func (r *Referral) Revoke(at time.Time) error {
	switch {
	case r.Draft():
		return fault.Refused("referrals.revocation.draft")
	case r.RevokedAt != nil:
		return fault.Refused("referrals.revocation.already")
	}
	if !r.Over() {
		r.State = Revoked
	}
	r.RevokedAt, r.UpdatedAt = &at, at
	if r.VisibleUntil == nil || r.VisibleUntil.After(at) {
		r.VisibleUntil = &at
	}
	return nil
}
