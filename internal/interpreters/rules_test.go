package interpreters_test

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
)

func day(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

func entry(p interpreters.Particulars) interpreters.Interpreter {
	return interpreters.Interpreter{InterpreterID: ids.New[interpreters.Interpreter](), Particulars: keys.Of(p), ActiveUntil: p.ActiveUntil}
}

func exclusion(terms interpreters.Terms) interpreters.Exclusion {
	return interpreters.Exclusion{ExclusionID: ids.New[interpreters.Exclusion](), Terms: keys.Of(terms)}
}

func fieldsOf(err error) (fields []string) {
	problems, _ := fault.Correctable(err)
	for _, problem := range problems {
		fields = append(fields, problem.Field)
	}
	return fields
}

func TestAnEntryCanBeCalled(t *testing.T) {
	t.Parallel()
	good := interpreters.Particulars{Name: "Judit Kovács", Phone: "+41 79 000 00 10", Languages: []string{"hun"}}
	for name, c := range map[string]struct {
		change func(*interpreters.Particulars)
		want   []string
	}{
		"complete":        {func(*interpreters.Particulars) {}, nil},
		"by e-mail alone": {func(p *interpreters.Particulars) { p.Phone, p.Email = "", "j@example.ch" }, nil},
		"without a name":  {func(p *interpreters.Particulars) { p.Name = "" }, []string{"name"}},
		"out of reach":    {func(p *interpreters.Particulars) { p.Phone = "" }, []string{"phone"}},
		"half an address": {func(p *interpreters.Particulars) { p.Email = "judit@" }, []string{"email"}},
		"for no language": {func(p *interpreters.Particulars) { p.Languages = nil }, []string{"languages"}},
	} {
		p := good
		c.change(&p)
		if got := fieldsOf(p.Check()); !slices.Equal(got, c.want) {
			t.Errorf("%s: problems of %v, want %v", name, got, c.want)
		}
	}
}

func TestAnExclusionIsOfSomebody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		terms interpreters.Terms
		want  []string
	}{
		"nothing":              {interpreters.Terms{}, []string{"against", "strength"}},
		"no region":            {interpreters.Terms{Against: interpreters.Region, Strength: interpreters.Never}, []string{"region"}},
		"no community":         {interpreters.Terms{Against: interpreters.Community, Strength: interpreters.Never}, []string{"community"}},
		"no gender":            {interpreters.Terms{Against: interpreters.ByGender, Strength: interpreters.RatherNot}, []string{"gender"}},
		"nobody":               {interpreters.Terms{Against: interpreters.Named, Strength: interpreters.Never}, []string{"interpreter"}},
		"a region":             {interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never}, nil},
		"somebody by strength": {interpreters.Terms{Against: interpreters.ByGender, Gender: "male"}, []string{"strength"}},
	} {
		if got := fieldsOf(c.terms.Check()); !slices.Equal(got, c.want) {
			t.Errorf("%s: problems of %v, want %v", name, got, c.want)
		}
	}
}

func TestWhatAnExclusionSays(t *testing.T) {
	t.Parallel()
	judit := entry(interpreters.Particulars{Name: "Judit", Languages: []string{"hun"}, Gender: "female", Region: "HU", Community: "Lovari de Miskolc"})
	blank := entry(interpreters.Particulars{Name: "N. N.", Languages: []string{"hun"}})
	for name, c := range map[string]struct {
		terms interpreters.Terms
		of    interpreters.Interpreter
		want  interpreters.Verdict
	}{
		"the same region":            {interpreters.Terms{Against: interpreters.Region, Region: "HU"}, judit, interpreters.Met},
		"another region":             {interpreters.Terms{Against: interpreters.Region, Region: "RO"}, judit, interpreters.Free},
		"a region not noted":         {interpreters.Terms{Against: interpreters.Region, Region: "HU"}, blank, interpreters.Unknown},
		"a community by one word":    {interpreters.Terms{Against: interpreters.Community, Community: "lovari"}, judit, interpreters.Met},
		"a community said at length": {interpreters.Terms{Against: interpreters.Community, Community: "Les Lovari de Miskolc et environs"}, judit, interpreters.Met},
		"another community":          {interpreters.Terms{Against: interpreters.Community, Community: "Beás"}, judit, interpreters.Free},
		"a community not noted":      {interpreters.Terms{Against: interpreters.Community, Community: "lovari"}, blank, interpreters.Unknown},
		"the same gender":            {interpreters.Terms{Against: interpreters.ByGender, Gender: "female"}, judit, interpreters.Met},
		"a gender not noted":         {interpreters.Terms{Against: interpreters.ByGender, Gender: "female"}, blank, interpreters.Unknown},
		"the person herself":         {interpreters.Terms{Against: interpreters.Named, InterpreterID: judit.InterpreterID}, judit, interpreters.Met},
		"somebody else by that name": {interpreters.Terms{Against: interpreters.Named, InterpreterID: ids.New[interpreters.Interpreter]()}, judit, interpreters.Free},
	} {
		if got := c.terms.Of(c.of.InterpreterID, c.of.Particulars.Get()); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	gone := day("2026-11-30")
	directory := []interpreters.Interpreter{
		entry(interpreters.Particulars{Name: "Zoltán", Languages: []string{"hun"}, Gender: "male", Region: "RO"}),
		entry(interpreters.Particulars{Name: "Beáta", Languages: []string{"rom"}, Gender: "female", Region: "SK"}),
		entry(interpreters.Particulars{Name: "Judit", Languages: []string{"rom", "hun"}, Gender: "female", Region: "HU"}),
		entry(interpreters.Particulars{Name: "Ágnes", Languages: []string{"hun"}, Gender: "female"}),
		entry(interpreters.Particulars{Name: "Piroska", Languages: []string{"hun"}, Gender: "female", Region: "RO", ActiveUntil: &gone}),
		entry(interpreters.Particulars{Name: "Kebede", Languages: []string{"amh"}, Gender: "male", Region: "ET"}),
	}
	named := func(found []interpreters.Candidate) (names []string) {
		for _, candidate := range found {
			names = append(names, candidate.Particulars.Get().Name)
		}
		return names
	}
	noCompatriots := exclusion(interpreters.Terms{Against: interpreters.Region, Region: "HU", Strength: interpreters.Never})
	rather := exclusion(interpreters.Terms{Against: interpreters.ByGender, Gender: "male", Strength: interpreters.RatherNot})
	lifted := exclusion(interpreters.Terms{Against: interpreters.Region, Region: "SK", Strength: interpreters.Never})
	lifted.Lift(day("2026-11-01"))

	found, excluded := interpreters.Candidates(directory, []interpreters.Exclusion{noCompatriots, rather, lifted}, []string{"hun", "rom"}, day("2026-12-01"))
	if got, want := named(found), []string{"Ágnes", "Zoltán", "Beáta"}; !slices.Equal(got, want) || excluded != 1 {
		t.Errorf("%v and %d left out, want %v and Judit", got, excluded, want)
	}
	if !slices.Equal(found[0].Unchecked, []interpreters.Against{interpreters.Region}) || !slices.Equal(found[1].Avoided, []interpreters.Against{interpreters.ByGender}) {
		t.Errorf("what speaks against them is lost: %v, %v", found[0].Unchecked, found[1].Avoided)
	}
	if found, _ := interpreters.Candidates(directory, nil, nil, day("2026-11-30")); len(found) != len(directory) {
		t.Errorf("where nobody knows the languages, only %v", named(found))
	}
	for i, want := range []bool{true, true, false, true} {
		if got := directory[i].MayCome([]interpreters.Exclusion{noCompatriots, rather, lifted}) == nil; got != want {
			t.Errorf("%s may come: %t", directory[i].Particulars.Get().Name, got)
		}
	}
	if problems, _ := fault.Correctable(directory[2].MayCome([]interpreters.Exclusion{noCompatriots})); len(problems) != 1 || problems[0].Key != "interpreters.excluded.region" {
		t.Errorf("the reason is %v", problems)
	}
}
