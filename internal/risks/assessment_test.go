package risks

import (
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
)

func day(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

func ptr(text string) *time.Time {
	on := day(text)
	return &on
}

func step(n int) *int { return &n }

func TestSuggested(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		severity   Severity
		likelihood Likelihood
		want       Level
	}{
		{"light", "unlikely", Low}, {"light", "possible", Low}, {"light", "likely", Moderate},
		{"serious", "unlikely", Low}, {"serious", "possible", Moderate}, {"serious", "likely", High},
		{"grave", "unlikely", Moderate}, {"grave", "possible", High}, {"grave", "likely", Acute},
	} {
		dangers := []Danger{{"debt", "light", "unlikely"}, {"perpetrators", test.severity, test.likelihood}, {"other", "light", "unlikely"}}
		if got := Suggested(dangers); got != test.want {
			t.Errorf("%s and %s suggest %s, want %s", test.severity, test.likelihood, got, test.want)
		}
	}
	if got := Suggested(nil); got != Low {
		t.Errorf("nothing suggests %s", got)
	}
}

// TestTheChildrensScale: Kinderschutz Schweiz asks to act from step 3 on.
func TestTheChildrensScale(t *testing.T) {
	t.Parallel()
	for scale := 1; scale <= Steps; scale++ {
		if urgent := (Assessment{ChildScale: step(scale)}).Urgent(); urgent != (scale >= 3) || urgent != (Brief{ChildScale: step(scale)}).Urgent() {
			t.Errorf("step %d is urgent: %t", scale, urgent)
		}
	}
	if (Assessment{}).Urgent() || (Brief{}).Urgent() {
		t.Error("what has no step is urgent")
	}
}

func whole() Finding {
	return Finding{
		Kind: Here, Level: High, AssessedOn: ptr("2026-11-24"), ReviewOn: ptr("2026-12-01"),
		Details: Details{Dangers: []Danger{{"perpetrators", "grave", "possible"}}},
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Finding)
		child  bool
		field  string
	}{
		"whole":                                    {func(*Finding) {}, false, ""},
		"higher than suggested":                    {func(f *Finding) { f.Level = Acute }, false, ""},
		"lower than suggested":                     {func(f *Finding) { f.Level = Moderate }, false, "reason"},
		"lower than suggested, with a reason":      {func(f *Finding) { f.Level, f.Reason = Low, "Auteur détenu" }, false, ""},
		"no level":                                 {func(f *Finding) { f.Level = "" }, false, "level"},
		"no kind":                                  {func(f *Finding) { f.Kind = "" }, false, "kind"},
		"a danger half said":                       {func(f *Finding) { f.Dangers[0].Likelihood = "" }, false, "severity_perpetrators"},
		"nothing said":                             {func(f *Finding) { f.Dangers = nil }, false, "described"},
		"in words alone":                           {func(f *Finding) { f.Dangers, f.Described = nil, "Rien de connu" }, false, ""},
		"of a child without the step":              {func(*Finding) {}, true, "child_scale"},
		"of a child":                               {func(f *Finding) { f.ChildScale = step(3) }, true, ""},
		"of a child's return":                      {func(f *Finding) { f.Kind, f.ReviewOn = OnReturn, nil }, true, ""},
		"of no day":                                {func(f *Finding) { f.AssessedOn = nil }, false, "assessed_on"},
		"of tomorrow":                              {func(f *Finding) { f.AssessedOn = ptr("2026-11-25") }, false, "assessed_on"},
		"the house's last day":                     {func(f *Finding) { f.ReviewOn = ptr("2026-12-24") }, false, ""},
		"the house leaves no more than a month":    {func(f *Finding) { f.ReviewOn = ptr("2026-12-25") }, false, "review_on"},
		"a review before it":                       {func(f *Finding) { f.ReviewOn = ptr("2026-11-23") }, false, "review_on"},
		"no day for the review: the house sets it": {func(f *Finding) { f.ReviewOn = nil }, false, ""},
	} {
		f := whole()
		test.change(&f)
		problems, _ := fault.Correctable(f.Check(day("2026-11-24"), test.child, func(assessed time.Time) *time.Time {
			last := assessed.AddDate(0, 1, 0)
			return &last
		}))
		if test.field == "" && len(problems) > 0 || test.field != "" && (len(problems) != 1 || problems[0].Field != test.field) {
			t.Errorf("%s: %v, want %q", name, problems, test.field)
		}
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	house := func(assessed time.Time) *time.Time {
		last := assessed.AddDate(0, 1, 0)
		return &last
	}
	here, back := Brief{Kind: Here, AssessedOn: day("2026-11-24")}, Brief{Kind: OnReturn, AssessedOn: day("2026-11-20")}
	for review, want := range map[string][]deadlines.Trigger{
		"2026-12-24": {deadlines.RiskAssessed, deadlines.ReturnAssessed},
		"2026-12-01": {deadlines.RiskAssessed, deadlines.RiskReviewSet, deadlines.ReturnAssessed},
	} {
		here.ReviewOn = ptr(review)
		all := facts([]Brief{here, back}, house)
		if len(all) != len(want) {
			t.Fatalf("%s: %v", review, all)
		}
		for i, fact := range all {
			if fact.Trigger != want[i] {
				t.Errorf("%s: %v", review, all)
			}
		}
	}
}

func TestAPlanSaysWhatToDoAndWho(t *testing.T) {
	t.Parallel()
	whole := PlanDetails{Steps: "Appeler", Measures: []Measure{{What: "Changer de numéro", Who: "Léa"}}}
	for field, change := range map[string]func(*PlanDetails){
		"":               func(*PlanDetails) {},
		"steps":          func(p *PlanDetails) { p.Steps = "" },
		"measure_1_what": func(p *PlanDetails) { p.Measures = []Measure{{Who: "Léa"}} },
		"measure_1_who":  func(p *PlanDetails) { p.Measures = []Measure{{What: "X"}} },
	} {
		p := whole
		change(&p)
		problems, _ := fault.Correctable(p.Check())
		if field == "" && len(problems) > 0 || field != "" && (len(problems) != 1 || problems[0].Field != field) {
			t.Errorf("%q: %v", field, problems)
		}
	}
	done := whole
	done.Measures = []Measure{{What: "Changer de numéro", Who: "Léa", Done: ptr("2026-11-24")}}
	if !whole.same(whole) || whole.same(done) || whole.same(PlanDetails{Steps: "Appeler"}) {
		t.Error("two plans are told apart wrongly")
	}
}
