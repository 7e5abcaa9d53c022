package offices

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// AgreementID identifies an agreement.
type AgreementID = ids.ID[Agreement]

// Agreement is what was agreed with an office.
type Agreement struct {
	AgreementID AgreementID
	OfficeID    ID
	Terms
	Version int
}

// Terms are what somebody writes of an agreement.
type Terms struct {
	Subject    string
	ValidFrom  *time.Time `bun:"valid_from,type:date"`
	ValidUntil *time.Time `bun:"valid_until,type:date"`
	// Document names the paper, FiledAt says where it lies. The paper itself is not kept here.
	Document, FiledAt string
	Contact           string
	// RemindDays is how many days before the end somebody has to think of it; nil is never.
	RemindDays *int
}

// MostRemindDays is how long before the end one can be reminded.
const MostRemindDays = 730

// Check refuses an agreement about nothing, one that ends before it begins, and a reminder of an end that there is not.
func (t Terms) Check() error {
	var problems fault.Problems
	if t.Subject == "" {
		problems.Add("subject", "offices.agreement.subject.missing")
	}
	if t.ValidFrom == nil {
		problems.Add("valid_from", "offices.agreement.valid_from.missing")
	}
	if t.ValidFrom != nil && t.ValidUntil != nil && t.ValidUntil.Before(*t.ValidFrom) {
		problems.Add("valid_until", "offices.valid_until.before")
	}
	if t.RemindDays != nil && t.ValidUntil == nil {
		problems.Add("valid_until", "offices.agreement.remind.without_end")
	}
	if t.RemindDays != nil && (*t.RemindDays < 0 || *t.RemindDays > MostRemindDays) {
		problems.Add("remind_days", "offices.agreement.remind.wrong", "Max", MostRemindDays)
	}
	return problems.Err()
}

func (t Terms) same(other Terms) bool {
	return t.Subject == other.Subject && sameDay(t.ValidFrom, other.ValidFrom) && sameDay(t.ValidUntil, other.ValidUntil) && t.Document == other.Document &&
		t.FiledAt == other.FiledAt && t.Contact == other.Contact && (t.RemindDays == nil) == (other.RemindDays == nil) &&
		(t.RemindDays == nil || *t.RemindDays == *other.RemindDays)
}

// RemindOn is the day from which on somebody has to think of its end; nil is never.
func (t Terms) RemindOn() *time.Time {
	if t.RemindDays == nil || t.ValidUntil == nil {
		return nil
	}
	day := t.ValidUntil.AddDate(0, 0, -*t.RemindDays)
	return &day
}

// Presses says whether somebody has to think of its end on a day. It does until it was prolonged or nobody wants to be reminded any
// more: an end that has passed is no reason to be quiet.
func (t Terms) Presses(today time.Time) bool {
	on := t.RemindOn()
	return on != nil && !today.Before(*on)
}

// Over says whether it has ended before a day.
func (t Terms) Over(today time.Time) bool { return t.ValidUntil != nil && today.After(*t.ValidUntil) }

// Ending is an agreement of which the end presses, with the office's name.
type Ending struct {
	AgreementID AgreementID
	OfficeID    ID
	OfficeName  string
	Subject     string
	ValidUntil  time.Time
}
