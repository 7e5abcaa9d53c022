package forms

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"passerelle/internal/fault"
)

// FuzzFields: whatever is sent for a field, what is read of it can be kept, and is read as the same when the form is shown again; or there is
// a problem and nothing was read.
func FuzzFields(f *testing.F) {
	for _, typed := range []string{"", " Blessing\r\nOkafor ", "24.11.2026", "2026-1-4", "29.2.2027", "9.30", "23:59", "24", "-1", "007", "a", "1732406400000000", "e\u0301\u202e", "\xff"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		sent := func(text string) url.Values { return url.Values{"field": {text}} }
		for name, read := range map[string]func(url.Values, *fault.Problems) string{
			"line":  func(v url.Values, p *fault.Problems) string { return Text(v, "field", Short, p) },
			"words": func(v url.Values, p *fault.Problems) string { return Words(v, "field", Narrative, p) },
			"hour":  func(v url.Values, p *fault.Problems) string { return Hour(v, "field", p) },
			"day": func(v url.Values, p *fault.Problems) string {
				day := Date(v, "field", p)
				if day == nil {
					return ""
				}
				if !day.Equal(Today(*day)) || day.Year() < 1900 || day.Year() > 2199 {
					t.Errorf("%q is the day %s", typed, day)
				}
				return day.Format("2.1.2006")
			},
			"number": func(v url.Values, p *fault.Problems) string {
				number := Int(v, "field", -5, 500, p)
				if number == nil {
					return ""
				}
				if *number < -5 || *number > 500 {
					t.Errorf("%q is the number %d", typed, *number)
				}
				return strconv.Itoa(*number)
			},
			"choice": func(v url.Values, p *fault.Problems) string { return Choice(v, "field", []string{"a", "b"}, p) },
			"choices": func(v url.Values, p *fault.Problems) string {
				return strings.Join(Choices(v, "field", []string{"a", "b"}, p), "")
			},
			"moment": func(v url.Values, _ *fault.Problems) string {
				if at := ParseMoment(v.Get("field")); !at.IsZero() {
					return Moment(&at)
				}
				return ""
			},
		} {
			var problems, again fault.Problems
			got := read(sent(typed), &problems)
			switch {
			case len(problems) > 0 && got != "":
				t.Errorf("%s: %q has a problem and is %q", name, typed, got)
			case !utf8.ValidString(got), !norm.NFC.IsNormalString(got), strings.TrimSpace(got) != got, slices.ContainsFunc([]rune(got), unprintable), utf8.RuneCountInString(got) > Narrative:
				t.Errorf("%s: %q is read as %q", name, typed, got)
			}
			if same := read(sent(got), &again); same != got || len(again) > 0 {
				t.Errorf("%s: %q is read as %q, and that as %q", name, typed, got, same)
			}
		}
	})
}
