// Package forms reads what people type. Each function takes one field, gives its value trimmed and checked, and adds
// to the problems what has to be corrected; a field left empty is no problem here. What was typed stays in the
// url.Values, for showing the form again.
package forms

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// The longest that texts may be, in characters.
const (
	Name      = 100
	Short     = 200
	Narrative = 5000
)

// MaxEntries is the most that a list may hold.
const MaxEntries = 20

// Text reads one line.
func Text(values url.Values, field string, limit int, problems *fault.Problems) string {
	text := clean(values.Get(field))
	if strings.ContainsAny(text, "\n\t") {
		problems.Add(field, "forms.text.one_line")
		return ""
	}
	return checked(text, field, limit, problems)
}

// Words reads a text of several lines.
func Words(values url.Values, field string, limit int, problems *fault.Problems) string {
	return checked(clean(values.Get(field)), field, limit, problems)
}

// clean composes accents (NFC), so that the same name is the same text whatever keyboard wrote it, makes line ends
// simple, and trims. A textarea sends its lines with carriage returns.
func clean(typed string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(typed, "\r\n", "\n")))
}

func checked(text, field string, limit int, problems *fault.Problems) string {
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable):
		problems.Add(field, "forms.text.control_characters")
	case utf8.RuneCountInString(text) > limit:
		problems.Add(field, "forms.text.too_long", "Max", limit)
	default:
		return text
	}
	return ""
}

// unprintable are control characters, and those that turn the direction of what follows: a name that reads otherwise
// than it is written could deceive whoever reads it.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

var dateLayouts = []string{"2.1.2006", "2006-1-2"}

// Date reads a day as people here write it, 24.11.2026 or 4.1.2026, or as machines do, 2026-11-24. It is midnight UTC
// of that day, as a date column holds it; nil where nothing, or no day, was typed.
func Date(values url.Values, field string, problems *fault.Problems) *time.Time {
	text := clean(values.Get(field))
	if text == "" {
		return nil
	}
	for _, layout := range dateLayouts {
		if day, err := time.Parse(layout, text); err == nil && day.Year() >= 1900 && day.Year() < 2200 {
			return &day
		}
	}
	problems.Add(field, "forms.date.unreadable")
	return nil
}

// Today is the day that it is in Zurich, as Date would read it.
func Today(now time.Time) time.Time {
	year, month, day := now.In(i18n.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Hour reads an hour of the day, 9:30 or 09.30 or 9, and gives it as 09:30.
func Hour(values url.Values, field string, problems *fault.Problems) string {
	text := strings.ReplaceAll(clean(values.Get(field)), ".", ":")
	if text == "" {
		return ""
	}
	for _, layout := range []string{"15:4", "15"} {
		if hour, err := time.Parse(layout, text); err == nil {
			return hour.Format("15:04")
		}
	}
	problems.Add(field, "forms.hour.unreadable")
	return ""
}

// Int reads a whole number within bounds; nil where nothing, or no such number, was typed.
func Int(values url.Values, field string, lowest, highest int, problems *fault.Problems) *int {
	text := clean(values.Get(field))
	if text == "" {
		return nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < lowest || number > highest {
		problems.Add(field, "forms.number.out_of_range", "Min", lowest, "Max", highest)
		return nil
	}
	return &number
}

// Choice reads one of a list; what no form of ours offers is a problem, and not silently nothing.
func Choice[T ~string](values url.Values, field string, known []T, problems *fault.Problems) T {
	chosen := T(values.Get(field))
	if chosen == "" || slices.Contains(known, chosen) {
		return chosen
	}
	problems.Add(field, "forms.choice.unknown")
	return ""
}

// Choices reads any number of a list, each once and in the order of the form. It is never nil, since a column that
// holds a list is never null.
func Choices[T ~string](values url.Values, field string, known []T, problems *fault.Problems) []T {
	chosen := []T{}
	for _, value := range values[field] {
		switch {
		case value == "" || slices.Contains(chosen, T(value)):
		case !slices.Contains(known, T(value)):
			problems.Add(field, "forms.choice.unknown")
			return []T{}
		case len(chosen) == MaxEntries && len(known) > MaxEntries:
			problems.Add(field, "forms.choice.too_many", "Max", MaxEntries)
			return []T{}
		default:
			chosen = append(chosen, T(value))
		}
	}
	return chosen
}

// Codes are those of a list of countries or languages, for Choice and Choices.
func Codes(options []i18n.Option) []string {
	codes := make([]string, len(options))
	for i, option := range options {
		codes[i] = option.Code
	}
	return codes
}
