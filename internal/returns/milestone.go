package returns

import (
	"maps"
	"slices"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

// Mark is the day on which a milestone was reached, and what was said about it.
type Mark struct {
	On   *time.Time
	Said string
}

// Reach is the return with a milestone that was reached. The person decides, and only after the risks of returning have
// been assessed (Council of Europe Convention art. 16(2)): known are the facts of the dossier, among them the assessment.
// A decision can be taken back until the person has left; afterwards there is a new one.
func (r Return) Reach(milestone Milestone, mark Mark, known []deadlines.Fact, today time.Time) (Return, error) {
	if !slices.Contains(r.Next(), milestone) {
		return r, fault.Conflict("returns.milestone.not_now")
	}
	previous := r.ConsideredOn
	for _, day := range []*time.Time{r.DecidedOn, r.DepartedOn} {
		if day != nil {
			previous = *day
		}
	}
	switch {
	case mark.On == nil:
		return r, fault.Invalid("on", "returns.on.missing")
	case mark.On.After(today):
		return r, fault.Invalid("on", "returns.day.future")
	case mark.On.Before(previous):
		return r, fault.Invalid("on", "returns.on.before_previous")
	case milestone == Decision && !assessed(known, *mark.On):
		return r, fault.Refused("returns.decision.no_assessment")
	case milestone == Decision && mark.Said == "":
		return r, fault.Invalid("said", "returns.decision.words_missing")
	}
	switch milestone {
	case Decision:
		r.DecidedOn = mark.On
	case Departure:
		r.DepartedOn = mark.On
	case Conclusion:
		r.ConcludedOn = mark.On
	case Abandonment:
		r.AbandonedOn = mark.On
	}
	details := r.Details.Get()
	details.Said = maps.Clone(details.Said)
	if details.Said == nil {
		details.Said = map[Milestone]string{}
	}
	details.Said[milestone] = mark.Said
	r.Details = keys.Of(details)
	return r, nil
}

// assessed says whether the risk was assessed by a day.
func assessed(known []deadlines.Fact, day time.Time) bool {
	return slices.ContainsFunc(known, func(fact deadlines.Fact) bool {
		return fact.Trigger == deadlines.ReturnAssessed && !fact.On.After(day)
	})
}

// reached is the day of a milestone.
func (r Return) reached(milestone Milestone) *time.Time {
	return map[Milestone]*time.Time{Decision: r.DecidedOn, Departure: r.DepartedOn, Conclusion: r.ConcludedOn, Abandonment: r.AbandonedOn}[milestone]
}

// Reached are the milestones that the return has come to, in order.
func (r Return) Reached() (marks []Milestone) {
	for _, milestone := range Milestones {
		if r.reached(milestone) != nil {
			marks = append(marks, milestone)
		}
	}
	return marks
}

// On is the day of a milestone that the return has come to.
func (r Return) On(milestone Milestone) time.Time {
	if day := r.reached(milestone); day != nil {
		return *day
	}
	return time.Time{}
}
