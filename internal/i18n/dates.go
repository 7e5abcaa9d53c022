package i18n

import (
	"context"
	"time"
	_ "time/tzdata" // the distroless image has no zone files
)

// Zone is the one in which people here read a clock.
var Zone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		panic(err)
	}
	return zone
}()

const (
	dateLayout     = "02.01.2006"
	dateTimeLayout = dateLayout + ", 15:04"
)

// Date is the day as all four languages of Switzerland write it: 24.11.2026. A day without a clock (midnight UTC, as
// a date column gives it) is the same day in Zurich.
func Date(_ context.Context, t time.Time) string { return t.In(Zone).Format(dateLayout) }

// Time is the hour of the day: 14:10.
func Time(_ context.Context, t time.Time) string { return t.In(Zone).Format("15:04") }

// DateTime is day and hour: 24.11.2026, 14:10.
func DateTime(_ context.Context, t time.Time) string { return t.In(Zone).Format(dateTimeLayout) }

// AppendDate and AppendDateTime write Date and DateTime behind a text.
func AppendDate(text []byte, t time.Time) []byte { return t.In(Zone).AppendFormat(text, dateLayout) }

// AppendDateTime is like AppendDate.
func AppendDateTime(text []byte, t time.Time) []byte {
	return t.In(Zone).AppendFormat(text, dateTimeLayout)
}
