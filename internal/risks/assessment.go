// Package risks keeps how great the danger is for somebody, here or after a return, as it was found on a day, and the plan
// for when it becomes dangerous. No instrument for other kinds of violence is taken over: none is validated for
// trafficking. A level is what a person has judged; the program only says what the answers suggest.
package risks

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// ID identifies an assessment.
type ID = ids.ID[Assessment]

// Kind is of what the risk is assessed.
type Kind string

// The kinds. Before somebody returns of her or his own will, what waits there is assessed (Council of Europe Convention
// art. 16; the return programme of SEM and IOM asks for it).
const (
	Here     Kind = "here"
	OnReturn Kind = "on_return"
)

// Kinds lists them.
var Kinds = []Kind{Here, OnReturn}

// Level is how great the danger is.
type Level string

// The levels.
const (
	Low      Level = "low"
	Moderate Level = "moderate"
	High     Level = "high"
	Acute    Level = "acute"
)

// Levels lists them, the least first.
var Levels = []Level{Low, Moderate, High, Acute}

func (l Level) below(other Level) bool { return slices.Index(Levels, l) < slices.Index(Levels, other) }

// Source is where a danger comes from.
type Source string

// Sources lists them in the order of forms.
var Sources = []Source{
	"perpetrators", "contact_continues", "place_known", "family_threatened", "children_threatened", "debt", "self_harm", "exploited_again", "community", "other",
}

// Severity is how bad it would be, and Likelihood how probable it is.
type (
	Severity   string
	Likelihood string
)

// Severities and Likelihoods list them, the least first.
var (
	Severities  = []Severity{"light", "serious", "grave"}
	Likelihoods = []Likelihood{"unlikely", "possible", "likely"}
)

// Danger is one source with how bad and how probable it is.
type Danger struct {
	Source     Source
	Severity   Severity
	Likelihood Likelihood
}

// level is what one danger amounts to. What is grave and likely is acute, and each step less of either is one level less.
func (d Danger) level() Level {
	steps := slices.Index(Severities, d.Severity) + slices.Index(Likelihoods, d.Likelihood)
	return Levels[max(0, steps-1)]
}

// Suggested is the level that dangers suggest: that of the worst. Many small ones do not add up to a great one; whoever finds
// that they do says so by choosing a higher level.
func Suggested(dangers []Danger) Level {
	worst := Low
	for _, danger := range dangers {
		if worst.below(danger.level()) {
			worst = danger.level()
		}
	}
	return worst
}

// ActFrom is the step of the 1-to-5 scale for children from which one acts at once (Kinderschutz Schweiz).
const ActFrom = 3

// Steps is the highest of that scale.
const Steps = 5

// Details are what only the dossier's people may know of an assessment.
type Details struct {
	Dangers []Danger
	// Described is what there is to say of them; Protective, what protects the person; Fears, what she or he fears.
	Described, Protective, Fears string
	// Reason is why the level is lower than what the dangers suggest.
	Reason string
}

// Assessment is how great the danger was found to be on a day.
type Assessment struct {
	RiskAssessmentID ID
	DossierID        dossiers.ID
	Kind             Kind
	Level            Level
	// ChildScale is the step from 1 to 5, for a child.
	ChildScale *int
	AssessedOn time.Time
	// ReviewOn is when it is assessed again; what waits after a return is assessed again when the return is.
	ReviewOn    *time.Time
	Particulars keys.Sealed[Details] `bun:"particulars"`
	WrittenBy   tenantdb.PersonID
	WrittenAt   time.Time
}

// Urgent says that for a child one has to act at once.
func (a Assessment) Urgent() bool { return a.ChildScale != nil && *a.ChildScale >= ActFrom }

// Finding is an assessment as a form has it.
type Finding struct {
	Kind       Kind
	Level      Level
	ChildScale *int
	AssessedOn *time.Time
	ReviewOn   *time.Time
	Details
}

// Check refuses what nobody could act on: a level without words, one below what its dangers suggest without a reason, one of
// a child without the step of the children's scale, and a review later than latest, which is the house's rule.
func (f Finding) Check(today time.Time, child bool, latest func(assessed time.Time) *time.Time) error {
	var problems fault.Problems
	if f.Kind == "" {
		problems.Add("kind", "risks.kind.missing")
	}
	if f.Level == "" {
		problems.Add("level", "risks.level.missing")
	}
	for _, danger := range f.Dangers {
		if danger.Severity == "" || danger.Likelihood == "" {
			problems.Add("severity_"+string(danger.Source), "risks.danger.half")
		}
	}
	if len(f.Dangers) == 0 && f.Described == "" {
		problems.Add("described", "risks.described.missing")
	}
	if f.Level != "" && len(problems) == 0 && f.Level.below(Suggested(f.Dangers)) && f.Reason == "" {
		problems.Add("reason", "risks.reason.missing")
	}
	if child && f.Kind == Here && f.ChildScale == nil {
		problems.Add("child_scale", "risks.child_scale.missing")
	}
	switch {
	case f.AssessedOn == nil:
		problems.Add("assessed_on", "risks.date.missing")
	case f.AssessedOn.After(today):
		problems.Add("assessed_on", "risks.date.in_the_future")
	case f.Kind == Here && f.ReviewOn != nil && f.ReviewOn.Before(*f.AssessedOn):
		problems.Add("review_on", "risks.review_on.before_assessed")
	case f.Kind == Here && f.ReviewOn != nil:
		if last := latest(*f.AssessedOn); last != nil && f.ReviewOn.After(*last) {
			problems.Add("review_on", "risks.review_on.too_late", "Date", last.Format("02.01.2006"))
		}
	}
	return problems.Err()
}
