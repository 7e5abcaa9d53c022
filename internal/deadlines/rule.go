package deadlines

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Unit is what an amount counts.
type Unit string

// The units. Months and years go by date: to the day with the same number, and where that month has none, to its last
// (CO 77).
const (
	Days        Unit = "days"
	WorkingDays Unit = "working_days"
	Months      Unit = "months"
	Years       Unit = "years"
)

var units = []Unit{Days, WorkingDays, Months, Years}

// Words of the files for how a date is counted.
const (
	after    = "after" // the trigger
	before   = "before"
	excluded = "excluded" // the day of the trigger itself
	included = "included"
	stays    = "none"    // on whatever day the date falls
	forward  = "forward" // to the next working day
	earliest = "earliest"
	latest   = "latest"
)

// Rule is one row of the table, as it applies after federation, canton and tenant have been laid over each other.
type Rule struct {
	// Row is its number in the table of the law that the product rests on; what a canton or tenant adds has none.
	Row string
	// Name is what a tenant calls a rule of its own, which no catalogue knows.
	Name string
	Kind Kind
	// Triggers are what the date is counted from. Of several, Take says which: the earliest that is known, or the latest once
	// all are.
	Triggers []Trigger
	Take     string
	// Amount and Unit are the length; Half adds half a month, which is fifteen days counted last (CO 77).
	Amount int
	Half   bool
	Unit   Unit
	// Direction, StartDay and Roll are the way of counting.
	Direction, StartDay, Roll string
	// UnderAge limits the rule to who had not reached an age when the offence was committed; zero is no limit.
	UnderAge int
	// SettledBy are the facts after which nobody waits for the date any more.
	SettledBy []Trigger
	// Warn are days ahead, farthest first.
	Warn  []int
	Basis Basis
	// ValidFrom and ValidTo bound the triggers' days to which the row applies; zero is without bound.
	ValidFrom, ValidTo time.Time
	// Confirmed is false for what a jurist has yet to read against the law. Pages say so beside the date.
	Confirmed bool
}

// covers says whether the row applies to what happened on a day.
func (r Rule) covers(day time.Time) bool {
	return !day.Before(r.ValidFrom) && (r.ValidTo.IsZero() || !day.After(r.ValidTo))
}

// longest is what no rule exceeds: a slip of the keyboard is not a law.
var longest = map[Unit]int{Days: 3660, WorkingDays: 400, Months: 600, Years: 120}

// check says what is wrong with a row, in the words of the file.
func (r Rule) check() error {
	oneOf := func(field, value string, known ...string) error {
		if !slices.Contains(known, value) {
			return fmt.Errorf("%s is %q, which is none of %q", field, value, known)
		}
		return nil
	}
	var known []error
	if !slices.Contains(kinds, r.Kind) {
		known = append(known, fmt.Errorf("kind is %q, which is none of %q", r.Kind, kinds))
	}
	for _, trigger := range slices.Concat(r.Triggers, r.SettledBy) {
		if !slices.Contains(triggers, trigger) {
			known = append(known, fmt.Errorf("%q is no trigger that the program knows", trigger))
		}
	}
	if !slices.Contains(units, r.Unit) {
		known = append(known, fmt.Errorf("unit is %q, which is none of %q", r.Unit, units))
	}
	known = append(known,
		oneOf("direction", r.Direction, after, before),
		oneOf("start_day", r.StartDay, excluded, included),
		oneOf("roll", r.Roll, stays, forward))
	if len(r.Triggers) > 1 {
		known = append(known, oneOf("take", r.Take, earliest, latest))
	}
	if err := errors.Join(known...); err != nil {
		return err
	}
	switch {
	case len(r.Triggers) == 0:
		return errors.New("there is no trigger")
	case len(r.Triggers) == 1 && r.Take != "":
		return errors.New("take chooses between several triggers, and there is one")
	case r.Basis == Basis{}:
		return errors.New("there is no basis: say which article, or HOUSE")
	case r.Amount < 0 || r.Amount > longest[r.Unit]:
		return fmt.Errorf("amount is %d %s", r.Amount, r.Unit)
	case r.Half && (r.Unit != Months || r.Amount == 0 || r.Direction == before):
		return errors.New("only months after a trigger have halves")
	case r.Amount == 0 && (r.StartDay == included || r.Direction == before):
		return errors.New("an amount of 0 is the trigger's own day: nothing is included, nothing before")
	case r.StartDay == included && (r.Unit == Months || r.Unit == Years):
		return errors.New("months and years go by date: their first day is not counted (CO 77)")
	case r.Direction == before && r.Roll == forward:
		return errors.New("a date before a trigger is not rolled forward, towards it")
	case r.UnderAge < 0 || r.UnderAge > 25:
		return fmt.Errorf("under_age is %d", r.UnderAge)
	case !r.ValidTo.IsZero() && r.ValidTo.Before(r.ValidFrom):
		return errors.New("valid_to is before valid_from")
	}
	return r.checkWarnings()
}

// checkWarnings refuses reminders that could not reach anybody: farther ahead than the time is long.
func (r Rule) checkWarnings() error {
	shortest := r.shortest()
	for i, ahead := range r.Warn {
		switch {
		case ahead < 1 || ahead > 366:
			return fmt.Errorf("a warning is %d days ahead", ahead)
		case i > 0 && ahead >= r.Warn[i-1]:
			return errors.New("warnings stand farthest first, each once")
		case shortest > 0 && ahead >= shortest:
			return fmt.Errorf("a warning %d days ahead is longer than the span, which can be %d days", ahead, shortest)
		}
	}
	return nil
}

// shortest is the fewest days that the span can have; zero where the date does not lie a span after its trigger.
func (r Rule) shortest() int {
	if r.Direction == before || r.Amount == 0 {
		return 0
	}
	switch r.Unit {
	case Months: // 28 days for one, 59 for two: two less than the average at most, rounded down
		days := r.Amount*365/12 - 2
		if r.Half {
			days += 15
		}
		return days
	case Years:
		return r.Amount * 365
	default:
		if r.StartDay == included {
			return r.Amount - 1
		}
		return r.Amount
	}
}
