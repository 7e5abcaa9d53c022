package appointments

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Line is an appointment as lists across dossiers show it: nothing of it is opened.
type Line struct {
	AppointmentID ID
	DossierID     dossiers.ID
	CodeName      dossiers.CodeName
	Kind          Kind
	StartsAt      time.Time
	Minutes       int
	Outcome       Outcome
	// Interpreter is the state of the newest booking, where there is one.
	Interpreter State
}

// EndsAt is when it is over.
func (l Line) EndsAt() time.Time { return l.StartsAt.Add(time.Duration(l.Minutes) * time.Minute) }

// Week is a member's appointments from a Monday to the Sunday after.
type Week struct {
	Member tenantdb.PersonID
	// Staff are those whose weeks whoever asks may see; nobody where that is only the own one.
	Staff  []members.Member
	Monday time.Time
	Lines  []Line
	// Unwritten are the member's that are over, of whatever week, and of which nothing says what came.
	Unwritten []Line
}

// Holds says whether a moment falls into the week.
func (w Week) Holds(now time.Time) bool {
	today := forms.Today(now)
	return !today.Before(w.Monday) && today.Before(w.Monday.AddDate(0, 0, 7))
}

// Day is a day of a week, with what is on it.
type Day struct {
	On    time.Time
	Lines []Line
}

// Days are the seven, from Monday on, each with its appointments.
func (w Week) Days() []Day {
	days := make([]Day, 7)
	for i := range days {
		days[i].On = w.Monday.AddDate(0, 0, i)
		for _, line := range w.Lines {
			if forms.Today(line.StartsAt).Equal(days[i].On) {
				days[i].Lines = append(days[i].Lines, line)
			}
		}
	}
	return days
}

// MondayOf is the first day of the week that a day is in.
func MondayOf(day time.Time) time.Time {
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// midnight is when a day begins in Zurich.
func midnight(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, i18n.Zone)
}
