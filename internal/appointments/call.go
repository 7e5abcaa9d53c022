package appointments

import (
	"context"
	"strings"
	"time"

	"passerelle/internal/i18n"
)

// Call is all that an interpreter is told. That it has no field for a person, a dossier or a purpose is the rule itself.
type Call struct {
	StartsAt     time.Time
	Minutes      int
	Language     string
	Mode         Mode
	MeetingPoint string
}

// call is what an appointment and the terms of a booking come to.
func call(a Appointment, t BookingTerms) Call {
	called := Call{StartsAt: a.StartsAt, Minutes: a.Minutes, Language: t.Language, Mode: t.Mode}
	if t.Mode == OnSite {
		called.MeetingPoint = t.MeetingPoint
	}
	return called
}

// Text is the message for the interpreter, in the language of the context: its sender is nobody in particular, since an
// address book may be read by others.
func (c Call) Text(ctx context.Context) string {
	lines := []string{
		i18n.T(ctx, "appointments.call.greeting"),
		"",
		i18n.T(ctx, "appointments.call.question"),
		"",
		i18n.T(ctx, "appointments.call.when", "Date", i18n.LongDate(ctx, c.StartsAt), "From", i18n.Time(ctx, c.StartsAt),
			"Until", i18n.Time(ctx, c.StartsAt.Add(time.Duration(c.Minutes)*time.Minute))),
		i18n.T(ctx, "appointments.call.language", "Language", i18n.Language(ctx, c.Language)),
	}
	if c.MeetingPoint != "" {
		lines = append(lines, i18n.T(ctx, "appointments.call.where", "Where", c.MeetingPoint))
	} else {
		lines = append(lines, i18n.T(ctx, "appointments.mode."+string(c.Mode)))
	}
	return strings.Join(append(lines, "", i18n.T(ctx, "appointments.call.answer"), "", i18n.T(ctx, "appointments.call.sender")), "\n")
}
