package deadlines_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"passerelle/internal/deadlines"
	"passerelle/tenants"
)

// The chain of the recommendations of the SVK-OHG (35 days of immediate help), and Solothurn's, where victim assistance pays
// a specialised place up to 180 days.
func TestWhoUsuallyPays(t *testing.T) {
	t.Parallel()
	book := shipped(t)
	for canton, want := range map[string]struct{ chain, until string }{
		"VD": {"immediate_help longer_term_help social_assistance", "2026-04-04"},
		"SO": {"longer_term_help social_assistance", "2026-08-27"},
	} {
		rules, err := book.For(canton)
		if err != nil {
			t.Fatal(err)
		}
		var chain []string
		for _, payer := range rules.Payers() {
			chain = append(chain, payer.ID)
			if payer.Confirmed {
				t.Errorf("%s: %s is confirmed, and nobody has", canton, payer.ID)
			}
		}
		if got := strings.Join(chain, " "); got != want.chain {
			t.Errorf("%s: %s", canton, got)
		}
		// The first day is paid as well: 1 March and 34 more, or 179 more.
		if last, ok := rules.Payers()[0].Until(day("2026-03-01")); !ok || !last.Equal(day(want.until)) {
			t.Errorf("%s: until %v", canton, last)
		}
		if _, ok := rules.Payers()[len(rules.Payers())-1].Until(day("2026-03-01")); ok {
			t.Errorf("%s: social assistance ends", canton)
		}
	}
	if last, ok := (deadlines.Payer{Amount: 2, Unit: deadlines.Months}).Until(day("2025-12-31")); !ok || !last.Equal(day("2026-02-27")) {
		t.Errorf("two months from 31 December end on %v", last)
	}
}

func TestAWrongChainSaysWhere(t *testing.T) {
	t.Parallel()
	federal, err := tenants.Files.ReadFile("federal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"payers: [{payer: church, amount: 3, unit: months, basis: HOUSE, confirmed: true}]": "",
		"payers: [{payer: Église, basis: HOUSE, confirmed: true}]":                          "ch-vd.yaml: payer 1: there is no code",
		"payers: [{payer: church, amount: 3, unit: years, basis: HOUSE, confirmed: true}]":  "in days or in months",
		"payers: [{payer: church, amount: -3, unit: days, basis: HOUSE, confirmed: true}]":  "in days or in months",
		"payers: [{payer: church, unit: days, basis: HOUSE, confirmed: true}]":              "a unit and no amount",
		"payers: [{payer: church, confirmed: true}]":                                        "there is no basis",
		"payers: [{payer: church, amount: 3, unit: months, basis: HOUSE}]":                  "say whether it is confirmed",
		"payers: [{payer: church, days: 3, basis: HOUSE, confirmed: true}]":                 "field days not found",
	} {
		_, err := deadlines.Read(fstest.MapFS{"federal.yaml": {Data: federal}, "ch-vd.yaml": {Data: []byte(text)}})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
