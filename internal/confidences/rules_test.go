package confidences

import (
	"errors"
	"slices"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/members"
)

var now = time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)

func day(text string) *time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &on
}

func TestDraftCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		draft Draft
		want  string
	}{
		"today":           {Draft{day("2026-11-24"), "x"}, ""},
		"without a day":   {Draft{nil, "x"}, "confidences.noted_on.missing"},
		"tomorrow":        {Draft{day("2026-11-25"), "x"}, "confidences.noted_on.future"},
		"of long ago":     {Draft{day("2006-11-23"), "x"}, "confidences.noted_on.far_away"},
		"without a word":  {Draft{day("2026-11-24"), " \n"}, "confidences.text.missing"},
		"twenty years on": {Draft{day("2006-11-24"), "x"}, ""},
	} {
		got := ""
		if problems := c.draft.Check(now); len(problems) > 0 {
			got = problems[0].Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWhoHoldsACircle(t *testing.T) {
	t.Parallel()
	lea, karim := Insider{MemberID: cast.Lea.ID, Holds: true}, Insider{MemberID: cast.Karim.ID, Holds: false}
	alone, both, nobody := Circle{Members: []Insider{lea, karim}}, Circle{Members: []Insider{lea, {MemberID: cast.Karim.ID, Holds: true}}}, Circle{Members: []Insider{karim}}
	if alone.Orphaned() || !nobody.Orphaned() || nobody.Holds(cast.Karim.ID) {
		t.Error("who holds it is mistaken")
	}
	if err := alone.mayLose(cast.Lea.ID); !errors.Is(err, fault.Refused("")) {
		t.Errorf("the last one leaves: %v", err)
	}
	if err := errors.Join(both.mayLose(cast.Lea.ID), alone.mayLose(cast.Karim.ID)); err != nil {
		t.Error(err)
	}
	closed := alone
	closed.ClosedAt = &now
	if err := closed.mayLose(cast.Lea.ID); err != nil {
		t.Errorf("of a closed one: %v", err)
	}
	if closed.takesNotes() == nil || alone.takesNotes() != nil {
		t.Error("what is closed takes notes, or what is open does not")
	}
}

func TestWhoIsOfAProfession(t *testing.T) {
	t.Parallel()
	gone := now
	staff := Staff{
		All: []members.Member{{MemberID: cast.Lea.ID, Role: access.Caseworker}, {MemberID: cast.Karim.ID, Role: access.Coordinator}, {MemberID: cast.Ruth.ID, Role: access.Auditor},
			{MemberID: cast.Boris.ID, Role: access.Caseworker, EndedAt: &gone}},
		Practising: []members.Practising{{MemberID: cast.Lea.ID, Profession: members.Psychological}, {MemberID: cast.Karim.ID, Profession: members.Legal},
			{MemberID: cast.Ruth.ID, Profession: members.Psychological}, {MemberID: cast.Boris.ID, Profession: members.Psychological}},
	}
	c := Circle{Profession: members.Psychological}
	if got := staff.Candidates(c, cast.Karim.ID); len(got) != 1 || got[0].MemberID != cast.Lea.ID {
		t.Errorf("named can be %v", got)
	}
	if got := staff.Candidates(c, cast.Lea.ID); len(got) != 0 {
		t.Errorf("Léa can name %v", got)
	}
	overview := Overview{Staff: staff}
	if got := overview.MayOpen(cast.Lea.ID); !slices.Equal(got, []members.Profession{members.Psychological}) {
		t.Errorf("Léa may open %v", got)
	}
	overview.Circles = []Circle{c}
	if got := append(overview.MayOpen(cast.Lea.ID), overview.MayOpen(cast.Ruth.ID)...); len(got) > 0 {
		t.Errorf("there is one, and %v may be opened", got)
	}
	by := cast.Karim.Principal()
	for name, order := range map[string]Order{
		"himself":            {Successor: cast.Karim.ID, Words: "It has to go on."},
		"another profession": {Successor: cast.Anna.ID, Words: "It has to go on."},
		"who has left":       {Successor: cast.Boris.ID, Words: "It has to go on."},
		"who only looks":     {Successor: cast.Ruth.ID, Words: "It has to go on."},
		"without saying why": {Successor: cast.Lea.ID, Words: "   well   "},
		"with hardly a word": {Successor: cast.Lea.ID},
	} {
		if err := order.check(c, staff, by); !errors.Is(err, fault.Invalid("", "")) {
			t.Errorf("to %s: %v", name, err)
		}
	}
	good := Order{Successor: cast.Lea.ID, Words: "It has to go on."}
	if err := good.check(c, staff, by); err != nil {
		t.Error(err)
	}
	c.Members = []Insider{{MemberID: cast.Claire.ID, Holds: true}}
	if err := good.check(c, staff, by); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what somebody holds is handed on: %v", err)
	}
}

func TestCorrectAndStrike(t *testing.T) {
	t.Parallel()
	note := Note{NotedOn: *day("2026-11-20"), Contents: keys.Of(Contents{Text: "first"}), Version: 1, WrittenBy: cast.Lea.ID}
	if err := note.changes(2); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("of another version: %v", err)
	}
	before := note.correct(Draft{day("2026-11-21"), "second"}, cast.Karim.ID, now)
	if before.Contents.Get().Text != "first" || before.Version != 1 || note.Text() != "second" || note.Version != 2 || note.WrittenBy != cast.Karim.ID {
		t.Errorf("%+v %+v", before, note)
	}
	if err := note.strike(" ", cast.Lea.ID, now); !errors.Is(err, fault.Invalid("", "")) || note.Struck() {
		t.Errorf("without a reason: %v", err)
	}
	if err := note.strike("of somebody else", cast.Lea.ID, now); err != nil || !note.Struck() || note.Text() != "second" || note.Contents.Get().Struck != "of somebody else" {
		t.Errorf("%v %+v", err, note)
	}
	if err := note.changes(3); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what was struck changes: %v", err)
	}
}
