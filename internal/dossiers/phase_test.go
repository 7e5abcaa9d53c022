package dossiers

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
)

// at is a fact of a day in 2026.
func at(trigger deadlines.Trigger, month time.Month, d int, of ...string) deadlines.Fact {
	fact := deadlines.Fact{Trigger: trigger, On: day(2026, month, d)}
	if len(of) > 0 {
		fact.Of = of[0]
	}
	return fact
}

func TestPhaseOf(t *testing.T) {
	t.Parallel()
	today := day(2026, time.November, 24)
	for name, test := range map[string]struct {
		facts []deadlines.Fact
		phase Phase
		// because is the day in November of the fact that decides; 0 is none.
		because int
	}{
		"nothing is known":                                      {nil, FirstContact, 0},
		"a birthday says nothing":                               {[]deadlines.Fact{at(deadlines.Born, 11, 1)}, FirstContact, 0},
		"somebody has begun to identify the person":             {[]deadlines.Fact{at(deadlines.IdentificationBegun, 11, 3)}, Identification, 3},
		"a body has found":                                      {[]deadlines.Fact{at(deadlines.FindingMade, 11, 4, "a"), at(deadlines.FindingMade, 11, 2, "b")}, Identification, 2},
		"OASA 35(1): a reflection period is granted":            {[]deadlines.Fact{at(deadlines.FindingMade, 11, 1), at(deadlines.ReflectionGranted, 11, 2)}, Reflection, 2},
		"OASA 35: nothing but a decision ends it":               {[]deadlines.Fact{at(deadlines.ReflectionGranted, 1, 2), at(deadlines.ReflectionUntil, 2, 2)}, Reflection, 0},
		"a complaint in a running reflection period":            {[]deadlines.Fact{at(deadlines.ComplaintFiled, 11, 1), at(deadlines.ReflectionGranted, 11, 2)}, Reflection, 2},
		"a course in a running reflection period":               {[]deadlines.Fact{at(deadlines.IntegrationBegun, 11, 5), at(deadlines.ReflectionGranted, 11, 2)}, Reflection, 2},
		"the reflection period has ended":                       {[]deadlines.Fact{at(deadlines.ReflectionGranted, 11, 2), at(deadlines.ReflectionEnded, 11, 20)}, Proceedings, 20},
		"of two reflection periods one has ended":               {[]deadlines.Fact{at(deadlines.ReflectionGranted, 11, 2, "a"), at(deadlines.ReflectionGranted, 11, 9, "b"), at(deadlines.ReflectionEnded, 11, 8, "a")}, Reflection, 9},
		"a second one is granted after the first has ended":     {[]deadlines.Fact{at(deadlines.ReflectionGranted, 11, 2), at(deadlines.ReflectionEnded, 11, 8), at(deadlines.ReflectionGranted, 11, 9)}, Reflection, 9},
		"OASA 36: a permit for the proceedings":                 {[]deadlines.Fact{at(deadlines.ShortStayIssued, 11, 6)}, Proceedings, 6},
		"a course while proceedings run":                        {[]deadlines.Fact{at(deadlines.ProceedingsOpened, 11, 1), at(deadlines.IntegrationBegun, 11, 7)}, Integration, 7},
		"an own flat":                                           {[]deadlines.Fact{at(deadlines.IntegrationBegun, 11, 7), at(deadlines.OwnFlatEntered, 11, 8, "a")}, Independent, 8},
		"the own flat was left":                                 {[]deadlines.Fact{at(deadlines.IntegrationBegun, 11, 7), at(deadlines.OwnFlatEntered, 11, 8, "a"), at(deadlines.OwnFlatLeft, 11, 9, "a")}, Integration, 7},
		"one of two flats was left":                             {[]deadlines.Fact{at(deadlines.OwnFlatEntered, 11, 8, "a"), at(deadlines.OwnFlatLeft, 11, 9, "a"), at(deadlines.OwnFlatEntered, 11, 9, "b")}, Independent, 9},
		"a return is decided":                                   {[]deadlines.Fact{at(deadlines.OwnFlatEntered, 11, 8), at(deadlines.ReturnDecided, 11, 9, "r")}, Return, 9},
		"the return was given up":                               {[]deadlines.Fact{at(deadlines.IntegrationBegun, 11, 7), at(deadlines.ReturnDecided, 11, 9, "r"), at(deadlines.ReturnAbandoned, 11, 10, "r")}, Integration, 7},
		"the person has left":                                   {[]deadlines.Fact{at(deadlines.ReturnDecided, 11, 9), at(deadlines.ReturnAbandoned, 11, 10), at(deadlines.ReturnDeparted, 11, 11)}, Return, 11},
		"closed, whatever else is known":                        {[]deadlines.Fact{at(deadlines.ReturnDeparted, 11, 11), at(deadlines.ReflectionGranted, 11, 2), at(deadlines.DossierClosed, 11, 12)}, Closed, 12},
		"looked after again":                                    {[]deadlines.Fact{at(deadlines.DossierClosed, 11, 12), at(deadlines.AftercareBegun, 11, 13)}, Aftercare, 13},
		"what is known ahead does not count before its day":     {[]deadlines.Fact{at(deadlines.IntegrationBegun, 11, 7), at(deadlines.OwnFlatEntered, 11, 25)}, Integration, 7},
		"nor does an end that is known ahead":                   {[]deadlines.Fact{at(deadlines.ReflectionGranted, 11, 2), at(deadlines.ReflectionEnded, 11, 25)}, Reflection, 2},
		"the day itself counts":                                 {[]deadlines.Fact{at(deadlines.OwnFlatEntered, 11, 24)}, Independent, 24},
		"what is known of no day happened":                      {[]deadlines.Fact{{Trigger: deadlines.IntegrationBegun}}, Integration, 0},
		"an end before the beginning is that of something else": {[]deadlines.Fact{at(deadlines.OwnFlatLeft, 11, 1, "a"), at(deadlines.OwnFlatEntered, 11, 8, "a")}, Independent, 8},
	} {
		course := PhaseOf(test.facts, today)
		if course.Phase != test.phase {
			t.Errorf("%s: %s, want %s", name, course.Phase, test.phase)
		}
		if (course.Because == nil) != (test.phase == FirstContact) {
			t.Errorf("%s: because of %v", name, course.Because)
		}
		if test.because > 0 && course.Because.On.Day() != test.because {
			t.Errorf("%s: because of %v, want the %d", name, course.Because, test.because)
		}
	}
}

// A phase that is past keeps the day on which it began.
func TestPhaseOf_Begun(t *testing.T) {
	t.Parallel()
	course := PhaseOf([]deadlines.Fact{
		at(deadlines.FindingMade, 3, 9), at(deadlines.IdentificationBegun, 3, 2), at(deadlines.ReflectionGranted, 4, 1), at(deadlines.ReflectionEnded, 5, 5),
		at(deadlines.IntegrationBegun, 6, 1),
	}, day(2026, time.November, 24))
	for phase, want := range map[Phase]time.Time{
		Identification: day(2026, 3, 2), Reflection: day(2026, 4, 1), Proceedings: day(2026, 5, 5), Integration: day(2026, 6, 1),
	} {
		if got := course.Begun[phase]; !got.On.Equal(want) {
			t.Errorf("%s began on %v, want %v", phase, got.On, want)
		}
	}
	if len(course.Begun) != 4 {
		t.Errorf("%v", course.Begun)
	}
}

// TestPhaseOf_Properties holds for every history: the phase is a known one, the order in which facts are told changes
// nothing, what is said of the day is part of what is known, and whoever has closed is right.
func TestPhaseOf_Properties(t *testing.T) {
	t.Parallel()
	triggers := deadlines.Triggers()
	today := day(2026, time.November, 24)
	rapid.Check(t, func(rt *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) deadlines.Fact {
			return deadlines.Fact{
				Trigger: rapid.SampledFrom(triggers).Draw(rt, "trigger"), Of: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "of"),
				On: today.AddDate(0, 0, rapid.IntRange(-40, 10).Draw(rt, "day")),
			}
		}), 0, 12).Draw(rt, "facts")
		before := slices.Clone(facts)
		course := PhaseOf(facts, today)
		if !reflect.DeepEqual(facts, before) {
			rt.Fatal("the facts were changed")
		}
		if !slices.Contains(Phases, course.Phase) {
			rt.Fatalf("%q is no phase", course.Phase)
		}
		if other := PhaseOf(rapid.Permutation(facts).Draw(rt, "told otherwise"), today); !reflect.DeepEqual(course, other) {
			rt.Fatalf("%+v, and told otherwise %+v", course, other)
		}
		if course.Because != nil && (!slices.Contains(facts, *course.Because) || course.Because.On.After(today)) {
			rt.Fatalf("because of %+v", course.Because)
		}
		closed := append(slices.Clone(facts), deadlines.Fact{Trigger: deadlines.DossierClosed, On: today.AddDate(0, 0, -rapid.IntRange(0, 50).Draw(rt, "closed"))})
		if phase := PhaseOf(closed, today).Phase; phase != Closed && phase != Aftercare {
			rt.Fatalf("closed, and in %s", phase)
		}
		followed := append(closed, deadlines.Fact{Trigger: deadlines.AftercareBegun, On: today})
		if phase := PhaseOf(followed, today).Phase; phase != Aftercare {
			rt.Fatalf("looked after, and in %s", phase)
		}
	})
}

func TestStatement(t *testing.T) {
	t.Parallel()
	today := day(2026, time.November, 24)
	for name, test := range map[string]struct {
		change func(*Statement)
		field  string
	}{
		"as it should be":                        {func(*Statement) {}, ""},
		"found today":                            {func(s *Statement) { s.On = &today }, ""},
		"nobody found":                           {func(s *Statement) { s.Body = "" }, "body"},
		"nothing found":                          {func(s *Statement) { s.Verdict = "" }, "verdict"},
		"an NGO recognises nobody":               {func(s *Statement) { s.Verdict = Recognised }, "verdict"},
		"the police do not identify":             {func(s *Statement) { s.Body, s.Verdict = ByPolice, Identified }, "verdict"},
		"a court does not leave it open":         {func(s *Statement) { s.Body, s.Verdict = ByCourt, Pending }, "verdict"},
		"a LAVI centre has no indications alone": {func(s *Statement) { s.Body, s.Verdict = ByVictimAssistance, Indications }, "verdict"},
		"the SEM sees indications":               {func(s *Statement) { s.Body, s.Verdict = BySEM, Indications }, ""},
		"on no day":                              {func(s *Statement) { s.On = nil }, "found_on"},
		"tomorrow":                               {func(s *Statement) { s.On = ptr(today.AddDate(0, 0, 1)) }, "found_on"},
		"resting on nothing":                     {func(s *Statement) { s.Basis = "" }, "basis"},
	} {
		statement := Statement{Body: ByNGO, Verdict: Presumed, On: ptr(day(2026, time.May, 3)), Basis: "Récit."}
		test.change(&statement)
		problems := statement.Check(today)
		if test.field == "" && len(problems) > 0 || test.field != "" && (len(problems) != 1 || problems[0].Field != test.field) {
			t.Errorf("%s: %v, want a problem of %q", name, problems, test.field)
		}
	}
	for _, body := range Bodies {
		if len(verdicts[body]) == 0 {
			t.Errorf("%s can find nothing", body)
		}
	}
}

func TestEnding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ending Ending
		field  string
	}{
		"a reason":                     {Ending{Reason: "return"}, ""},
		"no reason":                    {Ending{Note: "Partie."}, "reason"},
		"another reason, without more": {Ending{Reason: "other"}, "note"},
		"another reason, in words":     {Ending{Reason: "other", Note: "Partie."}, ""},
	} {
		problems := test.ending.Check()
		if test.field == "" && len(problems) > 0 || test.field != "" && (len(problems) != 1 || problems[0].Field != test.field) {
			t.Errorf("%s: %v, want a problem of %q", name, problems, test.field)
		}
	}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	today := day(2026, time.November, 24)
	date := func(kind deadlines.Kind, days int) deadlines.Deadline {
		return deadlines.Deadline{ID: deadlines.RuleID(kind), On: today.AddDate(0, 0, days), Rule: deadlines.Rule{Kind: kind}}
	}
	done := date(deadlines.Act, 9)
	done.Settled = &deadlines.Fact{Trigger: deadlines.Waived}
	for name, test := range map[string]struct {
		list         deadlines.List
		others       []Obligation
		dates, after int
		refused      bool
	}{
		"nothing":                               {nil, nil, 0, 0, false},
		"a date that presses":                   {deadlines.List{date(deadlines.Act, 9)}, nil, 1, 0, true},
		"today is not over":                     {deadlines.List{date(deadlines.Duty, 0)}, nil, 1, 0, true},
		"what is over holds nothing up":         {deadlines.List{date(deadlines.Act, -1)}, nil, 0, 1, false},
		"what is waived neither":                {deadlines.List{done}, nil, 0, 0, false},
		"nor does a date to know":               {deadlines.List{date(deadlines.Keep, 9), date(deadlines.Birthday, 9)}, nil, 0, 0, false},
		"something that another part knows of":  {nil, []Obligation{{Key: "x"}}, 0, 0, true},
		"a date beside it, and one that passed": {deadlines.List{date(deadlines.End, -3), date(deadlines.Maximum, 3)}, []Obligation{{Key: "x"}}, 1, 1, true},
	} {
		owed := checklist(test.list, test.others, today)
		if len(owed.Dates) != test.dates || len(owed.Missed) != test.after || owed.Clear() == test.refused {
			t.Errorf("%s: %+v", name, owed)
		}
		if _, refused := fault.Correctable(owed.Check()); refused != test.refused {
			t.Errorf("%s: refused %t", name, refused)
		}
	}
}

func TestTakes(t *testing.T) {
	t.Parallel()
	then := day(2026, time.November, 1)
	for name, test := range map[string]struct {
		dossier           Dossier
		changes, contacts bool
	}{
		"open":         {Dossier{}, true, true},
		"closed":       {Dossier{ClosedAt: &then}, false, false},
		"in aftercare": {Dossier{ClosedAt: &then, AftercareAt: &then}, false, true},
	} {
		if got := test.dossier.takesChanges() == nil; got != test.changes {
			t.Errorf("%s takes changes: %t", name, got)
		}
		if got := test.dossier.takesContacts() == nil; got != test.contacts {
			t.Errorf("%s takes contacts: %t", name, got)
		}
	}
}

// TestBegunBefore: a dossier that was opened late does not say when the first contact was.
func TestBegunBefore(t *testing.T) {
	t.Parallel()
	found := []deadlines.Fact{{Trigger: deadlines.FindingMade, On: day(2026, time.March, 2)}}
	today := day(2026, time.November, 1)
	for name, test := range map[string]struct {
		facts  []deadlines.Fact
		opened time.Time
		want   bool
	}{
		"nothing is known":          {nil, today, false},
		"opened later than a fact":  {found, today, true},
		"opened on the day of one":  {found, day(2026, time.March, 2), false},
		"opened before all of them": {found, day(2026, time.March, 1), false},
	} {
		if got := PhaseOf(test.facts, today).BegunBefore(test.opened); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
