package projects

import (
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

func day(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

// keysOf are the problems of a refusal, in a row.
func keysOf(err error) string {
	problems, _ := fault.Correctable(err)
	var found []string
	for _, problem := range problems {
		found = append(found, problem.Field+" "+problem.Key)
	}
	return strings.Join(found, ", ")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	today := *day("2026-11-24")
	for name, test := range map[string]struct {
		step Step
		want string
	}{
		"only a kind":                    {Step{Kind: Language, State: Open}, ""},
		"no kind":                        {Step{State: Open}, "kind projects.kind.missing"},
		"no state":                       {Step{Kind: Work}, "state projects.state.missing"},
		"another, without words":         {Step{Kind: Other, State: Open}, "what projects.what.missing"},
		"done, and when":                 {Step{Kind: Work, State: Done, EndedOn: day("2026-11-24")}, ""},
		"done, and nobody knows when":    {Step{Kind: Work, State: Done}, "ended_on projects.ended_on.missing"},
		"dropped tomorrow":               {Step{Kind: Work, State: Dropped, EndedOn: day("2026-11-25")}, "ended_on projects.day.future"},
		"ended before it began":          {Step{Kind: Work, State: Done, BegunOn: day("2026-11-02"), EndedOn: day("2026-11-01")}, "ended_on projects.ended_on.before_begun"},
		"begins next year":               {Step{Kind: Training, State: Open, BegunOn: day("2027-08-01")}, ""},
		"asked, waiting":                 {Step{Kind: IncomeSupport, State: Open, AskedOn: day("2026-11-20")}, ""},
		"asked tomorrow":                 {Step{Kind: IncomeSupport, State: Open, AskedOn: day("2026-11-25")}, "asked_on projects.day.future"},
		"granted":                        {Step{Kind: IncomeSupport, State: Done, EndedOn: day("2026-11-24"), AskedOn: day("2026-11-01"), DecidedOn: day("2026-11-24"), Decision: Granted}, ""},
		"granted, and nobody knows when": {Step{Kind: IncomeSupport, State: Open, AskedOn: day("2026-11-01"), Decision: Granted}, "decided_on projects.decided_on.missing"},
		"decided before it was asked":    {Step{Kind: IncomeSupport, State: Open, AskedOn: day("2026-11-02"), DecidedOn: day("2026-11-01"), Decision: Refused}, "decided_on projects.decided_on.before_asked"},
		"decided and never asked":        {Step{Kind: IncomeSupport, State: Open, DecidedOn: day("2026-11-01"), Decision: Refused}, "asked_on projects.asked_on.missing"},
		"decided tomorrow":               {Step{Kind: IncomeSupport, State: Open, AskedOn: day("2026-11-02"), DecidedOn: day("2026-11-25"), Decision: Partial}, "decided_on projects.day.future"},
		"done without an answer":         {Step{Kind: IncomeSupport, State: Done, EndedOn: day("2026-11-24"), AskedOn: day("2026-11-02")}, "decision projects.decision.missing"},
	} {
		if got := keysOf(test.step.Check(today)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What a kind does not have is left out, whatever was typed.
func TestFitting(t *testing.T) {
	t.Parallel()
	percent := 60
	full := Step{
		State: Done, BegunOn: day("2026-01-01"), EndedOn: day("2026-02-01"), Level: "b1", ExamOn: day("2026-02-01"), Percent: &percent, Sector: "care",
		AskedOn: day("2026-01-01"), DecidedOn: day("2026-01-02"), Decision: Granted,
	}
	of := func(kind Kind, state State) Step {
		step := full
		step.Kind, step.State = kind, state
		return step.fitting()
	}
	if s := of(Language, Done); s.Level == "" || s.ExamOn == nil || s.Percent != nil || s.AskedOn != nil || s.BegunOn == nil {
		t.Errorf("a language course: %+v", s)
	}
	if s := of(Work, Open); s.Level != "" || s.Percent == nil || s.Sector == "" || s.Decision != "" || s.EndedOn != nil {
		t.Errorf("work that goes on: %+v", s)
	}
	if s := of(IncomeSupport, Done); s.BegunOn != nil || s.Percent != nil || s.Decision != Granted || s.EndedOn == nil {
		t.Errorf("income support: %+v", s)
	}
}

// The path of integration begins with work, training or a course: a condition of the seed for a flat of one's own. Looking
// for work is none of them.
func TestIntegrationBegins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		steps []Step
		want  string
	}{
		"with nothing":                {nil, ""},
		"not with looking for work":   {[]Step{{Kind: JobSearch, BegunOn: day("2026-01-01")}, {Kind: Schooling, BegunOn: day("2026-01-01")}}, ""},
		"not with what has no day":    {[]Step{{Kind: Work}}, ""},
		"with the earliest":           {[]Step{{Kind: Work, BegunOn: day("2026-05-01")}, {Kind: Language, BegunOn: day("2026-03-01")}, {Kind: JobSearch, BegunOn: day("2026-01-01")}}, "2026-03-01"},
		"with an internship":          {[]Step{{Kind: Internship, BegunOn: day("2026-05-01")}}, "2026-05-01"},
		"also with one dropped later": {[]Step{{Kind: Training, State: Dropped, BegunOn: day("2026-05-01"), EndedOn: day("2026-06-01")}}, "2026-05-01"},
	} {
		got := ""
		for _, fact := range facts(test.steps) {
			if fact.Trigger != deadlines.IntegrationBegun || fact.Of != "" {
				t.Errorf("%s: %+v", name, fact)
			}
			got += fact.On.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestEveryKindLeadsToAnOffice(t *testing.T) {
	t.Parallel()
	none := 0
	for _, kind := range Kinds {
		if office := kind.Office(); office == "" {
			none++
		} else if !slices.Contains(access.OfficeKinds, office) {
			t.Errorf("%s leads to %s, which is no kind of office", kind, office)
		}
	}
	if none != 2 {
		t.Errorf("%d kinds lead to no kind of office; a licence and what is other do", none)
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	toward := func(goal string, state State, due *time.Time) Step {
		return Step{State: state, DueOn: due, Details: keys.Of(Details{Goal: goal})}
	}
	s := Sheet{
		Project: Project{Project: keys.Of(Text{Words: "x", Goals: []string{"a flat", "work"}})},
		Steps:   []Step{toward("work", Open, day("2026-11-23")), toward("work", Done, nil), toward("forgotten", Open, day("2026-11-24")), toward("", Dropped, nil)},
	}
	if n := [3]int{len(s.Toward("work")), len(s.Toward("a flat")), len(s.Toward(""))}; n != [3]int{2, 0, 2} {
		t.Errorf("steps by goal: %v", n)
	}
	if tally := TallyOf(s.Steps); tally != (Tally{Open: 2, Done: 1, Dropped: 1}) || tally.Total() != 3 {
		t.Errorf("%+v", tally)
	}
	for i, late := range []bool{true, false, false, false} {
		if s.Steps[i].Late(*day("2026-11-24")) != late {
			t.Errorf("step %d is late: %t", i, !late)
		}
	}
	many := Text{Words: "x", Goals: make([]string, MostGoals+1)}
	if got := keysOf(many.Check()); got != "goals projects.goals.too_many" {
		t.Errorf("%s", got)
	}
	if got := keysOf(Text{}.Check()); got != "words projects.words.missing" {
		t.Errorf("%s", got)
	}
}
