package appointments

import (
	"slices"
	"time"

	"passerelle/internal/fault"
)

// Outcome is what came of an appointment; none is nothing yet.
type Outcome string

// The outcomes.
const (
	Held      Outcome = "held"
	Missed    Outcome = "missed"
	Cancelled Outcome = "cancelled"
)

// Outcomes lists them in the order of forms.
var Outcomes = []Outcome{Held, Missed, Cancelled}

// Possible are the outcomes that there can be at a moment: nothing was held or missed that has not begun.
func (a Appointment) Possible(at time.Time) []Outcome {
	if a.Begun(at) {
		return Outcomes
	}
	return []Outcome{Cancelled}
}

// Conclude writes down what came of it. A mistake can be mended: another outcome takes the place of the one that was there.
func (a *Appointment) Conclude(outcome Outcome, at time.Time) error {
	switch {
	case !slices.Contains(Outcomes, outcome):
		return fault.Invalid("outcome", "appointments.outcome.missing")
	case !slices.Contains(a.Possible(at), outcome):
		return fault.Invalid("outcome", "appointments.outcome.not_yet")
	}
	a.Outcome = outcome
	return nil
}

// Movable refuses to move what is settled: whoever meets anew makes a new appointment.
func (a Appointment) Movable() error {
	if a.Outcome != "" {
		return fault.Refused("appointments.settled")
	}
	return nil
}
