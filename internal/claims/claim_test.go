package claims

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
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
	slices.Sort(found)
	return strings.Join(found, ", ")
}

func TestTerritory(t *testing.T) {
	t.Parallel()
	for want, b := range map[Territory][]dossiers.Beneficiary{
		Inside:  {{ExploitationCantons: []string{"VD"}}, {ExploitationCantons: []string{"VD"}, ExploitationPlaces: []dossiers.ExploitationPlace{"unknown"}}},
		Abroad:  {{ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"}}},
		Both:    {{ExploitationCantons: []string{"GE", "VD"}, ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"}}},
		Unknown: {{}, {ExploitationPlaces: []dossiers.ExploitationPlace{"unknown"}}, {ExploitationPlaces: []dossiers.ExploitationPlace{"abroad", "unknown"}}},
	} {
		for _, beneficiary := range b {
			if got := TerritoryOf(beneficiary); got != want {
				t.Errorf("%+v: %s, want %s", beneficiary, got, want)
			}
		}
	}
}

// LAVI 3(1): what was committed in Switzerland opens all. LAVI 3(2): what was committed abroad opens neither compensation nor
// moral reparation. LAVI 17: help for what was committed abroad is for who lived in Switzerland then.
func TestOpens(t *testing.T) {
	t.Parallel()
	help := []Kind{ImmediateHelp, LongerTermHelp, ThirdPartyCosts}
	sums := []Kind{Compensation, MoralReparation}
	for _, test := range []struct {
		kinds []Kind
		where Territory
		lived dossiers.Answer
		want  Access
	}{
		{Kinds, Inside, "", Open},
		{Kinds, Inside, dossiers.No, Open},
		{help, Both, dossiers.No, Open},
		{sums, Both, dossiers.Yes, Partly},
		{Kinds, Unknown, dossiers.No, Clarify},
		{help, Abroad, dossiers.Yes, Resident},
		{help, Abroad, dossiers.No, Excluded},
		{help, Abroad, "", Clarify},
		{sums, Abroad, dossiers.Yes, Excluded},
		{sums, Abroad, "", Excluded},
	} {
		for _, kind := range test.kinds {
			if got := Opens(kind, test.where, test.lived); got != test.want {
				t.Errorf("%s %s, lived here %q: %s, want %s", kind, test.where, test.lived, got, test.want)
			}
		}
	}
}

func TestCheckClaim(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		claim Claim
		where Territory
		want  string
	}{
		"asked":                       {Claim{Kind: Compensation, AskedOn: day("2026-11-24")}, Inside, ""},
		"asked for an offence abroad": {Claim{Kind: Compensation, AskedOn: day("2026-11-24")}, Abroad, "kind claims.kind.excluded"},
		"refused, as it had to be":    {Claim{Kind: Compensation, AskedOn: day("2026-11-01"), DecidedOn: day("2026-11-24"), Decision: Refused}, Abroad, ""},
		"help of which it depends":    {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-24")}, Abroad, ""},
		"nothing":                     {Claim{}, Inside, "asked_on claims.asked_on.missing, kind claims.kind.missing"},
		"asked tomorrow":              {Claim{Kind: Compensation, AskedOn: day("2026-11-25")}, Inside, "asked_on claims.day.future"},
		"renounced, never asked":      {Claim{Kind: Compensation, DecidedOn: day("2026-11-24"), Decision: Renounced}, Inside, ""},
		"granted, when?":              {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-01"), Decision: Granted}, Inside, "decided_on claims.decided_on.missing"},
		"decided, what?":              {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-01"), DecidedOn: day("2026-11-02")}, Inside, "decision claims.decision.missing"},
		"decided before it was asked": {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-03"), DecidedOn: day("2026-11-02"), Decision: Granted}, Inside, "decided_on claims.decided_on.before_asked"},
		"decided tomorrow":            {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-03"), DecidedOn: day("2026-11-25"), Decision: Granted}, Inside, "decided_on claims.day.future"},
		"granted for a time":          {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-03"), DecidedOn: day("2026-11-04"), Decision: Partial, GrantedUntil: day("2026-12-24")}, Inside, ""},
		"refused for a time":          {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-03"), DecidedOn: day("2026-11-04"), Decision: Refused, GrantedUntil: day("2026-12-24")}, Inside, "granted_until claims.granted_until.not_granted"},
		"ended before it was asked":   {Claim{Kind: ImmediateHelp, AskedOn: day("2026-11-03"), DecidedOn: day("2026-11-04"), Decision: Granted, GrantedUntil: day("2026-11-02")}, Inside, "granted_until claims.granted_until.before_asked"},
	} {
		if got := keysOf(test.claim.Check(test.where, "", *day("2026-11-24"))); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if c := (Claim{Kind: MoralReparation, GrantedUntil: day("2026-12-24")}).fitting(); c.GrantedUntil != nil {
		t.Error("a sum has a last day")
	}
}

func TestCheckOffence(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offence Offence
		where   Territory
		want    string
	}{
		"nothing known":        {Offence{}, Inside, ""},
		"in order":             {Offence{From: day("2024-01-01"), Until: day("2025-06-30"), KnownOn: day("2025-07-01")}, Both, ""},
		"ends before it began": {Offence{From: day("2024-01-02"), Until: day("2024-01-01")}, Inside, "until claims.until.before_from"},
		"known before":         {Offence{From: day("2024-01-02"), KnownOn: day("2024-01-01")}, Inside, "known_on claims.known_on.before_from"},
		"to come":              {Offence{From: day("2026-11-25"), Until: day("2026-11-26"), KnownOn: day("2026-11-27")}, Inside, "from claims.day.future, known_on claims.day.future, until claims.day.future"},
		"abroad alone":         {Offence{From: day("2024-01-01")}, Abroad, "from claims.from.abroad"},
		"abroad, lived here":   {Offence{LivedHere: dossiers.Yes}, Abroad, ""},
	} {
		if got := keysOf(test.offence.Check(test.where, *day("2026-11-24"))); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// LAVI 25(1): compensation and moral reparation are claimed within five years; a claim for one of them keeps nobody from
// losing the other.
func TestFacts(t *testing.T) {
	t.Parallel()
	asked := func(kind Kind, on string) Claim { return Claim{Kind: kind, AskedOn: day(on)} }
	renounced := Claim{Kind: MoralReparation, Decision: Renounced, DecidedOn: day("2026-03-01")}
	lasting := Offence{From: day("2021-02-01"), Until: day("2023-05-01"), KnownOn: day("2023-06-01")}
	for name, test := range map[string]struct {
		offence Offence
		claims  []Claim
		want    string
	}{
		"nothing":                     {Offence{LivedHere: dossiers.Yes}, nil, ""},
		"one that lasted":             {lasting, nil, "offence 2021-02-01, offence 2023-05-01, offence_known 2023-06-01"},
		"of one day":                  {Offence{From: day("2021-02-01"), Until: day("2021-02-01")}, nil, "offence 2021-02-01"},
		"of which the end is known":   {Offence{Until: day("2023-05-01")}, nil, "offence 2023-05-01"},
		"one sum claimed":             {Offence{}, []Claim{asked(Compensation, "2026-01-01"), asked(ImmediateHelp, "2025-01-01")}, ""},
		"both, the later counts":      {Offence{}, []Claim{asked(Compensation, "2026-01-01"), asked(MoralReparation, "2026-02-01"), asked(MoralReparation, "2026-04-01")}, "compensation_claimed 2026-02-01"},
		"one, and without the other":  {Offence{}, []Claim{asked(Compensation, "2026-01-01"), renounced}, "compensation_claimed 2026-03-01"},
		"asked, and then did without": {Offence{}, []Claim{asked(Compensation, "2026-01-01"), {Kind: MoralReparation, AskedOn: day("2026-01-05"), Decision: Renounced, DecidedOn: day("2026-03-01")}}, "compensation_claimed 2026-01-05"},
	} {
		var got []string
		for _, fact := range facts(test.offence, test.claims) {
			got = append(got, fmt.Sprint(fact.Trigger, " ", fact.On.Format(time.DateOnly)))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if got := Unclaimed([]Claim{asked(Compensation, "2026-01-01")}); !slices.Equal(got, []Kind{MoralReparation}) {
		t.Errorf("unclaimed: %v", got)
	}
}

// Five years from the last day of an offence that lasted are later than five from its first; the page tells both.
func TestLater(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	if later, ok := (Offence{From: day("2021-02-01"), Until: day("2023-05-01")}).Later(rules); !ok || !later.On.Equal(*day("2028-05-01")) {
		t.Errorf("%v, %t", later.On, ok)
	}
	for _, offence := range []Offence{{}, {From: day("2021-02-01")}, {From: day("2021-02-01"), Until: day("2021-02-01")}} {
		if _, ok := offence.Later(rules); ok {
			t.Errorf("%+v lasted", offence)
		}
	}
}
