package minors

import (
	"slices"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Childhood is what the page of a dossier shows of all this.
type Childhood struct {
	Dossier   dossiers.Mention
	Age       Age
	Now       Moment
	Moments   []Moment
	Records   []AgeRecord
	Guardians []Guardian
	Reports   []Report
	// Missing are the roles in which nobody acts for somebody who counts as a child.
	Missing []Role
	// Estimated is the age that somebody estimated, where no birth date is known.
	Estimated   *int
	EstimatedOn *time.Time
	// Majority is when the person comes of age, or came.
	Majority deadlines.List

	staff []members.Member
}

// Name is what a member of the staff is called.
func (c Childhood) Name(id tenantdb.PersonID) string { return members.Name(c.staff, id) }

// Moment is whether the person was a child at something that happened.
type Moment struct {
	// Trigger is the fact; empty is the opening of the dossier, or now.
	Trigger deadlines.Trigger
	On      time.Time
	Child   bool
	Why     Ground
	Years   int
	// Known says that the years are.
	Known bool
}

// telling are the facts at which law or statistics ask whether the person was a child: "minor at the time of exploitation"
// and "minor now" are different numbers.
var telling = []deadlines.Trigger{
	deadlines.Offence, deadlines.Entered, deadlines.AsylumApplied, deadlines.IdentificationBegun, deadlines.FindingMade,
	deadlines.ReflectionGranted, deadlines.ShelterEntered, deadlines.ProceedingsOpened, deadlines.PlaintiffDeclared,
	deadlines.JudgementOpened, deadlines.ReturnDecided,
}

// Opening marks the moment at which the dossier was opened.
const Opening deadlines.Trigger = "dossier_opened"

func (a Age) at(trigger deadlines.Trigger, on time.Time, rules *deadlines.Rules) Moment {
	child, why := a.On(on, rules)
	years, known := a.Years(on)
	return Moment{trigger, on, child, why, years, known}
}

// moments are the opening and what the agenda knows of that is telling, the first day of each, in order.
func (a Age) moments(opened time.Time, facts []deadlines.Fact, rules *deadlines.Rules) []Moment {
	first := map[deadlines.Trigger]time.Time{Opening: opened}
	for _, fact := range facts {
		if known, ok := first[fact.Trigger]; slices.Contains(telling, fact.Trigger) && (!ok || fact.On.Before(known)) {
			first[fact.Trigger] = fact.On
		}
	}
	var all []Moment
	for trigger, on := range first {
		all = append(all, a.at(trigger, on, rules))
	}
	slices.SortFunc(all, func(one, other Moment) int {
		if by := one.On.Compare(other.On); by != 0 {
			return by
		}
		return slices.Index(telling, one.Trigger) - slices.Index(telling, other.Trigger)
	})
	return all
}
