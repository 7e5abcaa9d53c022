package reminders

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
)

func on(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

// TestLeft: of what lists know by its month alone, a day is never said, and it is overdue only when the month is over.
func TestLeft(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		due   string
		month bool
		today string
		want  int
	}{
		{"2026-11-30", false, "2026-11-24", 6},
		{"2026-11-24", false, "2026-11-24", 0},
		{"2026-11-23", false, "2026-11-24", -1},
		{"2026-12-01", true, "2026-11-24", 7},
		{"2026-11-01", true, "2026-11-01", 0},
		{"2026-11-01", true, "2026-11-24", 0},
		{"2026-11-01", true, "2026-11-30", 0},
		{"2026-11-01", true, "2026-12-01", -1},
	} {
		if got := (Due{DueOn: on(test.due), ToTheMonth: test.month}).Left(on(test.today)); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
}

func TestArrangePutsEachDateIntoOneList(t *testing.T) {
	t.Parallel()
	today := on("2026-11-24")
	due := func(about string, ahead int) Due {
		return Due{Mention: dossiers.Mention{CodeName: "Lomidak"}, Rule: "stay_end", About: about, DueOn: today.AddDate(0, 0, ahead)}
	}
	reminded := func(d Due) Reminder { return Reminder{Due: d} }
	w := arrange(
		[]Due{due("a", -1), due("b", 0), due("c", 3), due("d", 7)},
		[]Reminder{reminded(due("a", -1)), reminded(due("c", 3)), reminded(due("e", 30))}, today)
	if len(w.Overdue) != 1 || len(w.Today) != 1 || len(w.Week) != 1 || w.Week[0].About != "d" {
		t.Errorf("%+v", w)
	}
	if len(w.Reminders) != 2 || w.Reminders[0].About != "c" || w.Reminders[1].About != "e" || w.More {
		t.Errorf("%+v", w.Reminders)
	}
	if w := arrange(make([]Due, most+1), nil, today); !w.More || len(w.Overdue) != most {
		t.Errorf("%d overdue, more: %t", len(w.Overdue), w.More)
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	t.Parallel()
	friday := on("2026-11-27")
	for what, test := range map[string]struct {
		waiting waiting
		want    string
	}{
		"a caseworker with a date":             {waiting{Role: access.Caseworker, Due: 1, Overdue: 4}, "daily 2026-11-27 "},
		"a caseworker with a reminder":         {waiting{Role: access.Caseworker, Reminded: 1}, "daily 2026-11-27 "},
		"a caseworker without":                 {waiting{Role: access.Caseworker, Overdue: 9, Undated: 9, Ending: 9}, ""},
		"a coordinator, of everybody's":        {waiting{Role: access.Coordinator, Undated: 1}, "weekly 2026-11-23 "},
		"a coordinator, of both":               {waiting{Role: access.Coordinator, Due: 1, Ending: 1}, "daily 2026-11-27 weekly 2026-11-23 "},
		"a coordinator where nothing waits":    {waiting{Role: access.Coordinator}, ""},
		"an auditor, who looks without a list": {waiting{Role: access.Auditor, Due: 1, Undated: 1}, ""},
	} {
		got := ""
		for _, digest := range test.waiting.digests(friday) {
			got += string(digest.Kind) + " " + digest.Day.Format(time.DateOnly) + " "
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", what, got, test.want)
		}
	}
}

func TestMonday(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{"2026-11-23": "2026-11-23", "2026-11-24": "2026-11-23", "2026-11-29": "2026-11-23", "2026-11-30": "2026-11-30", "2027-01-01": "2026-12-28"} {
		if got := monday(on(day)); !got.Equal(on(want)) {
			t.Errorf("the week of %s begins on %s", day, got.Format(time.DateOnly))
		}
	}
}

// TestTheDayBeginsInZurich, also when the clock is put forward or back.
func TestTheDayBeginsInZurich(t *testing.T) {
	t.Parallel()
	for now, want := range map[string]string{
		"2026-11-24T22:59:00Z": "2026-11-24T23:05:00Z",
		"2026-11-24T23:10:00Z": "2026-11-25T23:05:00Z",
		"2026-03-28T12:00:00Z": "2026-03-28T23:05:00Z",
		"2026-03-29T12:00:00Z": "2026-03-29T22:05:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextDay(at).UTC().Format(time.RFC3339); got != want {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
}
