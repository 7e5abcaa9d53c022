package tasks

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

func day(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

func pointer[T any](value T) *T { return &value }

func TestShelfOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		today, due string
		want       Shelf
	}{
		{"2026-11-26", "2026-11-25", Overdue},
		{"2026-11-26", "2026-11-26", Today},
		{"2026-11-26", "2026-11-29", ThisWeek}, // a Thursday, and the Sunday after it
		{"2026-11-26", "2026-11-30", Later},
		{"2026-11-29", "2026-11-30", Later}, // on a Sunday the week is over
		{"2026-11-30", "2026-12-06", ThisWeek},
	} {
		if got := (Task{DueOn: day(test.due)}).ShelfOn(day(test.today)); got != test.want {
			t.Errorf("due %s is %s on %s, want %s", test.due, got, test.today, test.want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	today := day("2026-11-26")
	right := Contents{Kind: "call", Text: "Appeler", DueOn: &today}
	if problems := right.Check(today); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	for field, wrong := range map[string]func(*Contents){
		"kind":   func(c *Contents) { c.Kind = "" },
		"text":   func(c *Contents) { c.Text = "" },
		"due_on": func(c *Contents) { c.DueOn = nil },
		"every":  func(c *Contents) { c.Every = pointer(2) },
	} {
		c := right
		wrong(&c)
		if _, ok := c.Check(today).Of(field); !ok {
			t.Errorf("nothing is wrong with %s", field)
		}
	}
	for _, far := range []string{"2037-01-01", "1999-01-01"} {
		c := right
		c.DueOn = pointer(day(far))
		if _, ok := c.Check(today).Of("due_on"); !ok {
			t.Errorf("%s is no slip of the pen", far)
		}
	}
	c := right
	c.Unit = Weeks
	if _, ok := c.Check(today).Of("every"); !ok {
		t.Error("weeks, but how many")
	}
}

func TestNextDay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		task Task
		done string
		want string
	}{
		"in time":                 {Task{DueOn: day("2026-11-26"), AnchorOn: day("2026-11-26"), Every: 1, Unit: Weeks}, "2026-11-26", "2026-12-03"},
		"too early":               {Task{DueOn: day("2026-11-26"), AnchorOn: day("2026-11-26"), Every: 1, Unit: Weeks}, "2026-11-20", "2026-12-03"},
		"late":                    {Task{DueOn: day("2026-11-26"), AnchorOn: day("2026-11-26"), Every: 1, Unit: Weeks}, "2026-12-12", "2026-12-17"},
		"a round late, to a day":  {Task{DueOn: day("2026-11-26"), AnchorOn: day("2026-11-26"), Every: 1, Unit: Weeks}, "2026-12-03", "2026-12-10"},
		"every third day":         {Task{DueOn: day("2026-02-27"), AnchorOn: day("2026-02-27"), Every: 3, Unit: Days}, "2026-02-27", "2026-03-02"},
		"a short month":           {Task{DueOn: day("2026-01-31"), AnchorOn: day("2026-01-31"), Every: 1, Unit: Months}, "2026-01-31", "2026-02-28"},
		"and the 31st again":      {Task{DueOn: day("2026-02-28"), AnchorOn: day("2026-01-31"), Every: 1, Unit: Months}, "2026-02-28", "2026-03-31"},
		"over the end of a year":  {Task{DueOn: day("2026-11-30"), AnchorOn: day("2026-11-30"), Every: 3, Unit: Months}, "2026-11-30", "2027-02-28"},
		"the 29th of a leap year": {Task{DueOn: day("2028-02-29"), AnchorOn: day("2028-02-29"), Every: 12, Unit: Months}, "2028-02-29", "2029-02-28"},
	} {
		if got := test.task.nextDay(day(test.done)); !got.Equal(day(test.want)) {
			t.Errorf("%s: %s, want %s", name, got.Format(time.DateOnly), test.want)
		}
	}
}

// The next task lies after the one that is done and after the day on which it is, never more than one round further, and on a
// day of its rhythm; a slow walk from the anchor finds the same.
func TestNextDayOfAnyRhythm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		anchor := day("2024-01-01").AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "anchor"))
		task := Task{AnchorOn: anchor, Every: rapid.IntRange(1, Most).Draw(t, "every"), Unit: rapid.SampledFrom(Units).Draw(t, "unit")}
		task.DueOn = task.Unit.from(anchor, task.Every*rapid.IntRange(0, 5).Draw(t, "rounds"))
		done := task.DueOn.AddDate(0, 0, rapid.IntRange(-100, 400).Draw(t, "done"))
		got := task.nextDay(done)
		if !got.After(task.DueOn) || !got.After(done) {
			t.Fatalf("%s is not after %s and %s", got, task.DueOn, done)
		}
		before := anchor
		for n := 0; ; n += task.Every {
			next := task.Unit.from(anchor, n)
			if !next.Before(got) {
				if !next.Equal(got) || before.After(task.DueOn) && before.After(done) {
					t.Fatalf("%s, but the rhythm says %s after %s", got, next, before)
				}
				return
			}
			before = next
		}
	})
}

func TestMayBeGivenTo(t *testing.T) {
	t.Parallel()
	gone := time.Now()
	staff := []members.Member{
		{MemberID: cast.Lea.ID, Role: access.Caseworker}, {MemberID: cast.Ruth.ID, Role: access.Auditor}, {MemberID: cast.Karim.ID, Role: access.Coordinator, EndedAt: &gone},
	}
	for name, test := range map[string]struct {
		chosen, before tenantdb.PersonID
		may            bool
	}{
		"a caseworker":           {cast.Lea.ID, cast.Karim.ID, true},
		"an auditor":             {cast.Ruth.ID, cast.Lea.ID, false},
		"somebody who has left":  {cast.Karim.ID, cast.Lea.ID, false},
		"whoever has it already": {cast.Karim.ID, cast.Karim.ID, true},
		"nobody of the house":    {cast.Claire.ID, cast.Lea.ID, false},
	} {
		if err := mayBeGivenTo(staff, test.chosen, test.before); (err == nil) != test.may {
			t.Errorf("%s: %v", name, err)
		}
	}
}
