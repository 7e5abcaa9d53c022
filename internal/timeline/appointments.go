package timeline

// What happens about appointments, those who interpret at them, and letters. The detail of an outcome and of an answer says
// which it was; that of a letter is its template.
const (
	AppointmentMade      Kind = "appointment_made"
	AppointmentChanged   Kind = "appointment_changed"
	AppointmentConcluded Kind = "appointment_concluded"
	ExclusionRecorded    Kind = "exclusion_recorded"
	ExclusionLifted      Kind = "exclusion_lifted"
	InterpreterBooked    Kind = "interpreter_booked"
	BookingAnswered      Kind = "booking_answered"
	LetterWritten        Kind = "letter_written"
)
