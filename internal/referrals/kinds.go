package referrals

import "slices"

// State is where a referral stands. A referral moves forward only: draft, sent, taken, accepted or declined, closed;
// or revoked by the NGO at any point after sending.
type State string

// The states.
const (
	Draft    State = "draft"
	Sent     State = "sent"
	Taken    State = "taken"
	Accepted State = "accepted"
	Declined State = "declined"
	Closed   State = "closed"
	Revoked  State = "revoked"
)

// Urgency is how soon the beneficiary needs it.
type Urgency string

// The urgencies.
const (
	Normal Urgency = "normal"
	Soon   Urgency = "soon"
	Urgent Urgency = "urgent"
)

// Urgencies lists them in the order of forms.
var Urgencies = []Urgency{Normal, Soon, Urgent}

// DeclineReason is why an office does not take a referral on.
type DeclineReason string

// The reasons for declining.
const (
	NoCapacity     DeclineReason = "no_capacity"
	NotCompetent   DeclineReason = "not_competent"
	PersonDeclined DeclineReason = "person_declined"
	OtherReason    DeclineReason = "other"
)

// DeclineReasons lists them in the order of forms.
var DeclineReasons = []DeclineReason{NoCapacity, NotCompetent, PersonDeclined, OtherReason}

// Outcome is what the beneficiary got in the end: accepted is not yet helped.
type Outcome string

// The outcomes.
const (
	Got          Outcome = "got"
	GotPartly    Outcome = "partly"
	GotNot       Outcome = "not"
	DidNotCome   Outcome = "did_not_come"
	OtherOutcome Outcome = "other"
)

// Outcomes lists them in the order of forms.
var Outcomes = []Outcome{Got, GotPartly, GotNot, DidNotCome, OtherOutcome}

// Known says whether a value that came from a form is one of the list.
func Known[T comparable](list []T, value T) bool { return slices.Contains(list, value) }
