package referrals

import "time"

// Acknowledge notes that somebody at the NGO has seen what the office did, up to the moment that the page showed. What
// came in after the page was opened stays news.
func (r *Referral) Acknowledge(seen time.Time) {
	if r.NewsAt == nil || seen.IsZero() {
		return
	}
	if seen.After(*r.NewsAt) {
		seen = *r.NewsAt
	}
	if r.AcknowledgedAt == nil || seen.After(*r.AcknowledgedAt) {
		r.AcknowledgedAt = &seen
	}
}
