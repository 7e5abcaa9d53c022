// Package appointmentsview is the HTML of appointments: those of a dossier, one with its interpreter, and the week of a member.
package appointmentsview

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/interpreters"
	"passerelle/internal/members"
	"passerelle/views/dossiersview"
	"passerelle/views/interpretersview"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Form is an appointment being made or changed.
type Form struct {
	ID       string
	Occasion appointments.Occasion
	// Version is empty for a new one.
	Version  string
	Typed    url.Values
	Problems fault.Problems
	// Theirs is what somebody else made of it meanwhile.
	Theirs *appointments.Appointment
}

func (f Form) own() bool { return f.Occasion.Dossier.DossierID.Zero() }

func (f Form) title() string {
	switch {
	case f.Version != "":
		return "appointments.edit.title"
	case f.own():
		return "appointments.new.own"
	default:
		return "appointments.new.title"
	}
}

func (f Form) back() string {
	if f.Version != "" {
		return "/appointments/" + f.ID
	}
	return paths.Appointments(f.Occasion.Dossier.DossierID)
}

func (f Form) props() ui.FormProps {
	if f.Version != "" {
		return ui.FormProps{Action: "/appointments/" + f.ID, Version: f.Version}
	}
	return ui.FormProps{Action: paths.Appointments(f.Occasion.Dossier.DossierID), New: f.ID}
}

func (f Form) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "appointments." + name + ".label", Value: f.Typed.Get(name), Problems: f.Problems}
}

func (f Form) hinted(name string) ui.Field {
	field := f.field(name)
	field.Hint = "appointments." + name + ".hint"
	return field
}

func (f Form) short(name string) ui.Field {
	field := f.hinted(name)
	field.Width = ui.Chars4
	return field
}

func (f Form) kinds() []ui.Option {
	if f.own() {
		return codes("appointments.kind.", appointments.OwnKinds)
	}
	return codes("appointments.kind.", appointments.Kinds)
}

func (f Form) staff() []ui.Option {
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, member := range f.Occasion.Staff {
		if member.Accompanies() {
			options = append(options, ui.Option{Value: member.MemberID.String(), Label: member.Name})
		}
	}
	return options
}

// TypedOf is the form of some terms.
func TypedOf(terms appointments.Terms) url.Values {
	typed := url.Values{"kind": {string(terms.Kind)}, "at": {terms.At}, "member": {terms.MemberID.String()}, "reminder": {string(terms.Reminder)}, "where": {terms.Where}}
	if terms.On != nil {
		typed.Set("on", terms.On.Format("02.01.2006"))
	}
	if terms.Minutes != nil {
		typed.Set("minutes", strconv.Itoa(*terms.Minutes))
	}
	return typed
}

// Booking is an interpreter being asked for.
type Booking struct {
	ID       string
	Search   appointments.Search
	Typed    url.Values
	Problems fault.Problems
}

func (b Booking) field(name string) ui.Field {
	return ui.Field{Name: name, Label: "appointments." + name + ".label", Value: b.Typed.Get(name), Problems: b.Problems}
}

// candidates are whom one can ask, with what speaks for and against.
func (b Booking) candidates(ctx context.Context) []ui.Option {
	options := make([]ui.Option, len(b.Search.Candidates))
	for i, candidate := range b.Search.Candidates {
		hint := interpretersview.About(ctx, candidate.Particulars.Get())
		for _, against := range candidate.Avoided {
			hint += ". " + i18n.T(ctx, "appointments.candidate.avoided."+string(against))
		}
		for _, against := range candidate.Unchecked {
			hint += ". " + i18n.T(ctx, "appointments.candidate.unchecked."+string(against))
		}
		options[i] = ui.Option{Value: candidate.InterpreterID.String(), Label: candidate.Particulars.Get().Name, Hint: hint}
	}
	return options
}

// languages are those that the person and a candidate share, and all that candidates speak where nobody knows the person's.
func (b Booking) languages(ctx context.Context) []ui.Option {
	spoken := map[string]bool{}
	for _, candidate := range b.Search.Candidates {
		languages := candidate.Shared
		if len(b.Search.Languages) == 0 {
			languages = candidate.Particulars.Get().Languages
		}
		for _, code := range languages {
			spoken[code] = true
		}
	}
	options := []ui.Option{{Label: "ui.none_chosen"}}
	for _, language := range i18n.Languages(ctx) {
		if spoken[language.Code] {
			options = append(options, ui.Option{Value: language.Code, Label: language.Name})
		}
	}
	return options
}

func codes[T ~string](prefix string, known []T) []ui.Option {
	options := make([]ui.Option, len(known))
	for i, code := range known {
		options[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return options
}

// period is from when until when, on a day that stands beside it.
func period(ctx context.Context, from, until time.Time) string {
	return i18n.Time(ctx, from) + "–" + i18n.Time(ctx, until)
}

// outcome is the tag of what came of an appointment, or that something is still to be said.
func outcome(a appointments.Appointment, now time.Time) ui.Tagged {
	switch {
	case a.Outcome != "":
		return ui.Tag("appointments.outcome."+string(a.Outcome), outcomeTones[a.Outcome])
	case a.Unwritten(now):
		return ui.Tag("appointments.unwritten.tag", ui.Waiting)
	default:
		return ui.Tagged{}
	}
}

var outcomeTones = map[appointments.Outcome]ui.Tone{appointments.Held: ui.Good, appointments.Missed: ui.Bad, appointments.Cancelled: ui.Neutral}

var stateTones = map[appointments.State]ui.Tone{
	appointments.Requested: ui.Waiting, appointments.Confirmed: ui.Good, appointments.Declined: ui.Bad, appointments.CalledOff: ui.Neutral,
	appointments.Interpreted: ui.Good, appointments.NoShow: ui.Bad,
}

func state(s appointments.State) ui.Tagged {
	return ui.Tag("appointments.state."+string(s), stateTones[s])
}

// newest is the booking of an appointment that counts: bookings come newest first.
func newest(bookings []appointments.Booking, id appointments.ID) (appointments.Booking, bool) {
	for _, booking := range bookings {
		if booking.AppointmentID == id {
			return booking, true
		}
	}
	return appointments.Booking{}, false
}

// askable says whether another interpreter can be asked: nobody may still come, and it is not over.
func askable(sheet appointments.Sheet, now time.Time) bool {
	for _, booking := range sheet.Bookings {
		if booking.Live() {
			return false
		}
	}
	return sheet.Outcome == "" && now.Before(sheet.EndsAt())
}

// excluded says that the person has come to exclude whoever is booked.
func excluded(sheet appointments.Sheet, booking appointments.Booking) bool {
	for _, interpreter := range sheet.Directory {
		if interpreter.InterpreterID == booking.InterpreterID {
			return booking.Live() && interpreter.MayCome(sheet.Exclusions) != nil
		}
	}
	return false
}

// booked is an interpreter with the language and the way.
func booked(ctx context.Context, directory []interpreters.Interpreter, booking appointments.Booking) string {
	terms := booking.Terms.Get()
	return interpretersview.Named(directory, booking.InterpreterID) + " · " + i18n.Language(ctx, terms.Language) + " · " + i18n.T(ctx, "appointments.mode."+string(terms.Mode))
}

// crumbs lead back to the calendar, for what is a member's own.
func crumbs() []ui.Crumb {
	return []ui.Crumb{{Label: "appointments.calendar.label", URL: paths.Calendar}}
}

func frame(dossier dossiers.Mention, title string) dossiersview.FrameProps {
	return dossiersview.FrameProps{Dossier: dossier, Part: dossiersview.Appointments, Title: title}
}

func people(staff []members.Member) []ui.Option {
	var options []ui.Option
	for _, member := range staff {
		if member.Accompanies() {
			options = append(options, ui.Option{Value: member.MemberID.String(), Label: member.Name})
		}
	}
	return options
}

// dayName is the day of the week, and the date.
func dayName(ctx context.Context, day time.Time) string {
	return onWeekday(ctx, day, i18n.LongDate(ctx, day))
}

// shortDay is the day for a list: Friday 27.11.2026.
func shortDay(ctx context.Context, day time.Time) string {
	return onWeekday(ctx, day, i18n.Date(ctx, day))
}

func onWeekday(ctx context.Context, day time.Time, date string) string {
	return i18n.T(ctx, "appointments.weekday."+weekdays[day.In(i18n.Zone).Weekday()], "Date", date)
}

var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
