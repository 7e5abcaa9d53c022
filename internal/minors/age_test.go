package minors

import (
	"testing"
	"time"

	"passerelle/internal/deadlines"
)

func day(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

func rules(t *testing.T) *deadlines.Rules {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	all, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAgeOn: CC 14 sets majority at 18; Council of Europe Convention art. 10(3): in doubt, a child.
func TestAgeOn(t *testing.T) {
	t.Parallel()
	all := rules(t)
	for name, test := range map[string]struct {
		born    string
		finding Finding
		found   string
		on      string
		child   bool
		why     Ground
	}{
		"nobody knows anything":                    {on: "2026-11-24", child: true, why: InDoubt},
		"the day before the birthday":              {born: "2008-11-25", on: "2026-11-24", child: true, why: ByBirthDate},
		"the birthday itself":                      {born: "2008-11-24", on: "2026-11-24", why: ByBirthDate},
		"minor then":                               {born: "2008-11-24", on: "2024-05-01", child: true, why: ByBirthDate},
		"born on a leap day":                       {born: "2008-02-29", on: "2026-02-28", why: ByBirthDate},
		"of age by the birth date, but disputed":   {born: "1990-01-01", finding: Disputed, found: "2026-10-01", on: "2026-11-24", child: true, why: InDoubt},
		"an assessment that could not tell":        {born: "1990-01-01", finding: Unclear, found: "2026-10-01", on: "2026-11-24", child: true, why: InDoubt},
		"no birth date, found of age":              {finding: OfAge, found: "2026-10-01", on: "2026-11-24", why: ByFinding},
		"found of age says nothing of before":      {finding: OfAge, found: "2026-10-01", on: "2026-09-30", child: true, why: InDoubt},
		"found of age against the birth date":      {born: "2010-01-01", finding: OfAge, found: "2026-10-01", on: "2026-11-24", child: true, why: ByBirthDate},
		"found a child, that day and before":       {finding: Child, found: "2026-10-01", on: "2026-10-01", child: true, why: ByFinding},
		"found a child long ago, no birth date":    {finding: Child, found: "2016-10-01", on: "2026-11-24", child: true, why: InDoubt},
		"found a child, and grown by birth date":   {born: "2007-03-01", finding: Child, found: "2024-10-01", on: "2026-11-24", why: ByBirthDate},
		"found a child against the birth date":     {born: "1990-01-01", finding: Child, found: "2026-10-01", on: "2026-11-24", child: true, why: InDoubt},
		"found a child against it, earlier events": {born: "1990-01-01", finding: Child, found: "2026-10-01", on: "2025-01-01", child: true, why: ByFinding},
	} {
		age := Age{Finding: test.finding}
		if test.born != "" {
			born := day(test.born)
			age.Born = &born
		}
		if test.found != "" {
			age.FoundOn = day(test.found)
		}
		if child, why := age.On(day(test.on), all); child != test.child || why != test.why {
			t.Errorf("%s: child %t by %s; want %t by %s", name, child, why, test.child, test.why)
		}
	}
}

func TestYearsAreSaidOnlyOfWhatNobodyDisputes(t *testing.T) {
	t.Parallel()
	born := day("2010-04-18")
	if years, known := (Age{Born: &born}).Years(day("2026-04-17")); !known || years != 15 {
		t.Errorf("%d, %t", years, known)
	}
	for _, age := range []Age{{}, {Born: &born, Finding: Disputed}, {Born: &born, Finding: Unclear}} {
		if _, known := age.Years(day("2026-04-17")); known {
			t.Errorf("%+v has an age", age)
		}
	}
}

func TestADisputeReachesTheAgenda(t *testing.T) {
	t.Parallel()
	for finding, want := range map[Finding]int{Disputed: 1, Unclear: 1, OfAge: 0, Child: 0, "": 0} {
		if facts := (Age{Finding: finding, FoundOn: day("2026-10-01")}).facts(); len(facts) != want || want == 1 && facts[0].Trigger != deadlines.AgeDisputed {
			t.Errorf("%s: %v", finding, facts)
		}
	}
}

func TestAFindingSaysWhoAndOnWhat(t *testing.T) {
	t.Parallel()
	today, later := day("2026-11-24"), day("2026-11-25")
	whole := AgeFinding{Finding: OfAge, FoundOn: &today, AgeDetails: AgeDetails{By: "SEM", Basis: "Carte d’identité"}}
	for field, change := range map[string]func(*AgeFinding){
		"":         func(*AgeFinding) {},
		"finding":  func(f *AgeFinding) { f.Finding = "" },
		"found_on": func(f *AgeFinding) { f.FoundOn = &later },
		"by":       func(f *AgeFinding) { f.By = "" },
		"basis":    func(f *AgeFinding) { f.Basis = "" },
	} {
		f := whole
		change(&f)
		wrongIn(t, f.Check(today), field)
	}
	dispute := AgeFinding{Finding: Disputed, FoundOn: &today, AgeDetails: AgeDetails{By: "SEM"}}
	wrongIn(t, dispute.Check(today), "")
}
