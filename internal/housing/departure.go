package housing

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
)

// WentTo is where somebody went after a stay.
type WentTo string

// AnotherPlace is where somebody went who moved straight on to another stay.
const AnotherPlace WentTo = "another_place"

// Destinations lists where somebody can go, as a form asks; that it was another stay is known by itself.
var Destinations = []WentTo{"own_flat", "family_friends", "other_shelter", "institution", "asylum_centre", "return", "abroad", "disappeared", "died", "unknown", "other"}

// Departure is a stay that ends.
type Departure struct {
	On     *time.Time
	WentTo WentTo
	Word   string
}

// left says whether the stay has ended in just this way.
func (s Stay) left(d Departure) bool {
	return !s.Running() && sameDay(d.On, s.EndedOn) && d.WentTo == s.WentTo && d.Word == s.Particulars.Get().Departure
}

// End ends the stay. It ends once, and with a word on where somebody went: that nobody knows is an answer as well.
func (s *Stay) End(d Departure, now time.Time) error {
	if !s.Running() {
		return fault.Refused("housing.stay.over")
	}
	var problems fault.Problems
	switch today := forms.Today(now); {
	case d.On == nil:
		problems.Add("ended_on", "housing.ended_on.missing")
	case d.On.After(today):
		problems.Add("ended_on", "housing.ended_on.future")
	case d.On.Before(s.BeginsOn):
		problems.Add("ended_on", "housing.stay.before_begin")
	}
	if d.WentTo == "" {
		problems.Add("went_to", "housing.went_to.missing")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	particulars := s.Particulars.Get()
	particulars.Departure = d.Word
	s.EndedOn, s.WentTo, s.LeavesOn, s.Particulars = d.On, d.WentTo, nil, keys.Of(particulars)
	return nil
}
