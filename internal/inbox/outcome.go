package inbox

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/referrals"
)

// Close ends what was accepted and says what the person got of it: accepted is not yet helped.
func (r *Referral) Close(by access.Principal, outcome referrals.Outcome, explained bool, at time.Time) (changed bool, err error) {
	if err := r.there(); err != nil {
		return false, err
	}
	if !referrals.Known(referrals.Outcomes, outcome) {
		return false, fault.Invalid("outcome", "inbox.outcome.missing")
	}
	if outcome == referrals.OtherOutcome && !explained {
		return false, fault.Invalid("body", "inbox.outcome.words_missing")
	}
	if r.State == referrals.Closed && r.HeldBy(by.Person) && r.Outcome == outcome {
		return false, nil
	}
	if err := r.unsettled(); err != nil {
		return false, err
	}
	if err := r.hold(by, at); err != nil {
		return false, err
	}
	if r.State != referrals.Accepted {
		return false, fault.Refused("inbox.outcome.not_accepted")
	}
	r.State, r.ClosedAt, r.Outcome = referrals.Closed, &at, outcome
	return true, nil
}
