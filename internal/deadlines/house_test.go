package deadlines

import (
	"slices"
	"testing"
	"time"
)

func houseDay(text string) time.Time {
	on, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return on
}

func months(n int, half bool) *Length { return &Length{n, half, Months} }

func TestHouse(t *testing.T) {
	t.Parallel()
	book, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	due := func(t *testing.T, entered string, decisions ...HouseRule) Deadline {
		t.Helper()
		rules, unfit, err := book.OfHouse("BE", decisions)
		if err != nil || len(unfit) > 0 {
			t.Fatal(unfit, err)
		}
		d, ok := rules.Deadlines([]Fact{{Trigger: ShelterEntered, On: houseDay(entered), Of: "a"}}).Find(ShelterStay, "a")
		if !ok {
			t.Fatal("there is no date")
		}
		return d
	}
	five := HouseRule{Rule: ShelterStay, Length: months(5, false), Warn: []int{30}, ValidFrom: houseDay("2026-12-01")}
	four := HouseRule{Rule: ShelterStay, Length: months(4, true), Warn: []int{20, 10}, ValidFrom: houseDay("2027-03-01")}
	sooner := HouseRule{Rule: ShelterStay, Length: &Length{90, false, Days}, Warn: nil, ValidFrom: houseDay("2026-12-15")}
	for name, c := range map[string]struct {
		entered   string
		decisions []HouseRule
		want      string
		confirmed bool
	}{
		"what the program offers":                                 {"2026-11-30", nil, "2027-05-30", false},
		"who entered before keeps what applied":                   {"2026-11-30", []HouseRule{five}, "2027-05-30", false},
		"from its first day on":                                   {"2026-12-01", []HouseRule{five}, "2027-05-01", true},
		"until the day before the next":                           {"2027-02-28", []HouseRule{five, four}, "2027-07-28", true},
		"and then the next":                                       {"2027-03-01", []HouseRule{five, four}, "2027-07-16", true},
		"a later decision replaces what is planned after its day": {"2027-03-01", []HouseRule{five, four, sooner}, "2027-05-30", true},
		"and leaves what was before":                              {"2026-12-14", []HouseRule{five, four, sooner}, "2027-05-14", true},
	} {
		d := due(t, c.entered, c.decisions...)
		if d.On.Format(time.DateOnly) != c.want || d.Rule.Confirmed != c.confirmed {
			t.Errorf("%s: %s, confirmed %v; want %s, %v", name, d.On.Format(time.DateOnly), d.Rule.Confirmed, c.want, c.confirmed)
		}
	}
	if warn := due(t, "2026-12-01", five).Rule.Warn; !slices.Equal(warn, []int{30}) {
		t.Errorf("warned %v days ahead", warn)
	}
}

// Of a law a house decides nothing but when it is warned; what was confirmed stays so.
func TestHouseIsWarnedOfALaw(t *testing.T) {
	t.Parallel()
	book, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, unfit, err := book.OfHouse("VD", []HouseRule{{Rule: "reflection_end", Warn: []int{10, 2}, ValidFrom: houseDay("2026-01-01")}})
	if err != nil || len(unfit) > 0 {
		t.Fatal(unfit, err)
	}
	row, ok := rules.On("reflection_end", houseDay("2026-06-01"))
	if !ok || !slices.Equal(row.Warn, []int{10, 2}) || !row.Confirmed || row.Basis.String() != "OASA 35(1)" || row.OfHouse() {
		t.Errorf("%+v", row)
	}
	if before, ok := rules.On("reflection_end", houseDay("2025-06-01")); !ok || !slices.Equal(before.Warn, []int{14, 7, 3, 1}) {
		t.Errorf("%+v", before)
	}
}

// A new version of the program may ship a rule that a decision does not fit any more: it is named and left out, and the others apply.
func TestHouseThatDoesNotFit(t *testing.T) {
	t.Parallel()
	book, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, unfit, err := book.OfHouse("VD", []HouseRule{
		{Rule: ShelterStay, Length: months(5, false), Warn: []int{200}, ValidFrom: houseDay("2026-01-01")},
		{Rule: "gone_with_a_version", Warn: []int{3}, ValidFrom: houseDay("2026-01-01")},
		{Rule: RiskReview, Length: months(2, false), Warn: []int{7}, ValidFrom: houseDay("2026-01-01")},
	})
	if err != nil || !slices.Equal(unfit, []RuleID{ShelterStay, "gone_with_a_version"}) {
		t.Fatal(unfit, err)
	}
	if row, _ := rules.On(ShelterStay, houseDay("2026-06-01")); row.Amount != 6 {
		t.Errorf("%+v", row)
	}
	if row, _ := rules.On(RiskReview, houseDay("2026-06-01")); row.Amount != 2 {
		t.Errorf("%+v", row)
	}
}
