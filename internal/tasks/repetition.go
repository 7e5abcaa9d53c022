package tasks

import "time"

// Unit is what a repetition counts in.
type Unit string

// The units.
const (
	Days   Unit = "days"
	Weeks  Unit = "weeks"
	Months Unit = "months"
)

// Units lists them in the order of forms.
var Units = []Unit{Days, Weeks, Months}

// Most is the most that a repetition counts: every 99 months.
const Most = 99

// Repeats says whether another task follows when this one is done.
func (t Task) Repeats() bool { return t.Every > 0 && t.Unit != "" }

// nextDay is the day of the task that follows one done on a day: the first day of its rhythm after both its own day and
// that day, so that a round that was missed is not caught up with.
func (t Task) nextDay(done time.Time) time.Time {
	after := t.DueOn
	if done.After(after) {
		after = done
	}
	for n := t.Every; ; n += t.Every {
		if day := t.Unit.from(t.AnchorOn, n); day.After(after) {
			return day
		}
	}
}

// from is n units after a day. A month that has no such day gives its last one, and the next month the day again.
func (u Unit) from(day time.Time, n int) time.Time {
	switch u {
	case Months:
		first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1)
		return first.AddDate(0, 0, min(day.Day(), last.Day())-1)
	case Weeks:
		return day.AddDate(0, 0, 7*n)
	default:
		return day.AddDate(0, 0, n)
	}
}

// follower is the task that comes after this one, once it is done.
func (t Task) follower(id ID, done time.Time) Task {
	return Task{
		TaskID: id, DossierID: t.DossierID, AssigneeID: t.AssigneeID, Kind: t.Kind, DueOn: t.nextDay(done),
		Every: t.Every, Unit: t.Unit, AnchorOn: t.AnchorOn, Version: 1, ChangedBy: t.ChangedBy,
	}
}
