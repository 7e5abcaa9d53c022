package consents_test

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

func day(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

func noon(text string) time.Time { return day(text).Add(11 * time.Hour) }

func TestStanding(t *testing.T) {
	t.Parallel()
	consent := consents.Consent{ValidFrom: day("2026-03-01"), ValidUntil: day("2026-03-31")}
	for at, want := range map[time.Time]consents.Standing{
		time.Date(2026, 2, 28, 23, 59, 59, 0, i18n.Zone): consents.NotYet,
		time.Date(2026, 3, 1, 0, 0, 0, 0, i18n.Zone):     consents.Valid,
		// The last day is one with summer time: it ends an hour earlier in UTC than the first one began.
		time.Date(2026, 3, 31, 23, 59, 59, 0, i18n.Zone): consents.Valid,
		time.Date(2026, 4, 1, 0, 0, 0, 0, i18n.Zone):     consents.Ended,
	} {
		if got := consent.Standing(at); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	if want := time.Date(2026, 4, 1, 0, 0, 0, 0, i18n.Zone); !consent.EndsAt().Equal(want) {
		t.Errorf("ends at %s, want %s", consent.EndsAt(), want)
	}
	if err := consent.Withdraw(noon("2026-03-10")); err != nil {
		t.Fatal(err)
	}
	if got := consent.Standing(noon("2026-03-11")); got != consents.Withdrawn {
		t.Errorf("after withdrawal: %s", got)
	}
	if _, ok := fault.Correctable(consent.Withdraw(noon("2026-03-11"))); !ok {
		t.Error("withdrawn twice")
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	csr, orp := ids.New[tenantdb.Office](), ids.New[tenantdb.Office]()
	consent := consents.Consent{OfficeID: csr, Purpose: access.IncomeSupport, DataClasses: []access.DataClass{access.Identity, access.Income}}
	for name, c := range map[string]struct {
		office  offices.ID
		service access.OfficeKind
		classes []access.DataClass
		want    bool
	}{
		"what was agreed to":   {csr, access.IncomeSupport, []access.DataClass{access.Income, access.Identity}, true},
		"less than that":       {csr, access.IncomeSupport, nil, true},
		"more than that":       {csr, access.IncomeSupport, []access.DataClass{access.Identity, access.Housing}, false},
		"another office":       {orp, access.IncomeSupport, []access.DataClass{access.Identity}, false},
		"for something else":   {csr, access.Social, []access.DataClass{access.Identity}, false},
		"the empty purpose":    {csr, "", []access.DataClass{access.Identity}, false},
		"no office whatsoever": {offices.ID{}, access.IncomeSupport, nil, false},
	} {
		if got := consent.Covers(c.office, c.service, c.classes); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	now := noon("2026-11-23")
	orp := offices.Office{OfficeID: ids.New[tenantdb.Office](), Kind: access.JobPlacement}
	good := consents.UsualTerms(orp, now)
	if _, ok := fault.Correctable(good.Check(orp, now)); !ok {
		t.Error("the usual terms suffice without a class of data being chosen")
	}
	good.DataClasses, good.GivenHow = []access.DataClass{access.Identity}, "orally"
	if err := good.Check(orp, now); err != nil {
		t.Fatalf("the usual terms: %v", err)
	}
	if got := good.ValidUntil.Format(time.DateOnly); got != "2027-05-23" {
		t.Errorf("usually until %s", got)
	}
	at := func(text string) *time.Time { d := day(text); return &d }
	for name, c := range map[string]struct {
		change func(*consents.Terms, *offices.Office)
		field  string
	}{
		"health to a placement office": {func(t *consents.Terms, _ *offices.Office) { t.DataClasses = []access.DataClass{access.Health} }, "data_classes"},
		"a class that nobody knows":    {func(t *consents.Terms, _ *offices.Office) { t.DataClasses = []access.DataClass{"everything"} }, "data_classes"},
		"a closed office":              {func(_ *consents.Terms, o *offices.Office) { o.ClosedAt = &now }, "office"},
		"no purpose":                   {func(t *consents.Terms, _ *offices.Office) { t.Purpose = "" }, "purpose"},
		"no first day":                 {func(t *consents.Terms, _ *offices.Office) { t.ValidFrom = nil }, "valid_from"},
		"long ago":                     {func(t *consents.Terms, _ *offices.Office) { t.ValidFrom = at("2025-11-01") }, "valid_from"},
		"no last day":                  {func(t *consents.Terms, _ *offices.Office) { t.ValidUntil = nil }, "valid_until"},
		"over already": {func(t *consents.Terms, _ *offices.Office) {
			t.ValidFrom, t.ValidUntil = at("2026-11-01"), at("2026-11-22")
		}, "valid_until"},
		"ends before it begins": {func(t *consents.Terms, _ *offices.Office) {
			t.ValidFrom, t.ValidUntil = at("2026-12-02"), at("2026-12-01")
		}, "valid_until"},
		"more than two years": {func(t *consents.Terms, _ *offices.Office) { t.ValidUntil = at("2028-11-24") }, "valid_until"},
		"nobody knows how":    {func(t *consents.Terms, _ *offices.Office) { t.GivenHow = "" }, "given_how"},
	} {
		terms, office := good, orp
		c.change(&terms, &office)
		problems, _ := fault.Correctable(terms.Check(office, now))
		if len(problems) != 1 || problems[0].Field != c.field {
			t.Errorf("%s: %v, want a problem of %s", name, problems, c.field)
		}
	}
	longest := good
	longest.ValidUntil = at("2028-11-23")
	if err := longest.Check(orp, now); err != nil {
		t.Errorf("two years to the day: %v", err)
	}
}
