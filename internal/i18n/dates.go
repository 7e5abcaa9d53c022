package i18n

import (
	"context"
	"strconv"
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

// months are as they stand in a date.
var months = map[Lang][12]string{
	FR: {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	DE: {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	IT: {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
	EN: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// LongDate is the day as a sentence says it: 1er mai 2026, 1. Mai 2026, 1º maggio 2026, 1 May 2026.
func LongDate(ctx context.Context, t time.Time) string {
	lang := From(ctx)
	year, month, day := t.In(Zone).Date()
	number := strconv.Itoa(day)
	switch {
	case lang == DE:
		number += "."
	case lang == FR && day == 1:
		number += "er"
	case lang == IT && day == 1:
		number += "º"
	}
	return number + " " + months[lang][month-1] + " " + strconv.Itoa(year)
}

// Month is a month of a year, where the day is not told: mai 2026.
func Month(ctx context.Context, t time.Time) string {
	year, month, _ := t.In(Zone).Date()
	return MonthName(ctx, month) + " " + strconv.Itoa(year)
}

// shortMonths are as they stand over a column, with a point where something is left out.
var shortMonths = map[Lang][12]string{
	FR: {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."},
	DE: {"Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."},
	IT: {"gen.", "feb.", "mar.", "apr.", "mag.", "giu.", "lug.", "ago.", "set.", "ott.", "nov.", "dic."},
	EN: {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

// ShortMonth is a month where there is little room: juil., Juli, lug., Jul. No two are the same.
func ShortMonth(ctx context.Context, month time.Month) string { return shortMonths[From(ctx)][month-1] }

// MonthName is what a month is called, as it stands in a date: mars, März, marzo, March.
func MonthName(ctx context.Context, month time.Month) string { return months[From(ctx)][month-1] }

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
