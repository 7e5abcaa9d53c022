package housing

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// EvaluationID identifies an evaluation.
type EvaluationID = ids.ID[Evaluation]

// Evaluation is one look at what comes after a stay in a protected place: which solutions were considered, what was found,
// and what was decided. It is written once; the next look is another.
type Evaluation struct {
	EvaluationID   EvaluationID
	DossierID      dossiers.ID
	StayID         StayID
	EvaluatedOn    time.Time
	Decision       Decision
	ProlongedUntil *time.Time
	Document       keys.Sealed[Findings] `bun:"document"`
}

// Findings are what is written of it.
type Findings struct {
	Considered []Solution
	Found      string
	Reasons    string
}

// Place says where the sealed document stands.
func (e *Evaluation) Place() keys.Place {
	return keys.Place{Table: "housing_evaluations", Row: e.EvaluationID.String()}
}

// Solution is somewhere to live for longer.
type Solution string

// Solutions lists those that are considered before a stay ends, the most independent first.
var Solutions = []Solution{"own_flat", "transition", "subsidised_flat", "shared_flat", "family_friends", "network", "institution", "asylum_housing", "return"}

// Decision is what an evaluation came to.
type Decision string

// The decisions. Open is none yet.
const (
	Undecided     Decision = "open"
	Prolonged     Decision = "prolonged"
	SolutionFound Decision = "solution_found"
	NotProlonged  Decision = "not_prolonged"
)

// Decisions lists them in the order of forms.
var Decisions = []Decision{Undecided, SolutionFound, Prolonged, NotProlonged}

// Look is an evaluation that somebody writes down.
type Look struct {
	Findings
	Decision Decision
	Until    *time.Time
}

// Evaluate takes a look at what comes after the stay, and moves its end where it is prolonged. A prolongation comes after
// long-term solutions were considered, goes beyond what was planned, and says why: the next one in danger waits for the bed.
func (s *Stay) Evaluate(look Look, today time.Time) error {
	if !s.Running() {
		return fault.Refused("housing.stay.over")
	}
	if !s.Kind.Protected() {
		return fault.Refused("housing.evaluation.not_protected")
	}
	var problems fault.Problems
	if len(look.Considered) == 0 {
		problems.Add("considered", "housing.considered.missing")
	}
	if look.Decision == "" {
		problems.Add("decision", "housing.decision.missing")
	}
	if look.Decision != Undecided && look.Decision != "" && look.Reasons == "" {
		problems.Add("reasons", "housing.reasons.missing")
	}
	switch prolongs := look.Decision == Prolonged; {
	case prolongs && look.Until == nil:
		problems.Add("prolonged_until", "housing.prolonged_until.missing")
	case prolongs && (!look.Until.After(today) || s.PlannedEndOn != nil && !look.Until.After(*s.PlannedEndOn)):
		problems.Add("prolonged_until", "housing.prolonged_until.not_later")
	case !prolongs && look.Until != nil:
		problems.Add("prolonged_until", "housing.prolonged_until.without_prolongation")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if look.Decision == Prolonged {
		s.PlannedEndOn = look.Until
	}
	return nil
}
