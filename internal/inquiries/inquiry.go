// Package inquiries keeps what a person asks to be told of all that is kept about her (LPD 25, and what a canton's law says
// in its place): when the request came and from whom, until when an answer is due, how that was extended once, and what was
// answered. It runs in a closed dossier as well.
package inquiries

import (
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// ID identifies an inquiry.
type ID = ids.ID[Inquiry]

// Inquiry is one request for access of a dossier's person.
type Inquiry struct {
	InquiryID ID
	DossierID dossiers.ID
	Particulars
	// Version counts changes; ChangedByName is who made the last one.
	Version       int
	ChangedByName string
}

// Particulars are all that is known of an inquiry.
type Particulars struct {
	Terms
	Extension *Extension
	Answer    *Answer
	// Choices are what somebody has decided about the free texts of an extract, by where they stand.
	Choices map[string]Choice `json:",omitempty"`
}

// Terms are what is known of a request when it comes.
type Terms struct {
	// ReceivedOn is the day from which the time for an answer runs.
	ReceivedOn time.Time
	Channel    Channel
	AskedBy    Asker
	// Representative is who asks in her name, where she does not herself.
	Representative string
	// Note is what exactly she wants to know, where she has said it.
	Note string
}

// Channel is how a request came.
type Channel string

// Channels lists them in the order of forms.
var Channels = []Channel{"in_person", "by_letter", "by_email"}

// Asker is who asks.
type Asker string

// The askers. Only who acts for her with her mandate, or by the law, asks in her name.
const (
	Herself  Asker = "herself"
	Lawyer   Asker = "lawyer"
	Mandated Asker = "mandated"
	Guardian Asker = "guardian"
)

// Askers lists them in the order of forms.
var Askers = []Asker{Herself, Lawyer, Mandated, Guardian}

// Open says that an answer is still owed.
func (i Inquiry) Open() bool { return i.Answer == nil }

// MayAnswer says whether somebody decides on answers and extensions: whoever is responsible for the dossier, and whoever
// coordinates. That a request has come is for each of the staff to record, since the time runs from that day.
func MayAnswer(by access.Principal, responsible tenantdb.PersonID) bool {
	return access.May(by.Role, access.InquiryAnswer) && (by.Person == responsible || access.May(by.Role, access.InquiryOversee))
}

// Check refuses a request of which something is missing or cannot be.
func (t Terms) Check(today time.Time) error {
	var problems fault.Problems
	switch {
	case t.ReceivedOn.IsZero():
		problems.Add("received_on", "inquiries.received_on.missing")
	case t.ReceivedOn.After(today):
		problems.Add("received_on", "inquiries.date.future")
	}
	if !slices.Contains(Channels, t.Channel) {
		problems.Add("channel", "inquiries.channel.missing")
	}
	switch {
	case !slices.Contains(Askers, t.AskedBy):
		problems.Add("asked_by", "inquiries.asked_by.missing")
	case t.AskedBy != Herself && t.Representative == "":
		problems.Add("representative", "inquiries.representative.missing")
	case t.AskedBy == Herself && t.Representative != "":
		problems.Add("representative", "inquiries.representative.herself")
	}
	return problems.Err()
}

// Change gives a request other terms. Its extension and its answer have to stand on them as well: due is the day until which
// it has to be answered by them.
func (i *Inquiry) Change(terms Terms, due, today time.Time) error {
	if err := terms.Check(today); err != nil {
		return err
	}
	i.Terms = terms
	if i.Extension != nil && i.Extension.check(i.Terms, due, today) != nil {
		return fault.Invalid("received_on", "inquiries.received_on.extended")
	}
	if i.Answer != nil && i.Answer.check(i.Terms, today) != nil {
		return fault.Invalid("", "inquiries.answer.rests_on_it")
	}
	return nil
}
