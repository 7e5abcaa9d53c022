package inquiries

import (
	"time"

	"passerelle/internal/fault"
)

// Extension is that the person was told that the answer takes longer, until when, and why (OPDo 18(2)).
type Extension struct {
	ToldOn, Until time.Time
	Reason        string
}

// Extend records the one extension of a request, or corrects it. due is the day until which it has to be answered without.
func (i *Inquiry) Extend(e Extension, due, today time.Time) error {
	if !i.Open() {
		return fault.Refused("inquiries.extension.answered")
	}
	if err := e.check(i.Terms, due, today); err != nil {
		return err
	}
	i.Extension = &e
	return nil
}

// Retract takes the extension back, which was recorded by mistake.
func (i *Inquiry) Retract() error {
	if !i.Open() {
		return fault.Refused("inquiries.extension.answered")
	}
	i.Extension = nil
	return nil
}

// check refuses an extension of which the person has not been told while the time ran: what is late is late.
func (e Extension) check(t Terms, due, today time.Time) error {
	var problems fault.Problems
	switch {
	case e.ToldOn.IsZero():
		problems.Add("told_on", "inquiries.told_on.missing")
	case e.ToldOn.After(today):
		problems.Add("told_on", "inquiries.date.future")
	case e.ToldOn.Before(t.ReceivedOn):
		problems.Add("told_on", "inquiries.date.before_request")
	case e.ToldOn.After(due):
		problems.Add("told_on", "inquiries.told_on.too_late", "Day", due.Format("02.01.2006"))
	}
	switch {
	case e.Until.IsZero():
		problems.Add("until", "inquiries.until.missing")
	case !e.Until.After(due):
		problems.Add("until", "inquiries.until.not_later", "Day", due.Format("02.01.2006"))
	case e.Until.After(t.ReceivedOn.AddDate(1, 0, 0)):
		problems.Add("until", "inquiries.until.too_late")
	}
	if e.Reason == "" {
		problems.Add("reason", "inquiries.reason.missing")
	}
	return problems.Err()
}
