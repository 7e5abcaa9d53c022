package minors

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// wrongIn holds that exactly one field has to be corrected, or none.
func wrongIn(t *testing.T, err error, field string) {
	t.Helper()
	problems, _ := fault.Correctable(err)
	if field == "" && err != nil || field != "" && (len(problems) != 1 || problems[0].Field != field) {
		t.Errorf("%q should be wrong: %v", field, problems)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	until := day("2026-06-30")
	curator := Guardian{Role: Curator, Since: day("2026-01-01"), Until: &until}
	trust := Guardian{Role: PersonOfTrust, Since: day("2026-03-01")}
	for on, want := range map[string][]Role{
		"2025-12-31": {Curator, PersonOfTrust},
		"2026-01-01": {PersonOfTrust},
		"2026-03-01": nil,
		"2026-06-30": nil,
		"2026-07-01": {Curator},
	} {
		if missing := Missing([]Guardian{curator, trust}, day(on)); !slices.Equal(missing, want) {
			t.Errorf("on %s %v is missing, want %v", on, missing, want)
		}
	}
}

func TestAnAppointmentSaysWhoAsWhatAndSinceWhen(t *testing.T) {
	t.Parallel()
	since, before := day("2026-11-24"), day("2026-11-23")
	whole := Appointment{Role: Curator, Since: &since, GuardianDetails: GuardianDetails{Name: "X"}}
	for field, change := range map[string]func(*Appointment){
		"":      func(*Appointment) {},
		"role":  func(a *Appointment) { a.Role = "" },
		"name":  func(a *Appointment) { a.Name = "" },
		"since": func(a *Appointment) { a.Since = nil },
		"until": func(a *Appointment) { a.Until = &before },
	} {
		a := whole
		change(&a)
		wrongIn(t, a.Check(), field)
	}
}

func TestANoticeSaysWhenWhatWasSaidToWhom(t *testing.T) {
	t.Parallel()
	today, before, later := day("2026-11-24"), day("2026-11-23"), day("2026-11-25")
	whole := Notice{ReportedOn: &today, AnsweredOn: &today, ReportDetails: ReportDetails{"APEA", "Mise en danger", "Curatelle"}}
	for name, test := range map[string]struct {
		change func(*Notice)
		field  string
	}{
		"whole":                    {func(*Notice) {}, ""},
		"not answered yet":         {func(n *Notice) { n.AnsweredOn, n.Answer = nil, "" }, ""},
		"to nobody":                {func(n *Notice) { n.Authority = "" }, "authority"},
		"of nothing":               {func(n *Notice) { n.Contents = "" }, "contents"},
		"never":                    {func(n *Notice) { n.ReportedOn = nil }, "reported_on"},
		"an answer of no day":      {func(n *Notice) { n.AnsweredOn = nil }, "answered_on"},
		"an answer of tomorrow":    {func(n *Notice) { n.AnsweredOn = &later }, "answered_on"},
		"answered before reported": {func(n *Notice) { n.AnsweredOn = &before }, "answered_on"},
	} {
		t.Run(name, func(t *testing.T) {
			n := whole
			test.change(&n)
			wrongIn(t, n.Check(today), test.field)
		})
	}
}

func TestMomentsAreInOrderAndEachIsThereOnce(t *testing.T) {
	t.Parallel()
	born := day("2008-06-01")
	age := Age{Born: &born}
	moments := age.moments(day("2026-05-31"), []deadlines.Fact{
		{Trigger: deadlines.Offence, On: day("2024-05-01")}, {Trigger: deadlines.Offence, On: day("2023-01-01")},
		{Trigger: deadlines.StayValidUntil, On: day("2026-12-31")}, {Trigger: deadlines.ShelterEntered, On: day("2026-06-01")},
	}, rules(t))
	type said struct {
		trigger deadlines.Trigger
		on      string
		child   bool
		years   int
	}
	var got []said
	for _, m := range moments {
		got = append(got, said{m.Trigger, m.On.Format(time.DateOnly), m.Child, m.Years})
	}
	want := []said{{deadlines.Offence, "2023-01-01", true, 14}, {Opening, "2026-05-31", true, 17}, {deadlines.ShelterEntered, "2026-06-01", false, 18}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
