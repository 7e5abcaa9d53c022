package housing

import (
	"time"

	"passerelle/internal/deadlines"
)

// Outlook is the house's rule for what comes after a shelter, answered from facts: before its months are over long-term
// solutions are considered; an independent flat rests on a valid permit and on an integration path that has begun; if there
// is none, going on in a shelter or in the network is evaluated.
type Outlook struct {
	// Considered and Evaluated are about the stay that runs, and nil where none does in a protected place.
	Considered, Evaluated *Condition
	Permit, Integration   Condition
}

// Condition is one line of the rule: whether it is met, and the day of the fact that says so. Where it is not met the day
// is that of a fact that comes close, such as a permit that has run out; zero is none.
type Condition struct {
	Met bool
	On  time.Time
}

// Ready says whether everything is there that an independent flat rests on.
func (o Outlook) Ready() bool { return o.Permit.Met && o.Integration.Met }

// OutlookOf answers the rule on a day.
func OutlookOf(facts []deadlines.Fact, stays []Stay, evaluations []Evaluation, today time.Time) Outlook {
	outlook := Outlook{Permit: permit(facts, today), Integration: integration(facts, today)}
	for _, stay := range stays {
		if !stay.Running() || !stay.Kind.Protected() {
			continue
		}
		outlook.Considered, outlook.Evaluated = &Condition{}, &Condition{}
		for _, evaluation := range evaluations {
			if evaluation.StayID != stay.StayID {
				continue
			}
			outlook.Considered.note(evaluation.EvaluatedOn)
			if evaluation.Decision != Undecided {
				outlook.Evaluated.note(evaluation.EvaluatedOn)
			}
		}
	}
	return outlook
}

// note keeps the latest day on which the condition was met.
func (c *Condition) note(on time.Time) {
	if c.Met = true; on.After(c.On) {
		c.On = on
	}
}

// permit looks for a stay permit that is valid, of those that were not replaced since: the one that lasts longest.
func permit(facts []deadlines.Fact, today time.Time) (found Condition) {
	replaced := map[string]bool{}
	for _, fact := range facts {
		if fact.Trigger == deadlines.StayReplaced {
			replaced[fact.Of] = true
		}
	}
	for _, fact := range facts {
		if fact.Trigger == deadlines.StayValidUntil && !replaced[fact.Of] && fact.On.After(found.On) {
			found = Condition{Met: !fact.On.Before(today), On: fact.On}
		}
	}
	return found
}

// integration looks for when work, training or a course began: the first time counts.
func integration(facts []deadlines.Fact, today time.Time) (found Condition) {
	for _, fact := range facts {
		if fact.Trigger == deadlines.IntegrationBegun && (found.On.IsZero() || fact.On.Before(found.On)) {
			found = Condition{Met: !fact.On.After(today), On: fact.On}
		}
	}
	return found
}
