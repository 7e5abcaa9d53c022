package interpreters

import (
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ExclusionID identifies an exclusion.
type ExclusionID = ids.ID[Exclusion]

// Exclusion says who must not interpret for a person. News reaches traffickers through compatriots, and a small language
// community hears everything.
type Exclusion struct {
	ExclusionID ExclusionID
	DossierID   dossiers.ID
	// Terms are sealed under the keyset of the dossier.
	Terms      keys.Sealed[Terms] `bun:"terms"`
	RecordedAt time.Time
	LiftedAt   *time.Time
}

// Place says where the sealed terms stand.
func (e *Exclusion) Place() keys.Place {
	return keys.Place{Table: "exclusions", Row: e.ExclusionID.String()}
}

// Against is what of an interpreter an exclusion looks at.
type Against string

// What can be excluded.
const (
	Region    Against = "region"
	Community Against = "community"
	ByGender  Against = "gender"
	Named     Against = "interpreter"
)

// Againsts lists them in the order of forms.
var Againsts = []Against{Region, Community, ByGender, Named}

// Strength tells what must not be from what one would rather avoid.
type Strength string

// The strengths: a booking that meets Never is refused, RatherNot puts an interpreter at the end of the list.
const (
	Never     Strength = "never"
	RatherNot Strength = "rather_not"
)

// Strengths lists them in the order of forms.
var Strengths = []Strength{Never, RatherNot}

// Terms are what an exclusion says; of the four objects the one that Against names is set.
type Terms struct {
	Against       Against
	Region        string
	Community     string
	Gender        Gender
	InterpreterID ID
	Strength      Strength
	Reason        string
}

// Check refuses an exclusion of nobody.
func (t Terms) Check() error {
	var problems fault.Problems
	switch {
	case t.Against == "":
		problems.Add("against", "interpreters.against.missing")
	case t.Against == Region && t.Region == "":
		problems.Add("region", "interpreters.region.missing")
	case t.Against == Community && t.Community == "":
		problems.Add("community", "interpreters.community.missing")
	case t.Against == ByGender && t.Gender == "":
		problems.Add("gender", "interpreters.gender.missing")
	case t.Against == Named && t.InterpreterID.Zero():
		problems.Add("interpreter", "interpreters.interpreter.missing")
	}
	if t.Strength == "" {
		problems.Add("strength", "interpreters.strength.missing")
	}
	return problems.Err()
}

// only leaves of the terms what they are against, so that nothing is kept that was typed for another sort.
func (t Terms) only() Terms {
	kept := Terms{Against: t.Against, Strength: t.Strength, Reason: t.Reason}
	switch t.Against {
	case Region:
		kept.Region = t.Region
	case Community:
		kept.Community = t.Community
	case ByGender:
		kept.Gender = t.Gender
	case Named:
		kept.InterpreterID = t.InterpreterID
	}
	return kept
}

// Verdict is what an exclusion says of an interpreter.
type Verdict int

// The verdicts. Unknown is one where the directory does not say what the exclusion looks at: somebody has to ask first.
const (
	Free Verdict = iota
	Unknown
	Met
)

// Of compares an exclusion with an interpreter. A community is compared by its words, and one that contains the other is
// the same: where one doubts, nobody is sent.
func (t Terms) Of(id ID, p Particulars) Verdict {
	switch t.Against {
	case Region:
		return compared(p.Region == "", p.Region == t.Region)
	case Community:
		known, excluded := strings.ToLower(p.Community), strings.ToLower(t.Community)
		return compared(known == "", strings.Contains(known, excluded) || strings.Contains(excluded, known))
	case ByGender:
		return compared(p.Gender == "", p.Gender == t.Gender)
	default:
		return compared(false, id == t.InterpreterID)
	}
}

func compared(unknown, met bool) Verdict {
	switch {
	case unknown:
		return Unknown
	case met:
		return Met
	default:
		return Free
	}
}

// Lift ends an exclusion. Lifting twice is lifting once.
func (e *Exclusion) Lift(at time.Time) {
	if e.LiftedAt == nil {
		e.LiftedAt = &at
	}
}
