package paths

import (
	"net/url"
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/dossiers"
	"passerelle/internal/interpreters"
	"passerelle/internal/letters"
	"passerelle/internal/tenantdb"
)

// Interpreters is the directory, and where an entry is added.
const (
	Interpreters   = "/interpreters"
	NewInterpreter = Interpreters + "/new"
)

// Interpreter is where an entry is changed, EditInterpreter its form.
func Interpreter(id interpreters.ID) string { return Interpreters + "/" + id.String() }

// EditInterpreter is the form of an entry.
func EditInterpreter(id interpreters.ID) string { return Interpreter(id) + "/edit" }

// Exclusions is where one is recorded; NewExclusion is the form.
func Exclusions(dossier dossiers.ID) string { return Dossier(dossier) + "/exclusions" }

// NewExclusion is the form for recording one.
func NewExclusion(dossier dossiers.ID) string { return Exclusions(dossier) + "/new" }

// Lift is where an exclusion is lifted.
func Lift(id interpreters.ExclusionID) string { return "/exclusions/" + id.String() + "/lifting" }

// Appointments is a dossier's page about them, and where one is made; the zero dossier is a member's own calendar.
func Appointments(dossier dossiers.ID) string {
	if dossier.Zero() {
		return Calendar
	}
	return Dossier(dossier) + "/appointments"
}

// AppointmentsBefore is an older page of them.
func AppointmentsBefore(dossier dossiers.ID, before string) string {
	return Appointments(dossier) + "?" + url.Values{"before": {before}}.Encode()
}

// NewAppointment is the form for one.
func NewAppointment(dossier dossiers.ID) string { return Appointments(dossier) + "/new" }

// Appointment is the page of one, and where it is changed.
func Appointment(id appointments.ID) string { return "/appointments/" + id.String() }

// EditAppointment is the form of one.
func EditAppointment(id appointments.ID) string { return Appointment(id) + "/edit" }

// AppointmentOutcome is where what came of it is posted.
func AppointmentOutcome(id appointments.ID) string { return Appointment(id) + "/outcome" }

// AppointmentCalendar is the file for a calendar.
func AppointmentCalendar(id appointments.ID) string { return Appointment(id) + "/calendar" }

// Bookings is where an interpreter is asked for; NewBooking shows whom one can ask.
func Bookings(id appointments.ID) string { return Appointment(id) + "/bookings" }

// NewBooking is the form for asking an interpreter.
func NewBooking(id appointments.ID) string { return Bookings(id) + "/new" }

// BookingAnswer is where the state of a booking is posted.
func BookingAnswer(id appointments.BookingID) string { return "/bookings/" + id.String() + "/answer" }

// BookingMessage is what the interpreter is told; BookingText the same as plain text.
func BookingMessage(id appointments.BookingID) string { return "/bookings/" + id.String() + "/message" }

// BookingText is what the interpreter is told, alone.
func BookingText(id appointments.BookingID) string { return "/bookings/" + id.String() + "/text" }

// Calendar is the week of whoever asks.
const Calendar = "/calendar"

// CalendarOf is a week of a member; the zero member is whoever asks.
func CalendarOf(member tenantdb.PersonID, day time.Time) string {
	query := url.Values{"day": {day.Format(time.DateOnly)}}
	if !member.Zero() {
		query.Set("member", member.String())
	}
	return Calendar + "?" + query.Encode()
}

// Letters is a dossier's page about them, and where one is written.
func Letters(dossier dossiers.ID) string { return Dossier(dossier) + "/letters" }

// NewLetter chooses the template, and shows it filled in.
func NewLetter(dossier dossiers.ID) string { return Letters(dossier) + "/new" }

// Letter is one that was written, ready to print; LetterPDF is the same on paper.
func Letter(id letters.ID) string { return "/letters/" + id.String() }

// LetterPDF is the letter as a file.
func LetterPDF(id letters.ID) string { return Letter(id) + "/pdf" }
