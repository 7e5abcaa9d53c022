package housing

import (
	"time"

	"passerelle/internal/fault"
)

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
