package offices

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Opening is from when until when an office is open on a day of the week.
type Opening struct {
	Weekday Weekday `json:"weekday"`
	// From and Until are hours of the day, as 08:30.
	From  string `json:"from"`
	Until string `json:"until"`
	Note  string `json:"note,omitempty"`
}

// Weekday is a day of the week, as RFC 5545 and HSDS name it.
type Weekday string

// Weekdays are in the order of a Swiss week.
var Weekdays = []Weekday{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// OpenOn are the hours of a day of the week.
func OpenOn(hours []Opening, day Weekday) []Opening {
	return slices.DeleteFunc(slices.Clone(hours), func(o Opening) bool { return o.Weekday != day })
}

// mostOpeningsADay is how often an office opens on one day.
const mostOpeningsADay = 4

// sorted puts hours in the order of a week.
func sorted(hours []Opening) []Opening {
	hours = slices.Clone(hours)
	slices.SortStableFunc(hours, func(a, b Opening) int {
		return cmp.Or(cmp.Compare(slices.Index(Weekdays, a.Weekday), slices.Index(Weekdays, b.Weekday)), cmp.Compare(a.From, b.From))
	})
	return hours
}

// checkHours says what is wrong with hours in the order of a week, and of which field of a form: a day that is none, an end before the
// beginning, two at once.
func checkHours(hours []Opening) (field, key string) {
	for i, o := range hours {
		field = HoursField(o.Weekday)
		switch {
		case !slices.Contains(Weekdays, o.Weekday):
			return "hours", "offices.hours.wrong"
		case !hourOfDay(o.From) || !hourOfDay(o.Until):
			return field, "offices.hours.wrong"
		case len(OpenOn(hours, o.Weekday)) > mostOpeningsADay:
			return field, "offices.hours.too_many"
		case o.From >= o.Until:
			return field, "offices.hours.backwards"
		case i > 0 && hours[i-1].Weekday == o.Weekday && hours[i-1].Until > o.From:
			return field, "offices.hours.overlap"
		}
	}
	return "", ""
}

// HoursField is the field of a form in which the hours of a day are.
func HoursField(day Weekday) string { return "hours_" + string(day) }

// DayText are the hours of a day as a form has them: "08:30-11:30, 13:30-17:00 (sans rendez-vous)".
func DayText(hours []Opening, day Weekday) string {
	var parts []string
	for _, o := range OpenOn(hours, day) {
		parts = append(parts, span(o))
	}
	return strings.Join(parts, ", ")
}

func span(o Opening) string {
	text := o.From + "-" + o.Until
	if o.Note != "" {
		text += " (" + o.Note + ")"
	}
	return text
}

// ParseDay reads what DayText wrote; ok is whether all of it was understood.
func ParseDay(text string, day Weekday) (hours []Opening, ok bool) {
	for _, part := range parts(text, ',') {
		if strings.TrimSpace(part) == "" {
			continue
		}
		o, ok := parseSpan(part)
		if !ok {
			return nil, false
		}
		o.Weekday = day
		hours = append(hours, o)
	}
	return hours, true
}

// parts cuts a text at a mark, but not within the brackets of a note.
func parts(text string, mark rune) (cut []string) {
	begin, within := 0, false
	for i, r := range text {
		switch {
		case r == '(' || r == ')':
			within = r == '('
		case r == mark && !within:
			cut, begin = append(cut, text[begin:i]), i+1
		}
	}
	return append(cut, text[begin:])
}

// noteOf is a note without brackets, which are what it stands in.
func noteOf(text string) string {
	return strings.TrimSpace(strings.NewReplacer("(", "", ")", "").Replace(text))
}

func parseSpan(text string) (o Opening, ok bool) {
	text = strings.TrimSpace(text)
	if before, after, found := strings.Cut(text, "("); found {
		if !strings.HasSuffix(after, ")") {
			return Opening{}, false
		}
		text, o.Note = strings.TrimSpace(before), noteOf(after)
	}
	from, until, _ := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	o.From, ok = ParseHour(from)
	if !ok {
		return Opening{}, false
	}
	o.Until, ok = ParseHour(until)
	return o, ok
}

func hourOfDay(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == 5
}

// hoursText writes hours in one line, as a CSV file has them: "MO 08:30-11:30; MO 13:30-17:00 (sans rendez-vous)".
func hoursText(hours []Opening) string {
	parts := make([]string, len(hours))
	for i, o := range hours {
		parts[i] = string(o.Weekday) + " " + span(o)
	}
	return strings.Join(parts, "; ")
}

// parseHours reads what hoursText wrote; ok is whether all of it was understood.
func parseHours(text string) (hours []Opening, ok bool) {
	for _, part := range parts(text, ';') {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		day, rest, _ := strings.Cut(part, " ")
		o, ok := parseSpan(rest)
		if !ok {
			return nil, false
		}
		o.Weekday = Weekday(strings.ToUpper(day))
		hours = append(hours, o)
	}
	return sorted(hours), true
}

// ParseHour reads an hour of the day as people write it, 8:30, 08.30, 8h30 or 8, and gives it as 08:30.
func ParseHour(text string) (string, bool) {
	text = strings.TrimSpace(strings.NewReplacer(".", ":", "h", ":", "H", ":").Replace(text))
	text = strings.TrimSuffix(text, ":")
	if !strings.Contains(text, ":") {
		text += ":00"
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format("15:04"), true
		}
	}
	return "", false
}
