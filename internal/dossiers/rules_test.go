package dossiers

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

var today = day(2026, time.November, 24)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func ptr[T any](v T) *T { return &v }

func lea() tenantdb.PersonID {
	return ids.MustParse[tenantdb.Person]("9e050000-0000-4000-8000-000000000001")
}

// bare is the least that a dossier can be opened with.
func bare() Particulars {
	return Particulars{CodeName: "Lomidak", Phase: FirstContact, ResponsibleID: lea()}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if problems := bare().Check(today); len(problems) > 0 {
		t.Errorf("a code name alone is not enough: %v", problems)
	}
	for name, test := range map[string]struct {
		change func(*Particulars)
		field  string
	}{
		"no code name":                 {func(p *Particulars) { p.CodeName = "" }, "code_name"},
		"the family name as code name": {func(p *Particulars) { p.CodeName, p.Beneficiary.FamilyName = "Okafor", "Okafor" }, "code_name"},
		"a name within the code name":  {func(p *Particulars) { p.CodeName, p.Beneficiary.GivenNames = "Aminax", "Grace Amina" }, "code_name"},
		"a name without its accents":   {func(p *Particulars) { p.CodeName, p.Beneficiary.GivenNames = "Amelie", "Amélie" }, "code_name"},
		"the beginning of the name":    {func(p *Particulars) { p.CodeName, p.Beneficiary.GivenNames = "Ami", "Amina" }, "code_name"},
		"a phase that closing sets":    {func(p *Particulars) { p.Phase = Closed }, "phase"},
		"nobody responsible":           {func(p *Particulars) { p.ResponsibleID = tenantdb.PersonID{} }, "responsible"},
		"born tomorrow":                {func(p *Particulars) { p.Beneficiary.BirthDate = ptr(today.AddDate(0, 0, 1)) }, "birth_date"},
		"born in 1901":                 {func(p *Particulars) { p.Beneficiary.BirthDate = ptr(day(1901, 1, 1)) }, "birth_date"},
		"birth date and estimate": {func(p *Particulars) {
			p.Beneficiary.BirthDate, p.Beneficiary.EstimatedAge = ptr(day(2000, 1, 1)), ptr(26)
		}, "estimated_age"},
		"a phone number in words":     {func(p *Particulars) { p.Beneficiary.Phone = "ask Grace" }, "phone"},
		"an e-mail without a domain":  {func(p *Particulars) { p.Beneficiary.Email = "amina@" }, "email"},
		"hours that end before":       {func(p *Particulars) { p.Beneficiary.ContactFrom, p.Beneficiary.ContactUntil = "17:00", "09:00" }, "contact_until"},
		"a place known and not known": {func(p *Particulars) { p.Beneficiary.ExploitationPlaces = []ExploitationPlace{"abroad", "unknown"} }, "exploitation_places"},
		"a canton and not known": {func(p *Particulars) {
			p.Beneficiary.ExploitationCantons, p.Beneficiary.ExploitationPlaces = []string{"VD"}, []ExploitationPlace{"unknown"}
		}, "exploitation_places"},
	} {
		p := bare()
		test.change(&p)
		if problems := p.Check(today); len(problems) != 1 || problems[0].Field != test.field {
			t.Errorf("%s: %v, want a problem of %s", name, problems, test.field)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		b         Beneficiary
		age       int
		exact, ok bool
	}{
		"unknown":                     {Beneficiary{}, 0, false, false},
		"the day before the birthday": {Beneficiary{BirthDate: ptr(day(2000, time.November, 25))}, 25, true, true},
		"the birthday":                {Beneficiary{BirthDate: ptr(day(2000, time.November, 24))}, 26, true, true},
		"an estimate grows older too": {Beneficiary{EstimatedAge: ptr(17), AgeEstimatedOn: ptr(day(2025, time.May, 1))}, 18, false, true},
	} {
		if age, exact, ok := test.b.AgeOn(today); age != test.age || exact != test.exact || ok != test.ok {
			t.Errorf("%s: %d, %v, %v", name, age, exact, ok)
		}
	}
	before := Beneficiary{EstimatedAge: ptr(17), AgeEstimatedOn: ptr(day(2025, time.May, 1))}
	if kept := (Beneficiary{EstimatedAge: ptr(17)}).estimatedOn(today, before); !kept.AgeEstimatedOn.Equal(*before.AgeEstimatedOn) {
		t.Errorf("an estimate that did not change became one of %v", kept.AgeEstimatedOn)
	}
	if anew := (Beneficiary{EstimatedAge: ptr(20)}).estimatedOn(today, before); !anew.AgeEstimatedOn.Equal(today) {
		t.Errorf("a new estimate is of %v", anew.AgeEstimatedOn)
	}
	if none := (Beneficiary{}).estimatedOn(today, before); none.AgeEstimatedOn != nil {
		t.Errorf("no estimate is of %v", none.AgeEstimatedOn)
	}
}

func TestMayBecomeResponsible(t *testing.T) {
	t.Parallel()
	ruth, gone := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	staff := []members.Member{
		{MemberID: lea(), Role: access.Caseworker},
		{MemberID: ruth, Role: access.Auditor},
		{MemberID: gone, Role: access.Caseworker, EndedAt: &today},
	}
	if err := mayBecomeResponsible(staff, lea(), ruth); err != nil {
		t.Errorf("Léa: %v", err)
	}
	for who, id := range map[string]tenantdb.PersonID{"an auditor": ruth, "somebody who left": gone, "a stranger": ids.New[tenantdb.Person]()} {
		if _, ok := fault.Correctable(mayBecomeResponsible(staff, id, lea())); !ok {
			t.Errorf("%s became responsible", who)
		}
	}
	if err := mayBecomeResponsible(staff, gone, gone); err != nil {
		t.Errorf("a dossier whose responsible person left cannot be edited: %v", err)
	}
}

func TestParseCodeName(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]CodeName{"lomidak": "Lomidak", " AMARANTE ": "Amarante", "Abc": "Abc"} {
		if got, err := ParseCodeName(typed); err != nil || got != want {
			t.Errorf("ParseCodeName(%q) = %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "ab", "Zoé", "two words", "a1b2", "<script>", "A.K.", strings.Repeat("a", 25), "abc\n", "'; --"} {
		if got, err := ParseCodeName(typed); err == nil && strings.TrimSpace(typed) != strings.ToLower(string(got)) {
			t.Errorf("ParseCodeName(%q) = %q", typed, got)
		}
	}
	for _, typed := range []string{"", "ab", "Zoé", "two words", "a1b2", "<script>", "A.K.", strings.Repeat("a", 25)} {
		if got, err := ParseCodeName(typed); err == nil {
			t.Errorf("ParseCodeName(%q) = %q", typed, got)
		}
	}
}

// TestPropose looks at many names: each can be said, is valid, begins like no first name and says nothing unwelcome.
func TestPropose(t *testing.T) {
	t.Parallel()
	seen := map[CodeName]bool{}
	const tries = 20_000
	for range tries {
		name := Propose()
		seen[name] = true
		word := name.Key()
		if parsed, err := ParseCodeName(string(name)); err != nil || parsed != name {
			t.Fatalf("%q is no code name: %v", name, err)
		}
		for i, letter := range word {
			want := consonants
			switch {
			case i == len(word)-1:
				want = ends
			case i%2 == 1:
				want = vowels
			}
			if !strings.ContainsRune(want, letter) {
				t.Fatalf("%q cannot be said", name)
			}
		}
		for _, part := range []string{"sex", "rom", "kul", "mor", "tit", "put"} {
			if strings.Contains(word, part) {
				t.Fatalf("%q was proposed", name)
			}
		}
		for _, first := range []string{"marina", "fatima", "karima", "sara", "nikola"} {
			if strings.HasPrefix(word, first) {
				t.Fatalf("%q was proposed", name)
			}
		}
	}
	if len(seen) < tries*9/10 {
		t.Errorf("of %d names only %d are different", tries, len(seen))
	}
}

func TestNeutral(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"marinak", "saradot", "kulofat", "sekutan", "tamilak", "romanat"} {
		if neutral(word) {
			t.Errorf("%q passed", word)
		}
	}
	// A list that lets nothing pass would be no list.
	if !neutral("beludok") {
		t.Error("nothing passes")
	}
}

func TestParsePrefix(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"": "", "Lom": "lom", " É t ": "et", "%_'": "", "\x00a": "a"} {
		if got := ParsePrefix(typed); got != want {
			t.Errorf("ParsePrefix(%q) = %q, want %q", typed, got, want)
		}
	}
}

// A cursor survives the address of a page, and no address breaks the list.
func TestCursor(t *testing.T) {
	t.Parallel()
	row := Row{DossierID: ids.New[Dossier](), CodeName: "Lomidak", UpdatedAt: time.UnixMicro(1_790_000_000_123_456).UTC()}
	for _, sort := range Sorts {
		if got := ParseCursor(sort, row.cursor(sort).String()); got != row.cursor(sort) {
			t.Errorf("%s: %+v became %+v", sort, row.cursor(sort), got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for _, sort := range Sorts {
			if c := ParseCursor(sort, text); c != ParseCursor(sort, c.String()) {
				t.Fatalf("%q is %+v", text, c)
			}
		}
	})
}
