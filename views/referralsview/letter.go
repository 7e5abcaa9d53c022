// Package referralsview is the NGO's pages about referrals: what waits, the draft, the preview, and the referral once
// it is sent. What an office reads of a referral is drawn here as well, once for both sides.
package referralsview

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/referrals"
)

// Letter is what an office reads of a referral: who asks what, and what it is shown of the person.
type Letter struct {
	Reference string
	// From is the NGO; SentByName the member who sent it.
	From, SentByName string
	SentAt           *time.Time
	Service          access.OfficeKind
	Urgency          referrals.Urgency
	AnswerBy         *time.Time
	VisibleUntil     *time.Time
	Request          string
	Slice            referrals.Slice
	Enclosures       []documents.Enclosure
	// Ticket gives the address at which an enclosure is asked for; nil where none is given out.
	Ticket func(documents.EnclosureID) string
}

// LetterOf is the letter of a referral that was sent, or is shown as if it were.
func LetterOf(r referrals.Referral, from string) Letter {
	letter := Letter{
		Reference: r.Reference, From: from, SentByName: r.SentByName, SentAt: r.SentAt, Service: r.Service, Urgency: r.Urgency,
		AnswerBy: r.AnswerBy, VisibleUntil: r.VisibleUntil, Request: r.Request, Enclosures: r.Enclosures,
	}
	if r.Slice != nil {
		letter.Slice = *r.Slice
	}
	return letter
}

// previewed is the letter of a draft: the same, but for a moment of sending that has not come yet.
func previewed(preview referrals.Preview, from string) Letter {
	letter := LetterOf(preview.AsSent, from)
	if preview.Referral.Draft() {
		letter.SentAt = nil
	}
	return letter
}
