package referrals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Send turns a draft into a request: from then on the office sees it, until the end of the consent's last day, and
// nothing of it changes any more. What was decided while drafting is decided again here, with the facts of the moment:
// consent may have been withdrawn since, and the office's kind sets its ceiling whatever the consent says.
func (r *Referral) Send(by string, at time.Time, office offices.Office, given []consents.Consent, slice Slice) error {
	if !r.Draft() {
		return fault.Refused("referrals.draft.sent_already")
	}
	var problems fault.Problems
	if strings.TrimSpace(r.Request) == "" {
		problems.Add("request", "referrals.sending.says_nothing")
	}
	r.Contents().checkAnswerBy(&problems, at)
	if office.Closed() {
		problems.Add("office", "referrals.sending.office_closed")
	}
	if len(r.Enclosures) < len(r.Documents) {
		problems.Add("documents", "referrals.documents.gone")
	}
	for _, class := range r.disclosed() {
		if p := PermissionFor(class, office, r.Service, nil, at); p == AboveCeiling {
			problems.Add("data_classes", "referrals.sending.above_ceiling")
			break
		}
	}
	consent, permission := restingOn(office.OfficeID, r.Service, r.disclosed(), given, at)
	if permission != Permitted {
		problems.Add("data_classes", "referrals.sending."+string(permission))
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if !slices.Equal(slice.Classes(), r.DataClasses) {
		return fmt.Errorf("send referral %s: the slice holds %v instead of %v", r.ReferralID, slice.Classes(), r.DataClasses)
	}
	until := consent.EndsAt()
	r.State, r.Slice, r.ConsentID = Sent, &slice, consent.ConsentID
	r.SentAt, r.SentByName, r.VisibleUntil, r.UpdatedAt = &at, by, &until, at
	return nil
}

// Send sends a draft whose preview somebody has seen. Consent is asked for again under lock, so that it cannot be
// withdrawn in between. Sending twice sends once.
func (s *Service) Send(ctx context.Context, id ID, seal string) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralSend)
	if err != nil {
		return Referral{}, err
	}
	var desk Desk
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		sealed, err := lockReferral(ctx, tx, id)
		if desk.Referral = sealed.closed(); err != nil || !desk.Referral.Draft() {
			return err
		}
		if desk.Referral, err = s.openReferral(ctx, tx, sealed); err != nil {
			return err
		}
		if err := s.furnish(ctx, tx, &desk, consents.LockForOffice); err != nil {
			return err
		}
		slice, err := s.cut(ctx, tx, desk.Referral, dossiers.Load)
		if err != nil {
			return err
		}
		if sealOf(desk.Referral, slice) != seal {
			return fault.Conflict("referrals.sending.changed_since_preview")
		}
		if err := desk.Referral.Send(by.Name, desk.At, desk.Office, desk.Consents, slice); err != nil {
			return err
		}
		if err := s.updateSending(ctx, tx, desk.Referral); err != nil {
			return err
		}
		if err := s.enclose(ctx, tx, by, desk.Referral); err != nil {
			return err
		}
		return record(ctx, tx, by, desk.Referral, timeline.ReferralSent, string(desk.Referral.Service))
	})
	return desk.Referral, err
}

// enclose has the documents go along that were shown in the preview.
func (s *Service) enclose(ctx context.Context, tx tenantdb.Tx, by access.Principal, r Referral) error {
	if len(r.Enclosures) == 0 {
		return nil
	}
	box, err := s.keys.Box(ctx, HolderOf(r.ReferralID))
	if err != nil {
		return fmt.Errorf("seal enclosures of referral %s: %w", r.ReferralID, err)
	}
	return documents.Enclose(ctx, tx, box, by, r.ReferralID, r.OfficeID, r.Enclosures)
}
