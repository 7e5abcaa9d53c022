// Package deadlines computes every date that a law or the house sets, from facts and from rules that are data, in
// tenants/*.yaml. Nothing else in the program knows a number of days. It has no database, no clock and no page: a
// capability reports facts, and asks which dates follow from them and why.
package deadlines

import (
	"slices"
	"time"
)

// RuleID names a rule in the files and in the catalogues: reflection_minimum.
type RuleID string

// Rules that other capabilities ask for by name: whether a period may end, a child is of age.
const (
	ReflectionMinimum RuleID = "reflection_minimum"
	ShortStayTotal    RuleID = "short_stay_total"
	ShelterStay       RuleID = "shelter_stay"
	RenewalOpens      RuleID = "renewal_opens"
	Majority          RuleID = "majority"
	RiskReview        RuleID = "risk_review"
	RiskReviewOn      RuleID = "risk_review_set"
	AccessAnswer      RuleID = "access_answer"
	// AccessAnswerExtended is until when the answer is due once the person was told that it takes longer.
	AccessAnswerExtended RuleID = "access_answer_extended"
)

// outlives are the rules that count in a closed dossier as well: what the person may ask for of it at any time.
var outlives = []RuleID{AccessAnswer, AccessAnswerExtended}

// Outlives says whether the date still presses once the dossier is closed.
func (d Deadline) Outlives() bool { return slices.Contains(outlives, d.ID) }

// Kind says what a computed date means, and so what may be done with it.
type Kind string

// The kinds.
const (
	// Act: we, or the person, act on that day at the latest.
	Act Kind = "act"
	// Duty: another authority owes something by that day; we ask for it.
	Duty Kind = "duty"
	// End: something ends with that day, as somebody has decided.
	End Kind = "end"
	// Maximum: something may not last beyond that day.
	Maximum Kind = "maximum"
	// Review: the house looks again on that day.
	Review Kind = "review"
	// Minimum: something may not end before that day.
	Minimum Kind = "minimum"
	// Opens: something is possible from that day on.
	Opens Kind = "opens"
	// Keep: something is kept until that day at least.
	Keep Kind = "keep"
	// Birthday: the person reaches an age on that day.
	Birthday Kind = "birthday"
)

var kinds = []Kind{Act, Duty, End, Maximum, Review, Minimum, Opens, Keep, Birthday}

// Presses says whether something is lost when nobody does anything by that day. The other kinds are dates to know.
func (k Kind) Presses() bool {
	return slices.Contains([]Kind{Act, Duty, End, Maximum, Review}, k)
}

// Deadline is a computed date with everything that explains it.
type Deadline struct {
	ID RuleID
	// Of says which stay, decision or other thing it is about, as the facts did.
	Of string
	// On is the date; the whole day in Zurich belongs to it.
	On time.Time
	// Rule is the row that applied.
	Rule Rule
	// From is the fact that the date is counted from; With are the others that had to be there, or could have been earlier.
	From Fact
	With []Fact
	// Counted is the date before it was moved; Passed are the days over which it moved.
	Counted time.Time
	Passed  []Closed
	// Supposed says that the rule is for who was young when an offence was committed, and that no offence is known.
	Supposed bool
	// Settled is the fact that made the date past interest, such as the complaint that was filed.
	Settled *Fact
	// Triggers and Settles are what would change the date or settle it, in the rule's order.
	Triggers, Settles []Trigger
}

// Open says that nothing has settled it yet.
func (d Deadline) Open() bool { return d.Settled == nil }

// Presses says whether something is lost when nobody acts by that day. What was only supposed is a date to know: of somebody
// of whom nobody knows whether an offence was committed in childhood, nothing is missed.
func (d Deadline) Presses() bool { return d.Rule.Kind.Presses() && !d.Supposed }

// Missed says that it presses, is still open, and its day is over.
func (d Deadline) Missed(today time.Time) bool {
	return d.Presses() && d.Open() && dayOf(today).After(d.On)
}

// Late says that what settled it came after its day: an appeal that was filed, and too late. Of an end that was moved the
// day is the new end, and tells nothing of when that was decided.
func (d Deadline) Late() bool {
	return d.Presses() && d.Settled != nil && !ends[d.Settled.Trigger] && dayOf(d.Settled.On).After(d.On)
}

// Left is the number of days from today to the date; on the day itself none, below zero once it is over.
func (d Deadline) Left(today time.Time) int {
	return int(d.On.Sub(dayOf(today)) / (24 * time.Hour)) // both are midnight UTC, which knows no summer time
}

// Allows says whether something may happen on a day: end a reflection period on it, stay in a shelter until it. Dates
// that forbid nothing allow every day.
func (d Deadline) Allows(day time.Time) bool {
	switch d.Rule.Kind {
	case Minimum, Opens:
		return !dayOf(day).Before(d.On)
	case Act, Duty, Maximum, End:
		return !dayOf(day).After(d.On)
	case Keep:
		return dayOf(day).After(d.On)
	default:
		return true
	}
}

// Warnings are the days on which to remind of it, soonest first; none once it is settled. They are counted from the day that
// whoever is reminded is told: of what follows from a birthday that is the first of its month.
func (d Deadline) Warnings(told time.Time) (days []time.Time) {
	if !d.Open() {
		return nil
	}
	for _, ahead := range d.Rule.Warn {
		days = append(days, told.AddDate(0, 0, -ahead))
	}
	return days
}

// List is what follows from a dossier's facts, soonest first.
type List []Deadline

// Next are those that press and are open, soonest first: also what is already missed.
func (l List) Next() (next List) {
	for _, d := range l {
		if d.Presses() && d.Open() {
			next = append(next, d)
		}
	}
	return next
}

// Find is the date of a rule for one thing.
func (l List) Find(id RuleID, of string) (Deadline, bool) {
	i := slices.IndexFunc(l, func(d Deadline) bool { return d.ID == id && d.Of == of })
	if i < 0 {
		return Deadline{}, false
	}
	return l[i], true
}
