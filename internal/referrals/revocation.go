package referrals

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
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

// Revoke takes a referral away from its office. Revoking twice is revoking once.
func (s *Service) Revoke(ctx context.Context, id ID) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralRevoke)
	if err != nil {
		return Referral{}, err
	}
	var referral Referral
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		sealed, err := lockReferral(ctx, tx, id)
		if referral = sealed.closed(); err != nil || referral.RevokedAt != nil {
			return err
		}
		return revoke(ctx, tx, by, &referral, s.now(), "")
	})
	return referral, err
}

func revoke(ctx context.Context, tx tenantdb.Tx, by access.Principal, referral *Referral, at time.Time, why string) error {
	if err := referral.Revoke(at); err != nil {
		return err
	}
	if err := updateRevocation(ctx, tx, *referral); err != nil {
		return err
	}
	if err := keys.Drop(ctx, tx, HolderOf(referral.ReferralID)); err != nil {
		return err
	}
	return record(ctx, tx, by, *referral, timeline.ReferralRevoked, why)
}

// ConsentWithdrawn is the detail of a revocation that nobody decided for the referral alone.
const ConsentWithdrawn = "consent_withdrawn"

// EndSharing takes away from its office everything that rests on a consent: consents.EndSharing.
func EndSharing(ctx context.Context, tx tenantdb.Tx, by access.Principal, consent consents.Consent) error {
	resting, err := lockSentOfConsent(ctx, tx, consent.ConsentID)
	if err != nil {
		return err
	}
	for i := range resting {
		if err := revoke(ctx, tx, by, &resting[i], *consent.WithdrawnAt, ConsentWithdrawn); err != nil {
			return err
		}
	}
	return nil
}

// RestingOn lists what offices would no longer see if a consent were withdrawn.
func (s *Service) RestingOn(ctx context.Context, consent consents.ID) ([]Line, error) {
	if _, err := access.Require(ctx, access.ReferralShow); err != nil {
		return nil, err
	}
	var live []Line
	err := s.db.Read(ctx, liveOfConsent(consent, &live))
	return live, err
}
