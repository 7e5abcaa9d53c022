package housing

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

// Correction is what may change of a stay that runs.
type Correction struct {
	Beds                                        int
	BeginsOn, PlannedEndOn, LeavesOn, HelpEndOn *time.Time
	Note                                        string
	// Address replaces that of an own flat; nil leaves it.
	Address *Address
}

// says whether the stay is just as somebody would have it: the same form sent twice changes it once.
func (s Stay) says(c Correction) bool {
	return c.Address == nil && c.Beds == s.Beds && c.Note == s.Particulars.Get().Note && sameDay(c.BeginsOn, &s.BeginsOn) && sameDay(c.LeavesOn, s.LeavesOn) &&
		sameDay(c.HelpEndOn, s.HelpEndedOn) && (s.Kind != Transition || sameDay(c.PlannedEndOn, s.PlannedEndOn))
}

func sameDay(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// Correct changes the stay; others are the dossier's.
func (s *Stay) Correct(c Correction, others []Stay, today time.Time) error {
	var problems fault.Problems
	checkBeds(&problems, c.Beds)
	switch {
	case c.BeginsOn == nil:
		problems.Add("begins_on", "housing.begins_on.missing")
	case c.BeginsOn.After(today):
		problems.Add("begins_on", "housing.begins_on.future")
	default:
		for _, other := range others {
			if !other.follows(*c.BeginsOn) {
				problems.Add("begins_on", "housing.begins_on.overlaps")
				break
			}
		}
	}
	begun := func(field string, day *time.Time) {
		if day != nil && c.BeginsOn != nil && day.Before(*c.BeginsOn) {
			problems.Add(field, "housing.stay.before_begin")
		}
	}
	begun("planned_end_on", c.PlannedEndOn)
	begun("help_ended_on", c.HelpEndOn)
	switch {
	case c.LeavesOn != nil && c.LeavesOn.Before(today):
		problems.Add("leaves_on", "housing.leaves_on.past")
	default:
		begun("leaves_on", c.LeavesOn)
	}
	if c.HelpEndOn != nil && c.HelpEndOn.After(today) {
		problems.Add("help_ended_on", "housing.help_ended_on.future")
	}
	if c.Address != nil && s.Kind != OwnFlat {
		problems.Add("address", "housing.address.of_the_place")
	}
	if !s.Running() {
		return fault.Refused("housing.stay.over")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	particulars := s.Particulars.Get()
	particulars.Note = c.Note
	s.Beds, s.BeginsOn, s.LeavesOn, s.HelpEndedOn = c.Beds, *c.BeginsOn, c.LeavesOn, c.HelpEndOn
	if s.Kind == Transition {
		s.PlannedEndOn = c.PlannedEndOn
	}
	s.Particulars = keys.Of(particulars)
	return nil
}
