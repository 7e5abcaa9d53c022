package referrals

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

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

// Acknowledge notes that what the office did, up to the moment that the page showed, has been seen.
func (s *Service) Acknowledge(ctx context.Context, id ID, seen time.Time) error {
	if _, err := access.Require(ctx, access.ReferralReply); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		sealed, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		referral := sealed.closed()
		referral.Acknowledge(seen)
		if err := updateAcknowledgement(ctx, tx, referral); err != nil {
			return err
		}
		return enter(ctx, tx, referral, journal.ReferralAcknowledged)
	})
}
