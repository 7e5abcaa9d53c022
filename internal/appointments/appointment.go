// Package appointments is when somebody of the staff meets somebody: for a dossier, or alone. It keeps the interpreters that
// are asked to come, the week of each member, and writes the one line of it that may leave the house: a calendar file that
// names nobody and no place.
package appointments

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID identifies an appointment.
type ID = ids.ID[Appointment]

// Appointment is one meeting, at one time.
type Appointment struct {
	AppointmentID ID
	// DossierID is zero for what is a member's own: of that nothing is kept but its kind and time.
	DossierID dossiers.ID
	// MemberID is who goes along.
	MemberID tenantdb.PersonID
	Kind     Kind
	StartsAt time.Time
	Minutes  int
	Reminder Reminder
	// Where is sealed under the keyset of the dossier.
	Where   keys.Sealed[string] `bun:"place" db:"place"`
	Outcome Outcome             `bun:",nullzero"`
	// CalendarUID names it in calendars: random, so that a file that is found leads nowhere.
	CalendarUID uuid.UUID
	ChangedBy   tenantdb.PersonID
	ChangedAt   time.Time
	Version     int
}

// Place says where the sealed place stands.
func (a *Appointment) Place() keys.Place {
	return keys.Place{Table: "meeting_places", Row: a.AppointmentID.String()}
}

// Kind is what sort of meeting it is.
type Kind string

// Kinds lists those of a dossier in the order of forms; OwnKinds those that a member has alone.
var (
	Kinds    = []Kind{"with_us", "medical", "authority", "court", "lawyer", "school", "work", "other"}
	OwnKinds = []Kind{"team", "supervision", "training", "network", "own_other"}
)

// Reminder is how long ahead the calendar of whoever goes along says so.
type Reminder string

// None asks for no reminder.
const None Reminder = "none"

// Reminders lists them in the order of forms.
var Reminders = []Reminder{None, "hour", "two_hours", "day", "two_days"}

// ahead is that time; none is no reminder.
var ahead = map[Reminder]time.Duration{"hour": time.Hour, "two_hours": 2 * time.Hour, "day": 24 * time.Hour, "two_days": 48 * time.Hour}

// Own says that it is a member's alone.
func (a Appointment) Own() bool { return a.DossierID.Zero() }

// EndsAt is when it is over.
func (a Appointment) EndsAt() time.Time {
	return a.StartsAt.Add(time.Duration(a.Minutes) * time.Minute)
}

// Begun says whether it has begun.
func (a Appointment) Begun(at time.Time) bool { return !at.Before(a.StartsAt) }

// Unwritten says that a meeting for a dossier is over, and nothing says what came of it.
func (a Appointment) Unwritten(at time.Time) bool {
	return !a.Own() && a.Outcome == "" && !at.Before(a.EndsAt())
}

// The bounds of what can be written down.
const (
	shortest, longest = 5, 720
	// MostWeeks is how often a meeting is repeated at most.
	MostWeeks = 26
)

// Terms are what somebody writes down of an appointment.
type Terms struct {
	Kind     Kind
	On       *time.Time
	At       string
	Minutes  *int
	MemberID tenantdb.PersonID
	Reminder Reminder
	// Where is empty for what is a member's own.
	Where string
}

// TermsOf are those that an appointment has.
func TermsOf(a Appointment) Terms {
	start := a.StartsAt.In(i18n.Zone)
	on := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
	return Terms{Kind: a.Kind, On: &on, At: start.Format("15:04"), Minutes: &a.Minutes, MemberID: a.MemberID, Reminder: a.Reminder, Where: a.Where.Get()}
}

// StartsAt is the moment at which it begins, by the clock of Zurich.
func (t Terms) StartsAt() time.Time { return at(*t.On, t.At) }

func at(day time.Time, hour string) time.Time {
	clock, _ := time.Parse("15:04", hour)
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, i18n.Zone)
}

// Check refuses what nobody could keep: without day or hour, too long, too far away, or with somebody who is not there. What
// was held lately and not written down before can be.
func (t Terms) Check(staff []members.Member, own bool, now time.Time) error {
	var problems fault.Problems
	kinds := Kinds
	if own {
		kinds = OwnKinds
	}
	if !slices.Contains(kinds, t.Kind) {
		problems.Add("kind", "appointments.kind.missing")
	}
	today := forms.Today(now)
	switch {
	case t.On == nil:
		problems.Add("on", "appointments.on.missing")
	case t.On.After(today.AddDate(2, 0, 0)), t.On.Before(today.AddDate(-1, 0, 0)):
		problems.Add("on", "appointments.on.far_away")
	}
	if t.At == "" {
		problems.Add("at", "appointments.at.missing")
	}
	if t.Minutes == nil {
		problems.Add("minutes", "appointments.minutes.missing")
	} else if *t.Minutes < shortest || *t.Minutes > longest {
		problems.Add("minutes", "forms.number.out_of_range", "Min", shortest, "Max", longest)
	}
	if !slices.ContainsFunc(staff, func(m members.Member) bool { return m.MemberID == t.MemberID && m.Accompanies() }) {
		problems.Add("member", "appointments.member.missing")
	}
	if !slices.Contains(Reminders, t.Reminder) {
		problems.Add("reminder", "appointments.reminder.missing")
	}
	return problems.Err()
}

// with is the appointment with other terms.
func (a Appointment) with(t Terms) Appointment {
	a.Kind, a.StartsAt, a.Minutes, a.MemberID, a.Reminder = t.Kind, t.StartsAt().UTC(), *t.Minutes, t.MemberID, t.Reminder
	if !a.Own() {
		a.Where = keys.Of(t.Where)
	}
	return a
}

// same says whether an appointment has these terms already.
func (a Appointment) same(t Terms) bool {
	return a.Kind == t.Kind && a.StartsAt.Equal(t.StartsAt()) && a.Minutes == *t.Minutes && a.MemberID == t.MemberID && a.Reminder == t.Reminder && a.Where.Get() == t.Where
}
