package deadlines

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
)

// Holiday is a day on which nobody has to act: fixed, counted from Easter, or counted from a Sunday of a month.
type Holiday struct {
	// ID names it in the catalogues: ascension. A commune's own has a Name instead.
	ID, Name string
	rule     cal.Holiday
	// ValidFrom and ValidTo bound it; zero is without bound.
	ValidFrom, ValidTo time.Time
	// OnlyIn says in which part of the canton alone it is kept. It makes no day of the calendar: what is counted without it is
	// the earlier date, and a tenant that lies there names it as its own.
	OnlyIn string
	// on and notOn are the days of the week on which alone it is one, or on which it is none.
	on, notOn []time.Weekday
	// afterHolyWeek moves it by a week where it would be in the week before Easter.
	afterHolyWeek bool
}

// in is the holiday's day in a year.
func (h Holiday) in(year int) (time.Time, bool) {
	actual, _ := h.rule.Calc(year)
	y, month, day := actual.Date() // the library gives midnight of wherever the program runs
	on := time.Date(y, month, day, 0, 0, 0, 0, time.UTC)
	if h.afterHolyWeek && holyWeek(on) {
		on = on.AddDate(0, 0, 7)
	}
	kept := (len(h.on) == 0 || slices.Contains(h.on, on.Weekday())) && !slices.Contains(h.notOn, on.Weekday())
	return on, kept && !on.Before(h.ValidFrom) && (h.ValidTo.IsZero() || !on.After(h.ValidTo))
}

// holyWeek says whether a day is in the week that ends the day before Easter.
func holyWeek(day time.Time) bool {
	easter, _ := (&cal.Holiday{Func: cal.CalcEasterOffset}).Calc(day.Year())
	year, month, on := easter.Date()
	until := time.Date(year, month, on, 0, 0, 0, 0, time.UTC)
	return day.Before(until) && !day.Before(until.AddDate(0, 0, -7))
}

// Closed is a day that is no working day, and why: "saturday", "sunday", or the holiday's ID or Name.
type Closed struct {
	On  time.Time
	Why string
}

// Calendar knows the working days of a canton.
type Calendar struct{ holidays, local []Holiday }

// with adds a layer's holidays.
func (c *Calendar) with(holidays []Holiday) {
	for _, holiday := range holidays {
		if holiday.OnlyIn == "" {
			c.holidays = append(c.holidays, holiday)
		} else {
			c.local = append(c.local, holiday)
		}
	}
}

// Local are the holidays that a part of the canton alone keeps, and that are not counted.
func (c Calendar) Local() []Holiday { return c.local }

// Closed says whether a day is no working day.
func (c Calendar) Closed(day time.Time) (Closed, bool) {
	switch day.Weekday() {
	case time.Saturday:
		return Closed{day, "saturday"}, true
	case time.Sunday:
		return Closed{day, "sunday"}, true
	}
	for _, holiday := range c.holidays {
		if on, ok := holiday.in(day.Year()); ok && on.Equal(day) {
			return Closed{day, cmp.Or(holiday.ID, holiday.Name)}, true
		}
	}
	return Closed{}, false
}

// Holidays are those of a year, in order, whatever day of the week they fall on.
func (c Calendar) Holidays(year int) (days []Closed) {
	for _, holiday := range c.holidays {
		if on, ok := holiday.in(year); ok {
			days = append(days, Closed{on, cmp.Or(holiday.ID, holiday.Name)})
		}
	}
	slices.SortFunc(days, func(a, b Closed) int { return a.On.Compare(b.On) })
	return days
}

// holidayIDs are those that the catalogues name.
var holidayIDs = []string{
	"new_year", "second_january", "epiphany", "saint_joseph", "good_friday", "easter_monday", "labour_day", "ascension",
	"pentecost_monday", "corpus_christi", "peter_and_paul", "national_day", "assumption", "geneva_fast", "fast_monday",
	"all_saints", "immaculate_conception", "christmas", "saint_stephen", "restoration", "naefels_ride", "brother_klaus",
	"neuchatel_republic", "jura_independence", "saint_maurice",
}

// weekdays as the files write them.
var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

// holidayRow is how a file writes a holiday.
type holidayRow struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	Day     string `yaml:"day"`     // 12-25
	Easter  *int   `yaml:"easter"`  // days after Easter Sunday, negative before
	Weekday string `yaml:"weekday"` // sunday: the nth of the month ...
	Nth     int    `yaml:"nth"`     // ... 3 ...
	Month   int    `yaml:"month"`   // ... 9 ...
	Plus    int    `yaml:"plus"`    // ... and so many days later
	OnlyIn  string `yaml:"only_in"`
	// Days of the week on which alone it is a holiday, or on which it is none.
	OnlyOn        []string `yaml:"only_on"`
	NotOn         []string `yaml:"not_on"`
	AfterHolyWeek bool     `yaml:"after_holy_week"`
	ValidFrom     date     `yaml:"valid_from"`
	ValidTo       date     `yaml:"valid_to"`
}

func (row holidayRow) holiday() (Holiday, error) {
	h := Holiday{ID: row.ID, Name: strings.TrimSpace(row.Name), ValidFrom: row.ValidFrom.Time, ValidTo: row.ValidTo.Time,
		OnlyIn: strings.TrimSpace(row.OnlyIn), afterHolyWeek: row.AfterHolyWeek}
	for days, words := range map[*[]time.Weekday][]string{&h.on: row.OnlyOn, &h.notOn: row.NotOn} {
		for _, word := range words {
			day, known := weekdays[word]
			if !known {
				return h, fmt.Errorf("%q is no day of the week", word)
			}
			*days = append(*days, day)
		}
	}
	switch {
	case len(h.on) > 0 && len(h.notOn) > 0:
		return h, errors.New("only_on and not_on exclude each other")
	case (h.ID == "") == (h.Name == ""):
		return h, errors.New("it has either an id of the catalogues or a name of its own")
	case h.ID != "" && !slices.Contains(holidayIDs, h.ID):
		return h, fmt.Errorf("%q is in no catalogue: give it a name instead", h.ID)
	case !h.ValidTo.IsZero() && h.ValidTo.Before(h.ValidFrom):
		return h, errors.New("valid_to is before valid_from")
	}
	nth := row.Weekday != "" || row.Nth != 0 || row.Month != 0 || row.Plus != 0
	weekday, known := weekdays[row.Weekday]
	switch {
	case row.Day != "" && row.Easter == nil && !nth:
		on, err := time.Parse("2006-01-02", "2001-"+row.Day)
		if err != nil {
			return h, fmt.Errorf("day is %q, and no month and day such as 12-25 of every year", row.Day)
		}
		h.rule = cal.Holiday{Month: on.Month(), Day: on.Day(), Func: cal.CalcDayOfMonth}
	case row.Day == "" && row.Easter != nil && !nth:
		if *row.Easter < -100 || *row.Easter > 100 {
			return h, fmt.Errorf("easter is %d days away", *row.Easter)
		}
		h.rule = cal.Holiday{Offset: *row.Easter, Func: cal.CalcEasterOffset}
	case row.Day == "" && row.Easter == nil && known && row.Nth >= 1 && row.Nth <= 4 && row.Month >= 1 && row.Month <= 12 &&
		row.Plus >= 0 && row.Plus <= 6:
		h.rule = cal.Holiday{Month: time.Month(row.Month), Weekday: weekday, Offset: row.Nth, CalcOffset: row.Plus, Func: cal.CalcWeekdayOffset}
	default:
		return h, errors.New("it needs one of: day; easter; weekday with nth (1 to 4), month and perhaps plus (0 to 6)")
	}
	return h, nil
}
