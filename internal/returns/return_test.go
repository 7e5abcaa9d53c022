package returns

import (
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
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
		found = append(found, strings.TrimSpace(problem.Field+" "+problem.Key))
	}
	return strings.Join(found, ", ")
}

func considered() Return {
	return Return{ConsideredOn: *day("2026-10-01"), Details: keys.Of(Details{With: "Conseil en vue du retour"})}
}

func decided() Return { r := considered(); r.DecidedOn = day("2026-10-20"); return r }

func departed() Return { r := decided(); r.DepartedOn = day("2026-11-10"); return r }

// Council of Europe Convention art. 16(2): a return is with due regard for safety and dignity, and preferably voluntary; whoever
// decides has to know the risks. LEI art. 60: it is the person's own.
func TestReach(t *testing.T) {
	t.Parallel()
	assessed := []deadlines.Fact{{Trigger: deadlines.ReturnAssessed, On: *day("2026-10-10")}}
	for name, test := range map[string]struct {
		from      Return
		milestone Milestone
		mark      Mark
		known     []deadlines.Fact
		want      string
		stage     Stage
	}{
		"decides after the assessment":          {considered(), Decision, Mark{day("2026-10-20"), "Je veux rentrer."}, assessed, "", Decided},
		"on its very day":                       {considered(), Decision, Mark{day("2026-10-10"), "Je veux rentrer."}, assessed, "", Decided},
		"not before it":                         {considered(), Decision, Mark{day("2026-10-09"), "Je veux rentrer."}, assessed, "returns.decision.no_assessment", Considered},
		"not without any":                       {considered(), Decision, Mark{day("2026-10-20"), "Je veux rentrer."}, []deadlines.Fact{{Trigger: deadlines.Born, On: *day("2000-01-01")}}, "returns.decision.no_assessment", Considered},
		"not without words":                     {considered(), Decision, Mark{day("2026-10-20"), ""}, assessed, "said returns.decision.words_missing", Considered},
		"not without a day":                     {considered(), Decision, Mark{nil, "x"}, assessed, "on returns.on.missing", Considered},
		"not tomorrow":                          {considered(), Decision, Mark{day("2026-11-25"), "x"}, assessed, "on returns.day.future", Considered},
		"not before it was considered":          {considered(), Decision, Mark{day("2026-09-30"), "x"}, assessed, "on returns.on.before_previous", Considered},
		"gives it up before deciding":           {considered(), Abandonment, Mark{day("2026-10-02"), ""}, nil, "", Abandoned},
		"takes the decision back":               {decided(), Abandonment, Mark{day("2026-11-24"), ""}, nil, "", Abandoned},
		"departs":                               {decided(), Departure, Mark{day("2026-10-20"), ""}, nil, "", Departed},
		"not before the decision":               {decided(), Departure, Mark{day("2026-10-19"), ""}, nil, "on returns.on.before_previous", Decided},
		"departs only once decided":             {considered(), Departure, Mark{day("2026-10-20"), ""}, nil, "returns.milestone.not_now", Considered},
		"nobody comes back from a departure":    {departed(), Abandonment, Mark{day("2026-11-11"), ""}, nil, "returns.milestone.not_now", Departed},
		"is concluded":                          {departed(), Conclusion, Mark{day("2026-11-24"), ""}, nil, "", Concluded},
		"is concluded only after the departure": {decided(), Conclusion, Mark{day("2026-11-24"), ""}, nil, "returns.milestone.not_now", Decided},
		"decides once":                          {decided(), Decision, Mark{day("2026-10-21"), "x"}, assessed, "returns.milestone.not_now", Decided},
	} {
		got, err := test.from.Reach(test.milestone, test.mark, test.known, *day("2026-11-24"))
		if keysOf(err) != test.want || got.Stage() != test.stage {
			t.Errorf("%s: %q, %s; want %q, %s", name, keysOf(err), got.Stage(), test.want, test.stage)
		}
		if err == nil && (got.On(test.milestone) != *test.mark.On || got.Details.Get().Said[test.milestone] != test.mark.Said || !slices.Contains(got.Reached(), test.milestone)) {
			t.Errorf("%s: the milestone is not told: %+v", name, got)
		}
		if test.from.Details.Get().Said != nil {
			t.Errorf("%s: what was there before has changed", name)
		}
	}
	over := departed()
	over.ConcludedOn = day("2026-11-20")
	if len(over.Next()) != 0 || !over.Over() || departed().Over() {
		t.Error("what is concluded goes on")
	}
}

func TestPreparation(t *testing.T) {
	t.Parallel()
	change := func(change func(*Return)) Return { r := decided(); change(&r); return r }
	for name, test := range map[string]struct {
		r    Return
		want string
	}{
		"considered, with somebody":    {considered(), ""},
		"never":                        {Return{Details: keys.Of(Details{With: "x"})}, "considered_on returns.considered_on.missing"},
		"with nobody":                  {Return{ConsideredOn: *day("2026-10-01")}, "with returns.with.missing"},
		"tomorrow":                     {change(func(r *Return) { r.ConsideredOn, r.DecidedOn = *day("2026-11-25"), nil }), "considered_on returns.day.future"},
		"after the decision":           {change(func(r *Return) { r.ConsideredOn = *day("2026-10-21") }), "considered_on returns.considered_on.after_decision"},
		"planned before it was talked": {change(func(r *Return) { r.PlannedOn = day("2026-09-30") }), "planned_on returns.planned_on.before_considered"},
	} {
		if got := keysOf(test.r.check(*day("2026-11-24"))); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestContact(t *testing.T) {
	t.Parallel()
	contact := func(on string, channel Channel, note string) Contact {
		return Contact{ContactedOn: *day(on), Channel: channel, Note: keys.Of(note)}
	}
	for name, test := range map[string]struct {
		c    Contact
		r    Return
		want string
	}{
		"after the departure":  {contact("2026-11-24", "phone", "Elle va bien."), departed(), ""},
		"before it":            {contact("2026-11-09", "phone", "x"), departed(), "contacted_on returns.contact.before_departure"},
		"without a departure":  {contact("2026-11-24", "phone", "x"), decided(), "returns.contact.not_departed"},
		"tomorrow":             {contact("2026-11-25", "phone", "x"), departed(), "contacted_on returns.day.future"},
		"without anything":     {Contact{}, departed(), "contacted_on returns.on.missing, channel returns.channel.missing, note returns.note.missing"},
		"over an unknown line": {contact("2026-11-24", "pigeon", "x"), departed(), "channel returns.channel.missing"},
	} {
		if got := keysOf(test.c.check(test.r, *day("2026-11-24"))); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Facts of two returns never mix: each names its own.
func TestFacts(t *testing.T) {
	t.Parallel()
	first, second := decided(), departed()
	first.ReturnID, second.ReturnID = ids.New[Return](), ids.New[Return]()
	first.AbandonedOn, second.ConcludedOn = day("2026-10-25"), day("2026-11-20")
	var got []string
	for _, fact := range facts([]Return{first, second}) {
		of := "first"
		if fact.Of == second.ReturnID.String() {
			of = "second"
		}
		got = append(got, of+" "+string(fact.Trigger)+" "+fact.On.Format(time.DateOnly))
	}
	slices.Sort(got)
	want := []string{
		"first return_abandoned 2026-10-25", "first return_decided 2026-10-20",
		"second return_concluded 2026-11-20", "second return_decided 2026-10-20", "second return_departed 2026-11-10",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
