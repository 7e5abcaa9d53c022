package interpreters

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"passerelle/internal/fault"
)

// Candidate is an interpreter who may be asked for a person.
type Candidate struct {
	Interpreter
	// Shared are the person's languages that the interpreter speaks, in the person's order.
	Shared []string
	// Avoided are exclusions that would rather have somebody else, Unchecked those about which the directory says nothing.
	Avoided, Unchecked []Against
}

// Candidates are who may be asked for a day, the best first: whoever shares a language, then whoever no wish speaks against,
// then whoever is known best. It says how many an exclusion leaves out. Where nobody has written down which languages the
// person speaks, everybody is a candidate.
func Candidates(directory []Interpreter, exclusions []Exclusion, languages []string, on time.Time) (found []Candidate, excluded int) {
	for _, interpreter := range directory {
		if !interpreter.Active(on) {
			continue
		}
		candidate := Candidate{Interpreter: interpreter, Shared: shared(languages, interpreter.Particulars.Get().Languages)}
		if len(languages) > 0 && len(candidate.Shared) == 0 {
			continue
		}
		if !candidate.weigh(exclusions) {
			excluded++
			continue
		}
		found = append(found, candidate)
	}
	slices.SortStableFunc(found, func(a, b Candidate) int {
		return cmp.Or(
			cmp.Compare(rank(languages, a.Shared), rank(languages, b.Shared)),
			cmp.Compare(len(a.Avoided), len(b.Avoided)),
			cmp.Compare(len(a.Unchecked), len(b.Unchecked)),
			strings.Compare(a.Particulars.Get().Name, b.Particulars.Get().Name),
		)
	})
	return found, excluded
}

// weigh notes what exclusions say, and whether the interpreter may be asked at all.
func (c *Candidate) weigh(exclusions []Exclusion) bool {
	for _, exclusion := range exclusions {
		if exclusion.LiftedAt != nil {
			continue
		}
		terms := exclusion.Terms.Get()
		switch verdict := terms.Of(c.InterpreterID, c.Particulars.Get()); {
		case verdict == Met && terms.Strength == Never:
			return false
		case verdict == Met:
			c.Avoided = append(c.Avoided, terms.Against)
		case verdict == Unknown:
			c.Unchecked = append(c.Unchecked, terms.Against)
		}
	}
	return true
}

// MayCome refuses an interpreter whom the person excludes, and says why in plain words.
func (i Interpreter) MayCome(exclusions []Exclusion) error {
	for _, exclusion := range exclusions {
		terms := exclusion.Terms.Get()
		if exclusion.LiftedAt == nil && terms.Strength == Never && terms.Of(i.InterpreterID, i.Particulars.Get()) == Met {
			return fault.Invalid("interpreter", "interpreters.excluded."+string(terms.Against))
		}
	}
	return nil
}

func shared(wanted, spoken []string) (both []string) {
	for _, code := range wanted {
		if slices.Contains(spoken, code) {
			both = append(both, code)
		}
	}
	return both
}

// rank is the place, among the person's languages, of the first that both speak.
func rank(languages, shared []string) int {
	if len(shared) == 0 {
		return len(languages)
	}
	return slices.Index(languages, shared[0])
}
