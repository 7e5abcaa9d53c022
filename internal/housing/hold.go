package housing

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// HoldID identifies a hold.
type HoldID = ids.ID[Hold]

// Hold keeps beds for somebody, and ends by itself: after its last day it counts no more.
type Hold struct {
	HoldID    HoldID
	DossierID dossiers.ID
	PlaceID   PlaceID
	PlaceName string
	Kind      Kind
	Beds      int
	FromOn    time.Time
	UntilOn   time.Time
}

// Wish is a hold that somebody asks for.
type Wish struct {
	PlaceID PlaceID
	Beds    int
	// FromOn is from when on the beds are needed; UntilOn is how long they are kept.
	FromOn, UntilOn *time.Time
}

// longestHold is for how many months beds are kept at most: one that is kept for nobody is missing to somebody.
const longestHold = 1

// mostBedsEach is how many beds one person needs at most, with her or his children.
const mostBedsEach = 12

// Check says what of a wish cannot be so.
func (w Wish) Check(today time.Time) error {
	var problems fault.Problems
	checkPlace(&problems, w.PlaceID, w.Beds)
	switch {
	case w.FromOn == nil:
		problems.Add("from_on", "housing.from_on.missing")
	case w.FromOn.Before(today):
		problems.Add("from_on", "housing.from_on.past")
	}
	switch {
	case w.UntilOn == nil:
		problems.Add("until_on", "housing.until_on.missing")
	case w.UntilOn.Before(today):
		problems.Add("until_on", "housing.until_on.past")
	case w.FromOn != nil && w.UntilOn.Before(*w.FromOn):
		problems.Add("until_on", "housing.until_on.before_from")
	case w.FromOn != nil && w.UntilOn.After(w.FromOn.AddDate(0, longestHold, 0)):
		problems.Add("until_on", "housing.until_on.too_long")
	}
	return problems.Err()
}

func checkPlace(problems *fault.Problems, place PlaceID, beds int) {
	if place.Zero() {
		problems.Add("place", "housing.place.missing")
	}
	checkBeds(problems, beds)
}

func checkBeds(problems *fault.Problems, beds int) {
	if beds < 1 || beds > mostBedsEach {
		problems.Add("beds", "housing.beds.number", "Max", mostBedsEach)
	}
}
