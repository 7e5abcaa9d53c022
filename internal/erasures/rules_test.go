package erasures

import (
	"errors"
	"slices"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

var today = time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)

func TestHolds(t *testing.T) {
	for key, facts := range map[string]Facts{
		"retention.hold.proceedings": {Proceedings: 1}, "retention.hold.claim": {Claims: 2}, "retention.hold.child": {ChildUntil: &today},
		"retention.hold.deadline": {OpenUntil: &today}, "retention.hold.housing": {Housed: true}, "retention.hold.task": {Tasks: 1},
	} {
		if holds := facts.Holds(); len(holds) != 1 || holds[0].Key != key || !facts.Held() {
			t.Errorf("%+v: %v", facts, holds)
		}
	}
	if (Facts{}).Held() {
		t.Error("nothing holds it up, and yet something does")
	}
}

func TestMayGo(t *testing.T) {
	for name, c := range map[string]struct {
		line  Line
		as    retention.Outcome
		field string
	}{
		"its day has come":  {Line{Since: today, Outcome: retention.Anonymise}, retention.Anonymise, ""},
		"somebody decides":  {Line{Since: today, Outcome: retention.Review}, retention.Delete, ""},
		"not yet":           {Line{Since: today.AddDate(0, 0, 1), Outcome: retention.Delete}, retention.Delete, "dossiers"},
		"it is kept":        {Line{Since: today, Outcome: retention.Keep}, retention.Delete, "dossiers"},
		"something holds":   {Line{Since: today, Outcome: retention.Delete, Facts: Facts{Claims: 1}}, retention.Delete, "dossiers"},
		"the rule says not": {Line{Since: today, Outcome: retention.Anonymise}, retention.Delete, "as"},
		"no removal":        {Line{Since: today, Outcome: retention.Review}, retention.Keep, "as"},
	} {
		t.Run(name, func(t *testing.T) {
			problems, _ := fault.Correctable(c.line.mayGo(c.as, today))
			if c.field == "" != (len(problems) == 0) || len(problems) > 0 && problems[0].Field != c.field {
				t.Errorf("%v, want %q", problems, c.field)
			}
		})
	}
}

func TestPostponement(t *testing.T) {
	day := func(n int) *time.Time { on := today.AddDate(0, 0, n); return &on }
	longest := today.AddDate(0, LongestPostponement, 0)
	late := longest.AddDate(0, 0, 1)
	for name, c := range map[string]struct {
		p     Postponement
		wants []string
	}{
		"for a day":      {Postponement{day(1), "audit"}, nil},
		"for two years":  {Postponement{&longest, "archive"}, nil},
		"for longer":     {Postponement{&late, "archive"}, []string{"until"}},
		"until today":    {Postponement{day(0), "audit"}, []string{"until"}},
		"for no reason":  {Postponement{day(1), ""}, []string{"ground"}},
		"for an unknown": {Postponement{nil, "because"}, []string{"until", "ground"}},
	} {
		t.Run(name, func(t *testing.T) {
			problems, _ := fault.Correctable(c.p.Check(today))
			var fields []string
			for _, problem := range problems {
				fields = append(fields, problem.Field)
			}
			if !slices.Equal(fields, c.wants) {
				t.Errorf("%v, want %v", fields, c.wants)
			}
		})
	}
}

func TestMayPostpone(t *testing.T) {
	lea, karim := ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	line := Line{ResponsibleID: lea}
	for name, c := range map[string]struct {
		by   access.Principal
		want bool
	}{
		"whoever is responsible": {access.Principal{Role: access.Caseworker, Person: lea}, true},
		"a colleague":            {access.Principal{Role: access.Caseworker, Person: karim}, false},
		"whoever coordinates":    {access.Principal{Role: access.Coordinator, Person: karim}, true},
		"an auditor":             {access.Principal{Role: access.Auditor, Person: lea}, false},
	} {
		if line.MayPostpone(c.by) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, identified := range []bool{true, false} {
		p := Line{Identified: identified, Since: today, DossierID: ids.New[dossiers.Dossier]()}.place()
		if got, err := parsePlace(p.String()); err != nil || *got != p {
			t.Errorf("%s: %+v, %v", p, got, err)
		}
	}
	if p, err := parsePlace(""); p != nil || err != nil {
		t.Error(p, err)
	}
	for _, nonsense := range []string{"x", "0_2026-11-28", "2_2026-11-28_" + ids.New[dossiers.Dossier]().String(), "0_yesterday_" + ids.New[dossiers.Dossier]().String(), "1_2026-11-28_x"} {
		if _, err := parsePlace(nonsense); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%q: %v", nonsense, err)
		}
	}
}
