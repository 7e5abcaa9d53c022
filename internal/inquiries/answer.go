package inquiries

import (
	"slices"
	"time"

	"passerelle/internal/fault"
)

// Answer is what became of a request.
type Answer struct {
	On      time.Time
	Outcome Outcome
	// Check is how it was made sure that it is the person who is answered (OPDo 16(5)).
	Check Check
	// Ground is why not everything was told, and Reason what she was told of that (LPD 26).
	Ground Ground
	Reason string
	// LeftOut is what was left out.
	LeftOut string
}

// Outcome is what was answered.
type Outcome string

// The outcomes. A request that was taken back is answered with nothing.
const (
	Given     Outcome = "given"
	Partial   Outcome = "partial"
	Refused   Outcome = "refused"
	Withdrawn Outcome = "withdrawn"
)

// Outcomes lists them in the order of forms.
var Outcomes = []Outcome{Given, Partial, Refused, Withdrawn}

// Check is how it was made sure of whom one answers.
type Check string

// The checks.
const (
	Known     Check = "known"     // she came herself, and is known here
	Document  Check = "document"  // she has shown a document
	Confirmed Check = "confirmed" // she has confirmed, alone with us, that who asks acts for her
	Appointed Check = "appointed" // the authority that appointed who asks has confirmed it
)

// Checks lists them in the order of forms.
var Checks = []Check{Known, Document, Confirmed, Appointed}

// suffices says which checks do for whom. A mandate on paper alone never does: who has had power over her can have had her
// sign it, and would learn where she is.
func (c Check) suffices(asker Asker) bool {
	switch asker {
	case Herself:
		return c == Known || c == Document
	case Guardian:
		return c == Appointed || c == Confirmed
	default:
		return c == Confirmed
	}
}

// Ground is why not everything is told.
type Ground string

// Grounds lists them in the order of forms: interests of third parties, a secret of the law, a public interest, own
// interests, and a request that is manifestly unfounded (LPD 26(1) and (2)).
var Grounds = []Ground{"third_parties", "secrecy", "public_interest", "own_interests", "unfounded"}

// Reply records the answer, or corrects it.
func (i *Inquiry) Reply(a Answer, today time.Time) error {
	if err := a.check(i.Terms, today); err != nil {
		return err
	}
	i.Answer = &a
	return nil
}

// check refuses an answer that the law does not know.
func (a Answer) check(t Terms, today time.Time) error {
	var problems fault.Problems
	if !slices.Contains(Outcomes, a.Outcome) {
		problems.Add("outcome", "inquiries.outcome.missing")
	}
	switch {
	case a.On.IsZero():
		problems.Add("answered_on", "inquiries.answered_on.missing")
	case a.On.After(today):
		problems.Add("answered_on", "inquiries.date.future")
	case a.On.Before(t.ReceivedOn):
		problems.Add("answered_on", "inquiries.date.before_request")
	}
	told, kept := a.Outcome == Given || a.Outcome == Partial, a.Outcome == Partial || a.Outcome == Refused
	switch {
	case told && a.Check == "":
		problems.Add("check", "inquiries.check.missing")
	case told && !a.Check.suffices(t.AskedBy):
		problems.Add("check", "inquiries.check.insufficient")
	}
	switch {
	case kept && !slices.Contains(Grounds, a.Ground):
		problems.Add("ground", "inquiries.ground.missing")
	case !kept && a.Ground != "":
		problems.Add("ground", "inquiries.ground.nothing_kept")
	case a.Outcome == Partial && a.Ground == "unfounded":
		problems.Add("ground", "inquiries.ground.all_or_nothing")
	}
	if kept && a.Reason == "" {
		problems.Add("reason", "inquiries.reason.missing")
	}
	switch {
	case a.Outcome == Partial && a.LeftOut == "":
		problems.Add("left_out", "inquiries.left_out.missing")
	case a.Outcome == Given && a.LeftOut != "":
		problems.Add("left_out", "inquiries.left_out.given")
	}
	return problems.Err()
}
