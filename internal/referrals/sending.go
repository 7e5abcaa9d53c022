package referrals

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/consents"
	"passerelle/internal/fault"
	"passerelle/internal/offices"
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
	for _, class := range r.DataClasses {
		if p := PermissionFor(class, office, r.Service, nil, at); p == AboveCeiling {
			problems.Add("data_classes", "referrals.sending.above_ceiling")
			break
		}
	}
	consent, permission := restingOn(office.OfficeID, r.Service, r.DataClasses, given, at)
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

// Preview is what the office would see if a draft were sent now.
type Preview struct {
	Referral Referral
	// AsSent is the referral as it would be after sending; of one that was sent, the referral itself.
	AsSent Referral
	// Problems are what would keep it from being sent.
	Problems fault.Problems
}

// show tries to send, without anything coming of it.
func (p *Preview) show(by string, desk Desk, slice Slice) {
	p.AsSent = desk.Referral
	if problems, refused := fault.Correctable(p.AsSent.Send(by, desk.At, desk.Office, desk.Consents, slice)); refused {
		p.Problems = problems
		p.AsSent.Slice, p.AsSent.SentByName, p.AsSent.SentAt = &slice, by, &desk.At
	}
}

// Seal names exactly what the preview shows. Sending with the seal of an earlier preview is refused: the person has
// agreed to what was on the page, and not to what the dossier has become meanwhile.
func (p Preview) Seal() string {
	if p.AsSent.Slice == nil {
		return ""
	}
	return sealOf(p.Referral, *p.AsSent.Slice)
}

func sealOf(r Referral, slice Slice) string {
	shown, err := json.Marshal(struct {
		Contents Contents
		Office   offices.ID
		Slice    Slice
	}{r.Contents(), r.OfficeID, slice})
	if err != nil {
		panic(err) // strings and days alone: there is nothing that could not be written
	}
	sum := sha256.Sum256(shown)
	return hex.EncodeToString(sum[:])
}
