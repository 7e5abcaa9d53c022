package identifications

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

// Answer is what was found of an indicator; without one it was not asked.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Answers lists them in the order of forms.
var Answers = []Answer{Yes, No, Unknown}

// Details are what only the dossier's people may know of an assessment.
type Details struct {
	// Answers are by the code of the indicator.
	Answers map[string]Answer
	// Judgement is what the writer makes of it; OwnView how the person herself or himself sees what happened.
	Judgement, OwnView string
}

// Assessment is what somebody found on a day, by a set of indicators.
type Assessment struct {
	IdentificationID ID
	DossierID        dossiers.ID
	SetDigest        string
	AssessedOn       time.Time
	Particulars      keys.Sealed[Details] `bun:"particulars"`
	WrittenBy        tenantdb.PersonID
	WrittenAt        time.Time
}

// Finding is an assessment as a form has it.
type Finding struct {
	AssessedOn *time.Time
	Details
}

// Check refuses an assessment that is nothing but ticks, or answers what the set does not ask: the judgement in words is what
// counts.
func (f Finding) Check(set Set, today time.Time) error {
	var problems fault.Problems
	switch {
	case f.AssessedOn == nil:
		problems.Add("assessed_on", "identifications.date.missing")
	case f.AssessedOn.After(today):
		problems.Add("assessed_on", "identifications.date.in_the_future")
	}
	if f.Judgement == "" {
		problems.Add("judgement", "identifications.judgement.missing")
	}
	asked := map[string]bool{}
	for _, group := range set.Groups {
		for _, indicator := range group.Indicators {
			asked[indicator.Code] = true
		}
	}
	for code, answer := range f.Answers {
		if !asked[code] || !slices.Contains(Answers, answer) {
			problems.Add("", "identifications.answers.unknown")
			break
		}
	}
	return problems.Err()
}

// Reason is what one group of a set gives as a reason to look further.
type Reason struct {
	Group Group
	// Found are the indicators that were answered with yes; Open is how many were not asked, or nobody knows.
	Found []Indicator
	Open  int
	// Enough says that together they are a reason to look further for what the group is about.
	Enough bool
	// Beside says that the group does not matter: of a child nobody asks for the means.
	Beside bool
}

// Reasons says group by group what the answers give as reasons to look further. Two strong ones are enough, a strong one with
// another, three medium ones, or two with a weak one, as the operational indicators of ILO combine them. Of a child act
// and purpose are enough (Palermo Protocol art. 3(c); CP 182(1) likewise protects without a means).
func Reasons(set Set, answers map[string]Answer, child bool) []Reason {
	reasons := make([]Reason, len(set.Groups))
	for i, group := range set.Groups {
		reasons[i] = Reason{Group: group, Beside: child && group.Element == Means}
		strong, medium, weak := 0, 0, 0
		for _, indicator := range group.Indicators {
			switch answers[indicator.Code] {
			case Yes:
				reasons[i].Found = append(reasons[i].Found, indicator)
				switch indicator.Strength {
				case Strong:
					strong++
				case Medium:
					medium++
				default:
					weak++
				}
			case No:
			default:
				reasons[i].Open++
			}
		}
		reasons[i].Enough = strong >= 2 || strong == 1 && medium+weak >= 1 || medium >= 3 || medium == 2 && weak >= 1
	}
	return reasons
}

// Opinion is what the second reader makes of an assessment.
type Opinion string

// Opinions lists them in the order of forms.
var Opinions = []Opinion{"agrees", "agrees_in_part", "differs"}

// SecondDetails are what the second reader says.
type SecondDetails struct {
	Opinion Opinion
	Words   string
}

// SecondReading is what another member made of an assessment.
type SecondReading struct {
	IdentificationID ID
	DossierID        dossiers.ID
	Particulars      keys.Sealed[SecondDetails] `bun:"particulars"`
	ReadBy           tenantdb.PersonID
	ReadAt           time.Time
}

// Readable says whether somebody may read an assessment as the second: two pairs of eyes are two people.
func (a Assessment) Readable(by tenantdb.PersonID) bool { return a.WrittenBy != by }

// Check refuses a second reading without an opinion, and one that differs without a word.
func (d SecondDetails) Check() error {
	var problems fault.Problems
	if d.Opinion == "" {
		problems.Add("opinion", "identifications.opinion.missing")
	}
	if d.Words == "" && d.Opinion != "" && d.Opinion != "agrees" {
		problems.Add("words", "identifications.words.missing")
	}
	return problems.Err()
}
