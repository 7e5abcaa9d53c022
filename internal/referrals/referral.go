// Package referrals is the NGO's side of what it asks of an office: drafting, previewing, sending, revoking, and hearing
// what came of it. Consent and the ceiling of the kind of office decide what goes along; sending freezes it. The
// office's side of the same table is internal/inbox.
package referrals

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// ID identifies a referral, the same for the timeline, the messages and the two sides.
type ID = ids.ID[timeline.Referral]

// Line is a referral as a list shows it: nothing that is said of a person.
type Line struct {
	ReferralID     ID
	Reference      string
	DossierID      dossiers.ID
	CodeName       dossiers.CodeName
	OfficeID       offices.ID
	OfficeName     string
	OfficeKind     access.OfficeKind
	Service        access.OfficeKind
	Urgency        Urgency
	AnswerBy       *time.Time
	State          State
	CreatedAt      time.Time
	UpdatedAt      time.Time
	SentAt         *time.Time
	VisibleUntil   *time.Time
	RevokedAt      *time.Time
	AnsweredAt     *time.Time
	ClosedAt       *time.Time
	DeclineReason  DeclineReason
	Outcome        Outcome
	NewsAt         *time.Time
	AcknowledgedAt *time.Time
}

// Referral is a request to an office, with what it was sent.
type Referral struct {
	Line
	ConsentID   consents.ID
	Request     string
	DataClasses []access.DataClass `bun:",array"`
	// Documents are those of the dossier that somebody wants to go along; Enclosures what would go along now, or went.
	Documents     []documents.ID `bun:",array"`
	Enclosures    []documents.Enclosure
	Slice         *Slice
	CreatedBy     tenantdb.PersonID
	CreatedByName string
	Version       int
	SentByName    string
	TakenByName   string
	TakenAt       *time.Time
}

// disclosed are the classes of data that the office learns something of: those of the slice, and those of the documents.
func (r Referral) disclosed() []access.DataClass {
	classes := slices.Clone(r.DataClasses)
	for _, enclosure := range r.Enclosures {
		classes = append(classes, enclosure.DataClass)
	}
	return consents.InOrder(classes)
}

// Draft says that nobody but the NGO has seen it.
func (l Line) Draft() bool { return l.State == Draft }

// Over says that the office has nothing more to do: it declined, or it closed with an outcome.
func (l Line) Over() bool { return l.State == Declined || l.State == Closed }

// Waiting says that the office still owes an answer.
func (l Line) Waiting() bool { return l.State == Sent || l.State == Taken }

// VisibleAt says whether the office sees the referral at a moment.
func (l Line) VisibleAt(at time.Time) bool {
	return l.SentAt != nil && l.RevokedAt == nil && l.VisibleUntil != nil && l.VisibleUntil.After(at)
}

// ExpiredAt says that access ended with the last day of consent, and not by anybody's act.
func (l Line) ExpiredAt(at time.Time) bool {
	return l.SentAt != nil && l.RevokedAt == nil && !l.VisibleAt(at)
}

// OverdueAt says that the answer should have come on an earlier day.
func (l Line) OverdueAt(at time.Time) bool {
	return l.Waiting() && l.AnswerBy != nil && l.AnswerBy.Before(forms.Today(at))
}

// News says that the office did something that nobody at the NGO has acknowledged.
func (l Line) News() bool {
	return l.NewsAt != nil && (l.AcknowledgedAt == nil || l.NewsAt.After(*l.AcknowledgedAt))
}

// Office is the one that the referral is addressed to, so far as the referral knows it.
func (l Line) Office() offices.Office {
	return offices.Office{OfficeID: l.OfficeID, Name: l.OfficeName, Kind: l.OfficeKind}
}
