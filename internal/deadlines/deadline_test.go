package deadlines_test

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
)

func dates(days []time.Time) (texts []string) {
	for _, day := range days {
		texts = append(texts, day.Format(time.DateOnly))
	}
	return texts
}

// amina is granted a reflection period until 2 July, lives in the shelter, and files a complaint.
var amina = []deadlines.Fact{
	fact("born", "1998-03-09"),
	fact("offence", "2025-11-02"),
	fact("offender_known", "2026-05-04"),
	fact("reflection_granted", "2026-05-03"),
	fact("reflection_until", "2026-06-02"),
	fact("reflection_until", "2026-07-02"),
	{Trigger: "shelter_entered", On: day("2026-05-01"), Of: "shelter"},
}

func TestWhatADossierHas(t *testing.T) {
	t.Parallel()
	list := rulesOf(t, "VD").Deadlines(amina)
	var next []string
	for _, d := range list.Next() {
		next = append(next, d.On.Format(time.DateOnly)+" "+string(d.ID))
	}
	want := []string{
		"2026-06-05 immediate_help", "2026-06-25 presence_reminder", "2026-07-02 presence_notice", "2026-07-02 reflection_end",
		"2026-08-04 criminal_complaint", "2026-09-16 shelter_first_review", "2026-10-16 shelter_second_review",
		"2026-11-01 shelter_stay", "2030-11-02 compensation_claim",
	}
	if !slices.Equal(next, want) {
		t.Errorf("next are %q", next)
	}
	// What one cannot miss is known as well, and presses nobody.
	if _, ok := list.Find("reflection_minimum", ""); !ok {
		t.Error("the minimum is not computed")
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	d, _ := rulesOf(t, "VD").Deadlines(amina).Find("reflection_end", "")
	if got := dates(d.Warnings(d.On)); !slices.Equal(got, []string{"2026-06-18", "2026-06-25", "2026-06-29", "2026-07-01"}) {
		t.Errorf("warnings are %v", got)
	}
	d, _ = rulesOf(t, "VD").Deadlines(append(slices.Clone(amina), fact("reflection_ended", "2026-06-20"))).Find("reflection_end", "")
	if d.Open() || d.Warnings(d.On) != nil || d.Missed(day("2026-08-01")) {
		t.Error("somebody is reminded of what has ended")
	}
}

func TestSettledIsByTheSameThing(t *testing.T) {
	t.Parallel()
	first := deadlines.Fact{Trigger: "ruling_notified", On: day("2026-06-01"), Of: "first"}
	second := deadlines.Fact{Trigger: "ruling_notified", On: day("2026-06-10"), Of: "second"}
	filed := deadlines.Fact{Trigger: "remedy_filed", On: day("2026-06-12"), Of: "first"}
	list := rulesOf(t, "VD").Deadlines([]deadlines.Fact{second, filed, first})
	if next := list.Next(); len(next) != 1 || next[0].Of != "second" {
		t.Errorf("next are %v", next)
	}
	if d, _ := list.Find("objection", "first"); d.Open() || !d.Late() {
		t.Error("an objection of the 12th is in time until the 11th")
	}
	filed.Of = ""
	if next := rulesOf(t, "VD").Deadlines([]deadlines.Fact{second, filed, first}).Next(); len(next) != 0 {
		t.Errorf("next are %v", next)
	}
}

// TestWaivingIsNamed: who does without the complaint has not done without anything else, nor for another offence.
func TestWaivingIsNamed(t *testing.T) {
	t.Parallel()
	waived := func(rule deadlines.RuleID, of string) bool {
		facts := append(slices.Clone(amina), deadlines.Fact{Trigger: deadlines.Waived, On: day("2026-05-10"), Rule: rule, Of: of})
		d, ok := rulesOf(t, "VD").Deadlines(facts).Find("criminal_complaint", "")
		return ok && !d.Open()
	}
	if !waived("criminal_complaint", "") || waived("compensation_claim", "") || waived("criminal_complaint", "other") || waived("", "") {
		t.Error("something else is waived")
	}
}

func TestMissedAndLeft(t *testing.T) {
	t.Parallel()
	d, _ := rulesOf(t, "VD").Deadlines(amina).Find("criminal_complaint", "")
	for at, want := range map[time.Time]struct {
		missed bool
		left   int
	}{
		time.Date(2026, 8, 4, 0, 0, 0, 0, i18n.Zone):    {false, 0},
		time.Date(2026, 8, 4, 23, 59, 59, 0, i18n.Zone): {false, 0},
		time.Date(2026, 8, 5, 0, 0, 0, 0, i18n.Zone):    {true, -1}, // still the 4th in UTC
		time.Date(2026, 3, 4, 12, 0, 0, 0, i18n.Zone):   {false, 153},
	} {
		if d.Missed(at) != want.missed || d.Left(at) != want.left {
			t.Errorf("at %s: missed %v, left %d", at, d.Missed(at), d.Left(at))
		}
	}
	minimum, _ := rulesOf(t, "VD").Deadlines(amina).Find("reflection_minimum", "")
	if minimum.Missed(day("2027-01-01")) {
		t.Error("a minimum is missed")
	}
}

func TestAllows(t *testing.T) {
	t.Parallel()
	list := rulesOf(t, "VD").Deadlines(append(slices.Clone(amina), fact("logged", "2026-01-20")))
	for _, c := range []struct {
		id        deadlines.RuleID
		of, on    string
		permitted bool
	}{
		{"reflection_minimum", "", "2026-06-01", false},
		{"reflection_minimum", "", "2026-06-02", true},
		{"shelter_stay", "shelter", "2026-11-01", true},
		{"shelter_stay", "shelter", "2026-11-02", false},
		{"access_log", "", "2027-01-20", false},
		{"access_log", "", "2027-01-21", true},
		{"shelter_first_review", "shelter", "2030-01-01", true},
	} {
		if d, ok := list.Find(c.id, c.of); !ok || d.Allows(day(c.on)) != c.permitted {
			t.Errorf("%s on %s: %v, %v", c.id, c.on, ok, !c.permitted)
		}
	}
}

func TestADayThatIsNotKnownGivesNoDate(t *testing.T) {
	t.Parallel()
	facts := []deadlines.Fact{{Trigger: deadlines.RulingNotified}, fact("offence", "2026-01-01"), {Trigger: deadlines.CompensationClaimed}}
	if list := rulesOf(t, "VD").Deadlines(facts); len(list) != 1 || !list[0].Open() {
		t.Errorf("%v", list)
	}
}

func TestOneDeclarationEndsNothing(t *testing.T) {
	t.Parallel()
	facts := append(slices.Clone(amina), fact("cooperation_declared", "2026-05-20"))
	if _, ok := rulesOf(t, "VD").Deadlines(facts).Find("reflection_early_end", ""); ok {
		t.Error("the period ends early on one of two declarations (OASA 35(2))")
	}
}

func TestAProlongationTakesTheUsualEndsPlace(t *testing.T) {
	t.Parallel()
	facts := append(slices.Clone(amina), deadlines.Fact{Trigger: "shelter_prolonged_until", On: day("2027-02-01"), Of: "shelter"})
	var next []string
	list := rulesOf(t, "VD").Deadlines(facts)
	for _, d := range list.Next() {
		if d.Of == "shelter" {
			next = append(next, string(d.ID))
		}
	}
	if d, ok := list.Find(deadlines.ShelterStay, "shelter"); !ok || d.Late() {
		t.Errorf("the months were prolonged in time, or nobody knows when: %+v", d)
	}
	if !slices.Equal(next, []string{"immediate_help", "shelter_prolongation_end"}) {
		t.Errorf("next are %v", next)
	}
}

// TestTheClaimOfAChild: until 25 for who was not sixteen (LAVI 25(2), CP 97(2)); where the offence's day is not known, it is
// kept rather than hidden. The five years of everybody stand beside it.
func TestTheClaimOfAChild(t *testing.T) {
	t.Parallel()
	for offence, want := range map[string]bool{"2025-07-13": true, "2025-07-14": false, "": true} {
		facts := []deadlines.Fact{fact("born", "2009-07-14")}
		if offence != "" {
			facts = append(facts, fact("offence", offence))
		}
		list := rulesOf(t, "VD").Deadlines(facts)
		if d, ok := list.Find("compensation_claim_minor", ""); ok != want || ok && !slices.Contains(d.Triggers, "offence") {
			t.Errorf("offence %q: %v", offence, ok)
		}
		if _, ok := list.Find("compensation_claim", ""); ok != (offence != "") {
			t.Errorf("offence %q: the five years are %v", offence, ok)
		}
	}
}

func TestMinor(t *testing.T) {
	t.Parallel()
	rules, born := rulesOf(t, "VD"), day("2008-06-15")
	for on, want := range map[string]bool{"2026-06-14": true, "2026-06-15": false, "2020-01-01": true} {
		if got := rules.Minor(&born, day(on)); got != want {
			t.Errorf("on %s: %v", on, got)
		}
	}
	if !rules.Minor(nil, day("2026-06-15")) {
		t.Error("an unknown age is not a child's")
	}
	for on, want := range map[string]int{"2026-06-14": 17, "2026-06-15": 18, "2008-06-15": 0} {
		if got := deadlines.Age(born, day(on)); got != want {
			t.Errorf("on %s: %d years", on, got)
		}
	}
}
