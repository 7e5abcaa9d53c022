package appointments

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
)

// BookingID identifies a booking.
type BookingID = ids.ID[Booking]

// Booking is an interpreter asked to come to an appointment.
type Booking struct {
	BookingID     BookingID
	AppointmentID ID
	DossierID     dossiers.ID
	InterpreterID interpreters.ID
	// Terms are sealed under the keyset of the dossier.
	Terms    keys.Sealed[BookingTerms] `bun:"terms"`
	State    State
	BookedAt time.Time
}

// Place says where the sealed terms stand.
func (b *Booking) Place() keys.Place {
	return keys.Place{Table: "bookings", Row: b.BookingID.String()}
}

// Mode is how the interpreter takes part.
type Mode string

// OnSite is the one for which the interpreter has to know where.
const OnSite Mode = "on_site"

// Modes lists them in the order of forms.
var Modes = []Mode{OnSite, "phone", "video"}

// BookingTerms are all that an interpreter is told beside the time: in which language, how, and where to come.
type BookingTerms struct {
	Language string
	Mode     Mode
	// MeetingPoint is where the interpreter is to come, which need not be where the appointment is.
	MeetingPoint string
}

// State is where a booking stands.
type State string

// The states.
const (
	Requested   State = "requested"
	Confirmed   State = "confirmed"
	Declined    State = "declined"
	CalledOff   State = "called_off"
	Interpreted State = "interpreted"
	NoShow      State = "did_not_appear"
)

// next are the states to which one leads.
var next = map[State][]State{
	Requested: {Confirmed, Declined, CalledOff},
	Confirmed: {Interpreted, NoShow, Declined, CalledOff},
}

// Live says that the interpreter may still come.
func (b Booking) Live() bool { return b.State == Requested || b.State == Confirmed }

// Next are the states that can follow at a moment: nobody has interpreted at what has not begun.
func (b Booking) Next(appointment Appointment, at time.Time) (states []State) {
	for _, state := range next[b.State] {
		if state != Interpreted && state != NoShow || appointment.Begun(at) {
			states = append(states, state)
		}
	}
	return states
}

// Answer takes the booking to another state.
func (b *Booking) Answer(state State, appointment Appointment, at time.Time) error {
	if !slices.Contains(b.Next(appointment, at), state) {
		return fault.Invalid("state", "appointments.booking.not_now")
	}
	b.State = state
	return nil
}

// Check refuses terms that lack something, or by which an interpreter would learn whom it is about: the code name or the name
// of the person does not stand where to come.
func (t BookingTerms) Check(file dossiers.File) error {
	var problems fault.Problems
	if t.Language == "" {
		problems.Add("language", "appointments.language.missing")
	}
	if t.Mode == "" {
		problems.Add("mode", "appointments.mode.missing")
	}
	if t.Mode == OnSite && t.MeetingPoint == "" {
		problems.Add("meeting_point", "appointments.meeting_point.missing")
	}
	if tells(t.MeetingPoint, string(file.CodeName), file.Beneficiary.FamilyName, file.Beneficiary.GivenNames) {
		problems.Add("meeting_point", "appointments.meeting_point.names_the_person")
	}
	return problems.Err()
}

// tells says whether a text contains one of the names, or one of their words; particles of two letters say nothing.
func tells(text string, names ...string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), notALetter)
	for _, name := range names {
		for _, word := range strings.FieldsFunc(strings.ToLower(name), notALetter) {
			if utf8.RuneCountInString(word) > 2 && slices.Contains(words, word) {
				return true
			}
		}
	}
	return false
}

func notALetter(r rune) bool { return !unicode.IsLetter(r) }

// May refuses an interpreter for an appointment that is over or settled, whom the person excludes, who does not speak the
// language, or who is not active any more on that day.
func (a Appointment) May(interpreter interpreters.Interpreter, exclusions []interpreters.Exclusion, language string, now time.Time) error {
	if err := a.Movable(); err != nil {
		return err
	}
	if !now.Before(a.EndsAt()) {
		return fault.Refused("appointments.booking.over")
	}
	if !interpreter.Active(*TermsOf(a).On) {
		return fault.Invalid("interpreter", "appointments.interpreter.not_active")
	}
	if !slices.Contains(interpreter.Particulars.Get().Languages, language) {
		return fault.Invalid("language", "appointments.language.not_spoken")
	}
	return interpreter.MayCome(exclusions)
}
