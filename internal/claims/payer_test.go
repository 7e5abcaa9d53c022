package claims

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/deadlines"
)

func payer(from, until string) Payer {
	p := Payer{Payer: "other", FromOn: *day(from)}
	if until != "" {
		p.UntilOn = day(until)
	}
	return p
}

func TestCheckPayer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payer Payer
		want  string
	}{
		"for a day":     {payer("2026-01-01", "2026-01-01"), ""},
		"without end":   {payer("2026-01-01", ""), ""},
		"backwards":     {payer("2026-01-02", "2026-01-01"), "until_on claims.until_on.before_from"},
		"nobody, never": {Payer{}, "from_on claims.from_on.missing, payer claims.payer.missing"},
	} {
		if got := keysOf(test.payer.Check()); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestGap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		payers []Payer
		want   string
	}{
		"nobody was written down":   {nil, ""},
		"somebody without end":      {[]Payer{payer("2026-01-01", "")}, ""},
		"until the end of the year": {[]Payer{payer("2026-01-01", "2026-12-31")}, "2027-01-01"},
		"one after the other":       {[]Payer{payer("2026-01-01", "2026-11-30"), payer("2026-12-01", "2026-12-15")}, "2026-12-16"},
		"over each other":           {[]Payer{payer("2026-12-01", ""), payer("2026-01-01", "2026-12-10")}, ""},
		"with a day between":        {[]Payer{payer("2026-01-01", "2026-11-30"), payer("2026-12-02", "")}, "2026-12-01"},
		"nobody today":              {[]Payer{payer("2026-01-01", "2026-11-01")}, "2026-11-24"},
		"only later":                {[]Payer{payer("2026-12-01", "")}, "2026-11-24"},
		"until today":               {[]Payer{payer("2026-01-01", "2026-11-24")}, "2026-11-25"},
		"for one day more":          {[]Payer{payer("2026-01-01", "2026-11-24"), payer("2026-11-25", "2026-11-25")}, "2026-11-26"},
	} {
		got := ""
		if gap, ok := Gap(test.payers, *day("2026-11-24")); ok {
			got = gap.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	// A hundred days in all: from 1 January to 10 April.
	got := Bars([]Payer{payer("2026-01-01", "2026-02-19"), payer("2026-02-20", ""), payer("2026-01-11", "2026-01-11")}, *day("2026-04-10"))
	if want := []Bar{{0, 500}, {500, 500}, {100, 10}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if len(Bars(nil, *day("2026-04-10"))) != 0 {
		t.Error("nobody has a bar")
	}
	for _, bar := range Bars([]Payer{payer("2020-01-01", "2020-01-01"), payer("2030-01-01", "")}, *day("2026-04-10")) {
		if bar.Lasts < 1 || bar.Begins < 0 || bar.Begins+bar.Lasts > 1000 {
			t.Errorf("%+v leaves the line", bar)
		}
	}
}

// Whoever usually pays has a code that the pages know.
func TestTheUsualPayersHaveCodes(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, canton := range book.Cantons() {
		rules, err := book.For(canton)
		if err != nil {
			t.Fatal(err)
		}
		for _, payer := range rules.Payers() {
			if !slices.Contains(Codes, Code(payer.ID)) {
				t.Errorf("%s: %s is no code", canton, payer.ID)
			}
		}
	}
}
