package appointments

import (
	"context"
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"passerelle/internal/i18n"
)

// Calendar is the appointment as a file for a calendar, in the language of the context. Calendars are synchronised, shared
// and shown on locked screens: it says "appointment", from when until when, and nothing else. What changes keeps its uid and
// counts up its sequence, so that the calendar replaces it; what is called off is taken out.
func (a Appointment) Calendar(ctx context.Context) []byte {
	title := i18n.T(ctx, "appointments.calendar.title")
	calendar := ics.NewCalendarFor("")
	calendar.SetProductId("-//calendar//")
	calendar.SetMethod(ics.MethodPublish)
	event := calendar.AddEvent(a.CalendarUID.String())
	event.SetDtStampTime(a.ChangedAt)
	event.SetStartAt(a.StartsAt)
	event.SetEndAt(a.EndsAt())
	event.SetSummary(title)
	event.SetSequence(a.Version)
	if a.Outcome == Cancelled {
		calendar.SetMethod(ics.MethodCancel)
		event.SetStatus(ics.ObjectStatusCancelled)
	} else if before := ahead[a.Reminder]; before > 0 {
		alarm := event.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetDescription(title)
		alarm.SetTrigger("-PT" + strconv.Itoa(int(before/time.Minute)) + "M")
	}
	return []byte(calendar.Serialize(ics.WithNewLineWindows))
}
