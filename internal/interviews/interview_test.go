package interviews

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tasks"
)

func pointer[T any](value T) *T { return &value }

var now = time.Date(2026, time.November, 26, 9, 0, 0, 0, time.UTC)

// talk is an interview of Léa's this morning.
func talk() Contents {
	return Contents{Kind: "individual", HeldAt: pointer(now.Add(-time.Hour)), Minutes: pointer(45), Account: Account{Where: "Bureau", Note: "Elle va mieux."}}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if problems := talk().Check(now); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	for name, test := range map[string]struct {
		wrong func(*Contents)
		field string
		key   string
	}{
		"no kind":                {func(c *Contents) { c.Kind = "" }, "kind", "interviews.kind.missing"},
		"no day":                 {func(c *Contents) { c.HeldAt = nil }, "held_on", "interviews.held_at.missing"},
		"not yet":                {func(c *Contents) { c.HeldAt = pointer(now.Add(time.Minute)) }, "held_on", "interviews.held_at.future"},
		"long ago":               {func(c *Contents) { c.HeldAt = pointer(now.AddDate(-21, 0, 0)) }, "held_on", "interviews.held_at.far_away"},
		"no length":              {func(c *Contents) { c.Minutes = nil }, "minutes", "interviews.minutes.missing"},
		"not a minute":           {func(c *Contents) { c.Minutes = pointer(0) }, "minutes", "interviews.minutes.out_of_range"},
		"more than a day":        {func(c *Contents) { c.Minutes = pointer(1441) }, "minutes", "interviews.minutes.out_of_range"},
		"difficult, and no text": {func(c *Contents) { c.Hard, c.Account.Note = true, "" }, "hard", "interviews.hard.nothing"},
	} {
		c := talk()
		test.wrong(&c)
		if problem, _ := c.Check(now).Of(test.field); problem.Key != test.key {
			t.Errorf("%s: %q", name, problem.Key)
		}
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC)
	if got := At(&day, "09:30"); got == nil || !got.Equal(time.Date(2026, time.July, 1, 7, 30, 0, 0, time.UTC)) {
		t.Errorf("half past nine in summer is %v", got)
	}
	if At(nil, "09:30") != nil || At(&day, "") != nil || At(&day, "soon") != nil {
		t.Error("something was made up")
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	interview := Interview{Line: Line{InterviewID: ids.New[Interview](), MemberID: cast.Lea.ID}, Version: 1, WrittenAt: now, WrittenBy: cast.Lea.ID}
	interview.write(talk())
	better := talk()
	better.Minutes, better.Account.Note = pointer(50), ""
	before, err := interview.correct(1, better, cast.Karim.ID, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !before.Contents.Get().same(talk()) || before.Version != 1 || before.WrittenBy != cast.Lea.ID {
		t.Errorf("what it said before is %+v", before)
	}
	if interview.Minutes != 50 || interview.Noted || interview.Version != 2 || interview.WrittenBy != cast.Karim.ID || interview.MemberID != cast.Lea.ID {
		t.Errorf("%+v", interview)
	}
	if _, err := interview.correct(1, talk(), cast.Lea.ID, now); err == nil {
		t.Error("somebody wrote over what they had not seen")
	} else if problems, _ := fault.Correctable(err); problems[0].Key != "interviews.conflict.changed_meanwhile" {
		t.Error(err)
	}
}

func TestTasksOf(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)
	due := today.AddDate(0, 0, 2)
	made := tasksOf([]Step{{}, {Text: "Appeler le foyer", DueOn: &due}, {Text: "Écrire"}, {DueOn: &due}}, cast.Lea.ID, today)
	if len(made) != 2 || !made[0].DueOn.Equal(due) || !made[1].DueOn.Equal(today.AddDate(0, 0, 7)) || made[0].AssigneeID != cast.Lea.ID || made[0].Kind != tasks.FollowUp {
		t.Errorf("%+v", made)
	}
}

func TestCursor(t *testing.T) {
	t.Parallel()
	cursor := Line{InterviewID: ids.New[Interview](), HeldAt: now}.cursor()
	if ParseCursor(cursor.String()) != cursor {
		t.Errorf("%v became %v", cursor, ParseCursor(cursor.String()))
	}
	for _, text := range []string{"", "x", "1.x", "-1." + ids.New[Interview]().String(), "99999999999999999999." + ids.New[Interview]().String()} {
		if !ParseCursor(text).None() {
			t.Errorf("%q is a place", text)
		}
	}
	if month := ParseMonth("2026-11"); MonthText(month) != "2026-11" || !ParseMonth("2026-13").IsZero() || !ParseMonth("0001-01").IsZero() || MonthText(time.Time{}) != "" {
		t.Error("months are misread")
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	november, october := ParseMonth("2026-11"), ParseMonth("2026-10")
	tally := Tally{{november, "phone", Count{2, 30}}, {november, "crisis", Count{1, 90}}, {october, "phone", Count{4, 60}}}
	if months := tally.Months(); len(months) != 2 || !months[0].Equal(november) {
		t.Errorf("%v", months)
	}
	for _, test := range []struct {
		month time.Time
		kind  Kind
		want  Count
	}{{november, "phone", Count{2, 30}}, {november, "", Count{3, 120}}, {time.Time{}, "phone", Count{6, 90}}, {time.Time{}, "", Count{7, 180}}, {october, "crisis", Count{}}} {
		if got := tally.Of(test.month, test.kind); got != test.want {
			t.Errorf("%v %s: %v", test.month, test.kind, got)
		}
	}
}

func TestOccasion(t *testing.T) {
	t.Parallel()
	here, there := ids.New[dossiers.Dossier](), ids.New[dossiers.Dossier]()
	newest, older := Draft{DraftID: ids.New[Interview](), DossierID: here}, Draft{DraftID: ids.New[Interview](), DossierID: here}
	occasion := Occasion{Dossier: dossiers.Mention{DossierID: here}}
	occasion.sort([]Draft{{DossierID: there}, newest, older, {}})
	if occasion.Draft == nil || occasion.Draft.DraftID != newest.DraftID || len(occasion.Others) != 2 {
		t.Errorf("%+v", occasion)
	}
}
