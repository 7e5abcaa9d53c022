package housing

import (
	"slices"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
)

// Guest is whoever takes beds of a place: lives there, or has them kept.
type Guest struct {
	PlaceID   PlaceID
	DossierID dossiers.ID
	CodeName  dossiers.CodeName
	Beds      int
	// Held says that the beds are kept, and that nobody lives there yet: from FromOn on, and at present until UntilOn.
	Held   bool
	FromOn time.Time
	// UntilOn is how long they are kept, or until when the stay is planned; LeavesOn is the day on which somebody has said
	// to leave, and counts before any plan.
	UntilOn, LeavesOn *time.Time
}

// free is the day from which the beds are free again, as far as anybody knows today. A day that has passed without
// anybody leaving tells nothing; and whoever has a bed kept means to stay.
func (g Guest) free(today time.Time) (time.Time, bool) {
	day := g.LeavesOn
	if day == nil && !g.Held {
		day = g.UntilOn
	}
	if day == nil || !day.After(today) {
		return time.Time{}, false
	}
	return *day, true
}

// takes says whether the beds are taken on a day, seen from today.
func (g Guest) takes(on, today time.Time) bool {
	free, known := g.free(today)
	return !on.Before(g.FromOn) && (!known || on.Before(free))
}

// Vacancy is a place with its beds as they are on a day.
type Vacancy struct {
	Place
	// Taken are beds in which somebody sleeps and Held those that are kept; Free are those that somebody could have today for
	// good; Coming are announced: of a place that opens later, or of somebody who has said when to leave.
	Taken, Held, Free, Coming int
	// NextFree is the first day from which a bed is free for good, as far as anybody knows.
	NextFree *time.Time
	Guests   []Guest
}

// VacancyOf counts the beds of a place.
func VacancyOf(place Place, guests []Guest, today time.Time) Vacancy {
	v := Vacancy{Place: place, Guests: guests}
	leaving := 0
	for _, guest := range guests {
		switch {
		case guest.Held:
			v.Held += guest.Beds
		default:
			v.Taken += guest.Beds
			if _, known := guest.free(today); known && guest.LeavesOn != nil {
				leaving += guest.Beds
			}
		}
	}
	switch {
	case place.Retired(today):
	case place.Announced(today):
		v.Coming = max(0, place.Beds-v.Held)
	default:
		v.Coming = leaving
		for v.Free < place.Beds && v.Admits(v.Free+1, today, today) == nil {
			v.Free++
		}
	}
	v.NextFree = v.next(1, today)
	return v
}

// next is the first day from which so many beds are free for good.
func (v Vacancy) next(beds int, today time.Time) *time.Time {
	days := []time.Time{today, v.OpensOn}
	for _, guest := range v.Guests {
		if free, known := guest.free(today); known {
			days = append(days, free)
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	for _, day := range days {
		if !day.Before(today) && v.Admits(beds, day, today) == nil {
			return &day
		}
	}
	return nil
}

// Admits says whether somebody can live there from a day on, seen from today. Nobody is promised a bed that another one
// will need: what is taken later counts as well.
func (v Vacancy) Admits(beds int, from, today time.Time) error {
	if from.Before(today) { // what is written down afterwards needs its bed from today on
		from = today
	}
	switch {
	case v.Announced(from):
		return fault.Invalid("place", "housing.place.not_open_yet")
	case v.Retired(from):
		return fault.Invalid("place", "housing.place.retired")
	}
	days := []time.Time{from}
	for _, guest := range v.Guests {
		if guest.FromOn.After(from) {
			days = append(days, guest.FromOn)
		}
	}
	for _, day := range days {
		taken := 0
		for _, guest := range v.Guests {
			if guest.takes(day, today) {
				taken += guest.Beds
			}
		}
		if taken+beds > v.Beds {
			return fault.Invalid("place", "housing.place.full")
		}
	}
	return nil
}

// without leaves out whoever moves: nobody stands in her or his own way.
func (v Vacancy) without(dossier dossiers.ID, today time.Time) Vacancy {
	others := slices.DeleteFunc(slices.Clone(v.Guests), func(g Guest) bool { return g.DossierID == dossier })
	return VacancyOf(v.Place, others, today)
}

// Filter narrows the board; it stands in the address of the page.
type Filter struct {
	Kind   Kind
	Gender dossiers.Gender
	// The others are wishes: Vacant is a bed that is free today.
	Vacant, Minors, Children, Couples, Accessible bool
}

// Suits says whether a place is among those that somebody looks for.
func (f Filter) Suits(v Vacancy) bool {
	welcomes := f.Gender == "" || len(v.Genders) == 0 || slices.Contains(v.Genders, f.Gender)
	return welcomes && (f.Kind == "" || f.Kind == v.Kind) && (!f.Vacant || v.Free > 0) && (!f.Minors || v.Minors) &&
		(!f.Children || v.Children) && (!f.Couples || v.Couples) && (!f.Accessible || v.Accessible)
}
