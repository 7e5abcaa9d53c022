package inbox

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/referrals"
)

// Accept is the office's yes: it will do what it is asked.
func (r *Referral) Accept(by access.Principal, at time.Time) (changed bool, err error) {
	if err := r.unsettled(); err != nil {
		return false, err
	}
	if err := r.hold(by, at); err != nil {
		return false, err
	}
	if r.State == referrals.Accepted {
		return false, nil
	}
	r.State, r.AnsweredAt = referrals.Accepted, &at
	return true, nil
}

// Decline is the office's no, always with a reason, so that the NGO knows whom to ask next. What was accepted can no
// longer be declined: it is closed with an outcome, and the NGO's figures stay true.
func (r *Referral) Decline(by access.Principal, why referrals.DeclineReason, explained bool, at time.Time) (changed bool, err error) {
	if err := r.there(); err != nil {
		return false, err
	}
	if !referrals.Known(referrals.DeclineReasons, why) {
		return false, fault.Invalid("reason", "inbox.decline.reason_missing")
	}
	if why == referrals.OtherReason && !explained {
		return false, fault.Invalid("body", "inbox.decline.words_missing")
	}
	if r.State == referrals.Declined && r.HeldBy(by.Person) && r.DeclineReason == why {
		return false, nil
	}
	if err := r.unsettled(); err != nil {
		return false, err
	}
	if err := r.hold(by, at); err != nil {
		return false, err
	}
	if r.State == referrals.Accepted {
		return false, fault.Refused("inbox.decline.accepted_before", "Name", r.TakenByName)
	}
	r.State, r.AnsweredAt, r.DeclineReason = referrals.Declined, &at, why
	return true, nil
}
