package identifications

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/minors"
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

func set(t *testing.T) Set {
	t.Helper()
	set, err := read("Petite", "1", small)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestReasons: two strong, a strong with another, three medium, two medium with a weak, by the operational indicators of ILO.
func TestReasons(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		strengths []Strength
		enough    bool
	}{
		{nil, false}, {[]Strength{Strong}, false}, {[]Strength{Strong, Strong}, true}, {[]Strength{Strong, Medium}, true}, {[]Strength{Strong, Weak}, true},
		{[]Strength{Medium, Medium}, false}, {[]Strength{Medium, Medium, Medium}, true}, {[]Strength{Medium, Medium, Weak}, true},
		{[]Strength{Medium, Weak, Weak}, false}, {[]Strength{Weak, Weak, Weak, Weak}, false},
	} {
		group, answers := Group{Element: Means}, map[string]Answer{}
		for i, strength := range test.strengths {
			group.Indicators = append(group.Indicators, Indicator{Code: string(rune('a' + i)), Strength: strength})
			answers[string(rune('a'+i))] = Yes
		}
		group.Indicators = append(group.Indicators, Indicator{Code: "no", Strength: Strong}, Indicator{Code: "unknown", Strength: Strong}, Indicator{Code: "unasked", Strength: Strong})
		answers["no"], answers["unknown"] = No, Unknown
		reason := Reasons(Set{Groups: []Group{group}}, answers, false)[0]
		if reason.Enough != test.enough || len(reason.Found) != len(test.strengths) || reason.Open != 2 || reason.Beside {
			t.Errorf("%v: %+v", test.strengths, reason)
		}
	}
}

// TestOfAChildNobodyAsksForTheMeans: Palermo Protocol art. 3(c): act and purpose are enough.
func TestOfAChildNobodyAsksForTheMeans(t *testing.T) {
	t.Parallel()
	for _, child := range []bool{true, false} {
		for _, reason := range Reasons(set(t), nil, child) {
			if reason.Beside != (child && reason.Group.Element == Means) {
				t.Errorf("child %t: %s is beside: %t", child, reason.Group.Element, reason.Beside)
			}
		}
	}
}

// TestMinorThen: whoever was a child at the offence is asked for no means, though of age by now.
func TestMinorThen(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	for offence, want := range map[string]bool{"2024-05-01": true, "2026-05-01": false} {
		age, facts := minors.Age{Born: ptr("2007-06-01")}, []deadlines.Fact{{Trigger: deadlines.Offence, On: day(offence)}, {Trigger: deadlines.Entered, On: day("2020-01-01")}}
		if child := childOn(age, day("2026-11-24"), facts, rules); child != want {
			t.Errorf("offence on %s: child %t", offence, child)
		}
	}
	if !childOn(minors.Age{}, day("2026-11-24"), nil, rules) {
		t.Error("whose age nobody knows is a child")
	}
}

func whole() Finding {
	return Finding{AssessedOn: ptr("2026-11-24"), Details: Details{
		Answers: map[string]Answer{"recruited": Yes, "pay": Yes, "threats": Unknown}, Judgement: "Présumée", OwnView: "Elle parle d’un travail mal payé",
	}}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Finding)
		key    string
	}{
		"whole":                        {func(*Finding) {}, ""},
		"without the person's view":    {func(f *Finding) { f.OwnView = "" }, ""},
		"a judgement without a tick":   {func(f *Finding) { f.Answers = nil }, ""},
		"ticks without a judgement":    {func(f *Finding) { f.Judgement = "" }, "identifications.judgement.missing"},
		"of no day":                    {func(f *Finding) { f.AssessedOn = nil }, "identifications.date.missing"},
		"of tomorrow":                  {func(f *Finding) { f.AssessedOn = ptr("2026-11-25") }, "identifications.date.in_the_future"},
		"what the set does not ask":    {func(f *Finding) { f.Answers = map[string]Answer{"guilt": Yes} }, "identifications.answers.unknown"},
		"what is no answer to anybody": {func(f *Finding) { f.Answers = map[string]Answer{"pay": "certainly"} }, "identifications.answers.unknown"},
	} {
		f := whole()
		test.change(&f)
		problems, _ := fault.Correctable(f.Check(set(t), day("2026-11-24")))
		if test.key == "" && len(problems) > 0 || test.key != "" && (len(problems) != 1 || problems[0].Key != test.key) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestTheSecondReaderIsAnother(t *testing.T) {
	t.Parallel()
	a := Assessment{WrittenBy: cast.Lea.ID}
	if a.Readable(cast.Lea.ID) || !a.Readable(cast.Karim.ID) {
		t.Error("two pairs of eyes are two people")
	}
	for _, test := range []struct {
		opinion Opinion
		words   string
		fields  []string
	}{
		{"agrees", "", nil}, {"differs", "Pas de but", nil}, {"differs", "", []string{"words"}}, {"agrees_in_part", "", []string{"words"}}, {"", "", []string{"opinion"}},
	} {
		problems, _ := fault.Correctable(SecondDetails{test.opinion, test.words}.Check())
		var fields []string
		for _, problem := range problems {
			fields = append(fields, problem.Field)
		}
		if !slices.Equal(fields, test.fields) {
			t.Errorf("%s %q: %v", test.opinion, test.words, fields)
		}
	}
}
