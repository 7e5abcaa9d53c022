// Package inbox is the office's side of referrals: what was sent to the office, and what it does with it. Its types
// have no place for a dossier: an office reads the frozen slice and its own dealings, and nothing else exists here.
package inbox

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// ID identifies a referral, the same for the timeline, the messages and the two sides.
type ID = ids.ID[timeline.Referral]

// Line is a referral as a list shows it: nothing that is said of a person.
type Line struct {
	ReferralID  ID
	Reference   string
	Service     access.OfficeKind
	Urgency     referrals.Urgency
	AnswerBy    *time.Time
	State       referrals.State
	SentAt      time.Time
	TakenByName string
	AnsweredAt  *time.Time
	ClosedAt    *time.Time
	// OfficeNewsAt is when the NGO last wrote what nobody at the office has acknowledged.
	OfficeNewsAt *time.Time
}

// Referral is what an office was asked, the slice it was given for it, and what it has made of it so far.
type Referral struct {
	Line
	Request      string
	Slice        disclosure.Slice
	SentByName   string
	VisibleUntil time.Time

	TakenBy       tenantdb.PersonID
	TakenAt       *time.Time
	DeclineReason referrals.DeclineReason
	Outcome       referrals.Outcome
}

// Due says how a referral stands with the day on which its answer is wanted.
type Due string

// Where there is nothing to point out, Due is empty.
const (
	Overdue Due = "overdue"
	DueSoon Due = "soon"
)

// soon is how many days before the wanted day a list begins to point it out.
const soon = 3

// Due compares the day on which an answer is wanted with today; an answered referral is not due.
func (l Line) Due(today time.Time) Due {
	switch {
	case l.AnswerBy == nil || l.State != referrals.Sent && l.State != referrals.Taken:
		return ""
	case l.AnswerBy.Before(today):
		return Overdue
	case l.AnswerBy.Before(today.AddDate(0, 0, soon+1)):
		return DueSoon
	default:
		return ""
	}
}

// Settled says that the office has nothing more to do: it declined, or it closed with an outcome.
func (l Line) Settled() bool { return l.State == referrals.Declined || l.State == referrals.Closed }

// SettledAt is when the office said its last word, nil before.
func (l Line) SettledAt() *time.Time {
	switch l.State {
	case referrals.Declined:
		return l.AnsweredAt
	case referrals.Closed:
		return l.ClosedAt
	default:
		return nil
	}
}

// News says that the NGO wrote something that nobody at the office has acknowledged.
func (l Line) News() bool { return l.OfficeNewsAt != nil }

// Answerable says that the office still owes a yes or no.
func (l Line) Answerable() bool { return l.State == referrals.Sent || l.State == referrals.Taken }

// Accepted says that the office owes an outcome.
func (l Line) Accepted() bool { return l.State == referrals.Accepted }

// HeldBy says that this person took the referral and has it.
func (r *Referral) HeldBy(person tenantdb.PersonID) bool {
	return !r.TakenBy.Zero() && r.TakenBy == person
}

// HeldByColleague says that somebody else of the office has it.
func (r *Referral) HeldByColleague(person tenantdb.PersonID) bool {
	return !r.TakenBy.Zero() && r.TakenBy != person
}

// there refuses a referral that was revoked while the act waited for its turn: from then on it does not exist here.
func (r *Referral) there() error {
	if r.State == referrals.Revoked || r.State == referrals.Draft {
		return fault.NotFound()
	}
	return nil
}

// unsettled refuses what makes no sense after the office's last word.
func (r *Referral) unsettled() error {
	if err := r.there(); err != nil {
		return err
	}
	switch r.State {
	case referrals.Declined:
		return fault.Refused("inbox.settled.declined", "Name", r.TakenByName)
	case referrals.Closed:
		return fault.Refused("inbox.settled.closed", "Name", r.TakenByName)
	default:
		return nil
	}
}

// hold makes sure that one person answers for the office: whoever has taken the referral, or the first to act on it.
func (r *Referral) hold(by access.Principal, at time.Time) error {
	if r.HeldByColleague(by.Person) {
		return fault.Conflict("inbox.taking.colleague_has_it", "Name", r.TakenByName)
	}
	if r.TakenBy.Zero() {
		r.TakenBy, r.TakenByName, r.TakenAt = by.Person, by.Name, &at
	}
	return nil
}
