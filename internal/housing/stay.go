package housing

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// StayID identifies a stay.
type StayID = ids.ID[Stay]

// Stay is somebody living somewhere, from a day on and until another. A dossier has one that runs at most.
type Stay struct {
	StayID    StayID
	DossierID dossiers.ID
	// PlaceID and PlaceName are empty for an own flat.
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
	Beds      int
	BeginsOn  time.Time
	// PlannedEndOn is the day of the house rule, or what was decided since; LeavesOn is when the person has said to leave.
	PlannedEndOn, LeavesOn *time.Time
	// HelpEndedOn is when immediate help has stopped paying.
	HelpEndedOn *time.Time
	// EndedOn is the day of leaving: the night to it is the last one.
	EndedOn *time.Time
	WentTo  WentTo
	// AddressKnown says that somebody has written the address down, of the place or of the own flat.
	AddressKnown bool
	Version      int
	Particulars  keys.Sealed[Particulars] `bun:"particulars"`
}

// Particulars are what is written of a stay in somebody's own words.
type Particulars struct {
	Note string
	// FlatReason is why somebody moved into an own flat although not everything was there that it rests on.
	FlatReason string
	// Departure is a word about where the person went.
	Departure string
}

// Place says where what is sealed of a stay stands.
func (s *Stay) Place() keys.Place { return placeOfStay(s.StayID) }

func placeOfStay(id StayID) keys.Place { return keys.Place{Table: "housing_stays", Row: id.String()} }

// Running says that the person lives there.
func (s Stay) Running() bool { return s.EndedOn == nil }

// Nights are those slept there until a day, or until the end.
func (s Stay) Nights(today time.Time) int {
	if s.EndedOn != nil {
		today = *s.EndedOn
	}
	return Nights(s.BeginsOn, today)
}

// WentTo is where somebody went after a stay.
type WentTo string

// AnotherPlace is where somebody went who moved straight on to another stay.
const AnotherPlace WentTo = "another_place"

// Destinations lists where somebody can go, as a form asks; that it was another stay is known by itself.
var Destinations = []WentTo{"own_flat", "family_friends", "other_shelter", "institution", "asylum_centre", "return", "abroad", "disappeared", "died", "unknown", "other"}

// Arrival is a stay that begins.
type Arrival struct {
	Kind    Kind
	PlaceID PlaceID
	Beds    int
	On      *time.Time
	// PlannedEndOn is for a transition flat; for a protected place the house rule says it.
	PlannedEndOn *time.Time
	// EndedOn and WentTo are those of a stay that is over and written down afterwards. It needs no bed any more.
	EndedOn    *time.Time
	WentTo     WentTo
	FlatReason string
	Note       string
	// Address is that of an own flat; that of a place is known.
	Address Address
}

// earliest is how many years back a stay can have begun.
const earliest = 30

// Check says what of an arrival cannot be so, whatever the place. known is every stay of the dossier.
func (a Arrival) Check(known []Stay, outlook Outlook, today time.Time) error {
	var problems fault.Problems
	switch {
	case a.Kind == "":
		problems.Add("place", "housing.place.missing")
	case a.Kind == OwnFlat:
		checkBeds(&problems, a.Beds)
		// The house rule: an independent flat needs a valid permit and an integration path begun. Who knows better says why.
		if !outlook.Ready() && a.FlatReason == "" {
			problems.Add("flat_reason", "housing.flat_reason.missing")
		}
	default:
		checkPlace(&problems, a.PlaceID, a.Beds)
		if a.Address != (Address{}) {
			problems.Add("address", "housing.address.of_the_place")
		}
	}
	switch {
	case a.On == nil:
		problems.Add("begins_on", "housing.begins_on.missing")
	case a.On.After(today):
		problems.Add("begins_on", "housing.begins_on.future")
	case a.On.Before(today.AddDate(-earliest, 0, 0)):
		problems.Add("begins_on", "housing.begins_on.long_ago")
	default:
		for _, stay := range known {
			if !a.fits(stay) {
				problems.Add("begins_on", "housing.begins_on.overlaps")
				break
			}
		}
	}
	switch {
	case a.EndedOn == nil && a.WentTo != "":
		problems.Add("ended_on", "housing.ended_on.missing")
	case a.EndedOn == nil:
	case a.WentTo == "":
		problems.Add("went_to", "housing.went_to.missing")
	case a.EndedOn.After(today):
		problems.Add("ended_on", "housing.ended_on.future")
	case a.On != nil && a.EndedOn.Before(*a.On):
		problems.Add("ended_on", "housing.stay.before_begin")
	}
	if a.PlannedEndOn != nil && a.On != nil && !a.PlannedEndOn.After(*a.On) {
		problems.Add("planned_end_on", "housing.planned_end_on.before_begin")
	}
	return problems.Err()
}

// fits says whether the arrival and a stay leave each other room: it comes after it, or is over before it, or ends it.
func (a Arrival) fits(stay Stay) bool {
	if a.EndedOn != nil && !a.EndedOn.After(stay.BeginsOn) {
		return true
	}
	return stay.follows(*a.On) && (a.EndedOn == nil || !stay.Running())
}

// follows says whether another stay can begin on a day after this one: it has ended by then, or ends because of it.
func (s Stay) follows(next time.Time) bool {
	if s.EndedOn != nil {
		return !next.Before(*s.EndedOn)
	}
	return !next.Before(s.BeginsOn)
}

// leave ends the stay because the person moves on to another one.
func (s *Stay) leave(on time.Time) {
	s.EndedOn, s.WentTo, s.LeavesOn = &on, AnotherPlace, nil
}

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

// End ends the stay. It ends once, and is where somebody went known: a person who is gone without a trace is missed.
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
