// Package returns accompanies a voluntary return: considered with the person and the return service, decided by the person
// alone once its risks have been assessed, taken back at any time before the departure, and followed afterwards. A return
// is with dignity and safe, or it is none (Council of Europe Convention art. 16; LEI art. 60).
package returns

import (
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// ID identifies a return.
type ID = ids.ID[Return]

// Return is a voluntary return, from the first talk about it to its conclusion.
type Return struct {
	ReturnID  ID
	DossierID dossiers.ID
	// ConsideredOn is when it was first talked about with the person.
	ConsideredOn time.Time `bun:",type:date"`
	Programme    Programme
	// PlannedOn is the day for which the departure is planned.
	PlannedOn   *time.Time `bun:",type:date"`
	DecidedOn   *time.Time `bun:",type:date"`
	AbandonedOn *time.Time `bun:",type:date"`
	DepartedOn  *time.Time `bun:",type:date"`
	ConcludedOn *time.Time `bun:",type:date"`
	Version     int
	Details     keys.Sealed[Details] `bun:"details"`
}

// Details are what a return says in words.
type Details struct {
	// With is who was there when it was considered; Wishes what the person wants and fears; Destination where to.
	With, Wishes, Destination string
	// StartMoney, ReintegrationAid and MedicalAid are what was promised, as the service wrote it.
	StartMoney, ReintegrationAid, MedicalAid string
	// Said is what was said about each milestone.
	Said map[Milestone]string
}

// Programme is by which programme the return is supported.
type Programme string

// Programmes lists them in the order of forms.
var Programmes = []Programme{"victims", "ras", "cantonal", "reag", "own_means", "other"}

// Milestone is what a return comes to, one after the other.
type Milestone string

// The milestones.
const (
	Decision    Milestone = "decision"
	Departure   Milestone = "departure"
	Conclusion  Milestone = "conclusion"
	Abandonment Milestone = "abandonment"
)

// Milestones lists them in order; the last can take the place of any before the departure.
var Milestones = []Milestone{Decision, Departure, Conclusion, Abandonment}

// Stage is where a return stands.
type Stage string

// The stages.
const (
	Considered Stage = "considered"
	Decided    Stage = "decided"
	Departed   Stage = "departed"
	Concluded  Stage = "concluded"
	Abandoned  Stage = "abandoned"
)

// Stage says where the return stands.
func (r Return) Stage() Stage {
	switch {
	case r.AbandonedOn != nil:
		return Abandoned
	case r.ConcludedOn != nil:
		return Concluded
	case r.DepartedOn != nil:
		return Departed
	case r.DecidedOn != nil:
		return Decided
	default:
		return Considered
	}
}

// Over says that nothing more is done about it.
func (r Return) Over() bool { return r.AbandonedOn != nil || r.ConcludedOn != nil }

// Next are the milestones that can follow now.
func (r Return) Next() []Milestone {
	switch r.Stage() {
	case Considered:
		return []Milestone{Decision, Abandonment}
	case Decided:
		return []Milestone{Departure, Abandonment}
	case Departed:
		return []Milestone{Conclusion}
	default:
		return nil
	}
}

// check refuses what a return is prepared with.
func (r Return) check(today time.Time) error {
	var problems fault.Problems
	switch {
	case r.ConsideredOn.IsZero():
		problems.Add("considered_on", "returns.considered_on.missing")
	case r.ConsideredOn.After(today):
		problems.Add("considered_on", "returns.day.future")
	case r.DecidedOn != nil && r.ConsideredOn.After(*r.DecidedOn):
		problems.Add("considered_on", "returns.considered_on.after_decision")
	}
	if r.PlannedOn != nil && r.PlannedOn.Before(r.ConsideredOn) {
		problems.Add("planned_on", "returns.planned_on.before_considered")
	}
	if r.Details.Get().With == "" {
		problems.Add("with", "returns.with.missing")
	}
	return problems.Err()
}

// same says whether two returns are prepared in the same way.
func (r Return) same(other Return) bool {
	mine, theirs := r.Details.Get(), other.Details.Get()
	return r.ConsideredOn.Equal(other.ConsideredOn) && r.Programme == other.Programme && sameDay(r.PlannedOn, other.PlannedOn) &&
		mine.With == theirs.With && mine.Wishes == theirs.Wishes && mine.Destination == theirs.Destination &&
		mine.StartMoney == theirs.StartMoney && mine.ReintegrationAid == theirs.ReintegrationAid && mine.MedicalAid == theirs.MedicalAid
}

func sameDay(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// facts are what the agenda has to know of all returns of a dossier.
func facts(all []Return) (reported []deadlines.Fact) {
	for _, r := range all {
		for trigger, day := range map[deadlines.Trigger]*time.Time{
			deadlines.ReturnDecided: r.DecidedOn, deadlines.ReturnAbandoned: r.AbandonedOn,
			deadlines.ReturnDeparted: r.DepartedOn, deadlines.ReturnConcluded: r.ConcludedOn,
		} {
			if day != nil {
				reported = append(reported, deadlines.Fact{Trigger: trigger, On: *day, Of: r.ReturnID.String()})
			}
		}
	}
	return reported
}
