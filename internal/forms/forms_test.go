package forms

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/fault"
)

func typed(text string) url.Values { return url.Values{"field": {text}} }

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typed, want, problem string }{
		{"", "", ""},
		{"  Amina ", "Amina", ""},
		{"Ame\u0301lie", "Am\u00e9lie", ""},
		{strings.Repeat("é", 10), strings.Repeat("é", 10), ""},
		{strings.Repeat("é", 11), "", "forms.text.too_long"},
		{"two\nlines", "", "forms.text.one_line"},
		{"zero\x00byte", "", "forms.text.control_characters"},
		{"a\u202Ebc", "", "forms.text.control_characters"},
		{"\xff", "", "forms.text.control_characters"},
		{"<b>&'\"", "<b>&'\"", ""},
		{"ب\u200Cا", "ب\u200Cا", ""},
	} {
		var problems fault.Problems
		got := Text(typed(test.typed), "field", 10, &problems)
		problem, _ := problems.Of("field")
		if got != test.want || problem.Key != test.problem {
			t.Errorf("Text(%q) = %q, %q; want %q, %q", test.typed, got, problem.Key, test.want, test.problem)
		}
	}
}

func TestWordsKeepLines(t *testing.T) {
	t.Parallel()
	var problems fault.Problems
	if got := Words(typed("one\r\ntwo\r\n"), "field", 20, &problems); got != "one\ntwo" || len(problems) > 0 {
		t.Errorf("Words = %q, %v", got, problems)
	}
	if Words(typed("a\x1bb"), "field", 20, &problems); len(problems) != 1 {
		t.Errorf("an escape character passed")
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"03.02.2026", "3.2.2026", "2026-02-03", " 3.2.2026 "} {
		var problems fault.Problems
		if got := Date(typed(text), "field", &problems); got == nil || !got.Equal(day) || len(problems) > 0 {
			t.Errorf("Date(%q) = %v, %v", text, got, problems)
		}
	}
	for _, text := range []string{"30.2.2026", "3.2.26", "2/3/2026", "yesterday", "-1", "1.1.0001", "1.1.99999"} {
		var problems fault.Problems
		if got := Date(typed(text), "field", &problems); got != nil || len(problems) != 1 {
			t.Errorf("Date(%q) = %v, %v", text, got, problems)
		}
	}
	var problems fault.Problems
	if got := Date(typed(""), "field", &problems); got != nil || len(problems) > 0 {
		t.Errorf("no date is %v, %v", got, problems)
	}
}

func TestTodayIsZurichs(t *testing.T) {
	t.Parallel()
	if got := Today(time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)); got.Day() != 1 || got.Month() != time.July {
		t.Errorf("half past midnight in Zurich is %v", got)
	}
}

func TestHour(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "9": "09:00", "9:30": "09:30", "09.30": "09:30", "23:59": "23:59"} {
		var problems fault.Problems
		if got := Hour(typed(text), "field", &problems); got != want || len(problems) > 0 {
			t.Errorf("Hour(%q) = %q, %v", text, got, problems)
		}
	}
	for _, text := range []string{"24:00", "9:60", "noon", "-1"} {
		var problems fault.Problems
		if got := Hour(typed(text), "field", &problems); got != "" || len(problems) != 1 {
			t.Errorf("Hour(%q) = %q, %v", text, got, problems)
		}
	}
}

func TestInt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"-1", "121", "1.5", "abc", "99999999999999999999"} {
		var problems fault.Problems
		if got := Int(typed(text), "field", 0, 120, &problems); got != nil || len(problems) != 1 {
			t.Errorf("Int(%q) = %v, %v", text, got, problems)
		}
	}
	var problems fault.Problems
	if got := Int(typed("0"), "field", 0, 120, &problems); got == nil || *got != 0 || len(problems) > 0 {
		t.Errorf("nought years: %v, %v", got, problems)
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	known := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	var problems fault.Problems
	if got := Choices(url.Values{"field": {"b", "", "a", "b"}}, "field", known, &problems); !slices.Equal(got, []string{"b", "a"}) || len(problems) > 0 {
		t.Errorf("Choices = %v, %v", got, problems)
	}
	if got := Choices(nil, "field", known, &problems); got == nil {
		t.Error("no choice is nil, which a column that is never null refuses")
	}
	if Choices(url.Values{"field": {"a", "?"}}, "field", known, &problems); len(problems) != 1 {
		t.Error("an unknown choice passed")
	}
	problems = nil
	if Choices(url.Values{"field": known}, "field", known, &problems); len(problems) != 1 {
		t.Error("26 entries passed")
	}
	problems = nil
	if Choice(typed("?"), "field", known, &problems); len(problems) != 1 {
		t.Error("an unknown choice passed")
	}
}

// Whatever is typed, what comes back fits the column and its page, and reading it again changes nothing.
func TestTextIsAlwaysFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		var problems fault.Problems
		got := Words(typed(text), "field", 50, &problems)
		if len([]rune(got)) > 50 || strings.ContainsAny(got, "\x00\r\x1b") {
			t.Fatalf("unfit: %q", got)
		}
		if again := Words(typed(got), "field", 50, &problems); len(problems) == 0 && again != got {
			t.Fatalf("%q became %q", got, again)
		}
	})
}

func TestMoment(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	if got := ParseMoment(Moment(&at)); !got.Equal(at) {
		t.Errorf("%v became %v", at, got)
	}
	if Moment(nil) != "" {
		t.Error("no moment is written as one")
	}
	for _, nonsense := range []string{"", "-1", "0", "soon", "99999999999999999999"} {
		if got := ParseMoment(nonsense); !got.IsZero() {
			t.Errorf("%q is read as %v", nonsense, got)
		}
	}
}
