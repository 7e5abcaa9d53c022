package deadlines_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
	"passerelle/tenants"
)

// slow computes the same dates in the plainest way that there is: it walks from day to day, and asks of each day what it
// is. It shares no code with the engine, and takes Easter from another algorithm (Gauss) than the engine's library.
type slow struct{ canton string }

// easter by Gauss, for the years 1900 to 2099.
func easter(year int) time.Time {
	d := (19*(year%19) + 24) % 30
	e := (2*(year%4) + 4*(year%7) + 6*d + 5) % 7
	if d == 29 && e == 6 || d == 28 && e == 6 && year%19 > 10 {
		d -= 7
	}
	return time.Date(year, time.March, 22+d+e, 0, 0, 0, 0, time.UTC)
}

// closed asks of one day whether anybody works on it.
func (s slow) closed(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return true
	}
	date := day.Format("01-02")
	fixed := map[string]string{
		"VD": "01-01 01-02 08-01 12-25", "GE": "01-01 08-01 12-25 12-31", "ZH": "01-01 05-01 08-01 12-25 12-26",
		"TI": "01-01 01-06 03-19 05-01 06-29 08-01 08-15 11-01 12-08 12-25 12-26", "VS": "01-01 03-19 08-01 08-15 11-01 12-08 12-25",
	}
	movable := map[string][]int{"VD": {-2, 1, 39, 50}, "GE": {-2, 1, 39, 50}, "ZH": {-2, 1, 39, 50}, "TI": {1, 39, 50, 60}, "VS": {39, 60}}
	if strings.Contains(fixed[s.canton], date) {
		return true
	}
	since := int(day.Sub(easter(day.Year())).Hours() / 24)
	if slices.Contains(movable[s.canton], since) {
		return true
	}
	// A Monday after the third Sunday of September is its 16th to 22nd; a Thursday after the first, its 5th to 11th.
	september := day.Month() == time.September
	return september && s.canton == "VD" && day.Weekday() == time.Monday && day.Day() >= 16 && day.Day() <= 22 ||
		september && s.canton == "GE" && day.Weekday() == time.Thursday && day.Day() >= 5 && day.Day() <= 11
}

// walk goes from a day, by one row's way of counting, and gives the date before and after it is moved.
func (s slow) walk(row map[string]string, from time.Time) (counted, on time.Time) {
	var amount int
	fmt.Sscan(row["amount"], &amount)
	step := 1
	if row["direction"] == "before" {
		step = -1
	}
	day := from
	next := func() { day = day.AddDate(0, 0, step) }
	switch row["unit"] {
	case "days", "working_days":
		counts := func() bool { return row["unit"] == "days" || !s.closed(day) }
		done := 0
		if row["start_day"] == "included" && counts() {
			done++
		}
		for done < amount {
			next()
			if counts() {
				done++
			}
		}
	default:
		if row["unit"] == "years" {
			amount *= 12
		}
		// Whole months pass whenever the month's name changes; then the number is looked for, or the month's last day.
		for passed := 0; passed < amount; {
			month := day.Month()
			next()
			if day.Month() != month {
				passed++
			}
		}
		for ; step < 0 && day.Day() > from.Day() && amount > 0; next() {
		}
		for step > 0 && amount > 0 && day.Day() < from.Day() && day.AddDate(0, 0, 1).Month() == day.Month() {
			next()
		}
		if strings.HasSuffix(row["amount"], ".5") {
			for range 15 {
				next()
			}
		}
	}
	counted = day
	for row["roll"] == "forward" && s.closed(day) {
		next()
	}
	return counted, day
}

// written is a row of a file, field by field as text; apply is the same for whoever reads it on one day.
type written map[string]string

func (w written) yaml(id string) string {
	var out strings.Builder
	for _, field := range []string{"kind", "trigger", "take", "amount", "unit", "direction", "start_day", "roll", "settled_by", "warn", "basis", "name", "valid_from", "valid_to", "confirmed"} {
		if value, ok := w[field]; ok {
			fmt.Fprintf(&out, "      %s: %s\n", field, value)
		}
	}
	return "    -" + strings.TrimPrefix(out.String(), "     ")
}

func (w written) valid(day time.Time) bool {
	text := day.Format(time.DateOnly)
	return (w["valid_from"] == "" || w["valid_from"] <= text) && (w["valid_to"] == "" || text <= w["valid_to"])
}

// told lays the rows that are valid on a day over each other; nothing if there is none.
func told(layers [][]written, day time.Time) written {
	var sum written
	for _, layer := range layers {
		for _, row := range layer {
			if !row.valid(day) {
				continue
			}
			if sum == nil {
				sum = written{}
			} else if row["basis"] != "" && row["confirmed"] == "" {
				sum["confirmed"] = "false"
			}
			for field, value := range row {
				sum[field] = value
			}
			if row["trigger"] != "" && row["take"] == "" {
				delete(sum, "take")
			}
		}
	}
	return sum
}

var (
	drawnTriggers = []string{"offence", "offence_known", "reflection_until", "shelter_entered"}
	drawnUnits    = []string{"days", "working_days", "months", "years"}
)

// drawCounting draws a way of counting that a file may name.
func drawCounting(t *rapid.T) written {
	unit := rapid.SampledFrom(drawnUnits).Draw(t, "unit")
	most := map[string]int{"days": 400, "working_days": 60, "months": 60, "years": 6}[unit]
	row := written{
		"unit": unit, "amount": fmt.Sprint(rapid.IntRange(1, most).Draw(t, "amount")), "roll": "none",
		"direction": rapid.SampledFrom([]string{"after", "after", "before"}).Draw(t, "direction"), "start_day": "excluded",
	}
	if row["direction"] == "after" {
		row["roll"] = rapid.SampledFrom([]string{"none", "forward"}).Draw(t, "roll")
		if unit == "months" && rapid.Bool().Draw(t, "half") {
			row["amount"] += ".5"
		}
	}
	if unit == "days" || unit == "working_days" {
		row["start_day"] = rapid.SampledFrom([]string{"excluded", "included"}).Draw(t, "start day")
	}
	return row
}

// drawRule draws the rows of one rule in three layers. The federal ones follow each other without a gap; the others lie over
// a part of time, or all of it.
func drawRule(t *rapid.T) [][]written {
	federal := []written{}
	cuts := rapid.SampledFrom([][]string{{}, {"2022-01-01"}, {"2021-03-28", "2024-02-29"}}).Draw(t, "cuts")
	for i := 0; i <= len(cuts); i++ {
		row := drawCounting(t)
		row["kind"], row["basis"], row["confirmed"] = "act", "CPP 396(1)", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "confirmed")
		row["name"], row["settled_by"] = "drawn", "["+rapid.SampledFrom([]string{"remedy_filed", "complaint_filed, remedy_filed"}).Draw(t, "settled by")+"]"
		first := rapid.SampledFrom(drawnTriggers).Draw(t, "trigger")
		row["trigger"] = first
		if second := rapid.SampledFrom(drawnTriggers).Draw(t, "second trigger"); second != first {
			row["trigger"], row["take"] = "["+first+", "+second+"]", rapid.SampledFrom([]string{"earliest", "latest"}).Draw(t, "take")
		}
		if i > 0 {
			row["valid_from"] = cuts[i-1]
		}
		if i < len(cuts) {
			row["valid_to"] = day(cuts[i]).AddDate(0, 0, -1).Format(time.DateOnly)
		}
		federal = append(federal, row)
	}
	layers := [][]written{federal, nil, nil}
	for i := 1; i < 3; i++ {
		if !rapid.Bool().Draw(t, "overlaid") {
			continue
		}
		row := drawCounting(t)
		row["basis"] = "HOUSE"
		if rapid.Bool().Draw(t, "only confirmed") {
			row = written{"confirmed": "true"}
		}
		if from := rapid.SampledFrom([]string{"", "2020-12-31", "2023-10-29"}).Draw(t, "overlaid from"); from != "" {
			row["valid_from"] = from
		}
		if to := rapid.SampledFrom([]string{"", "2024-02-28", "2026-12-31"}).Draw(t, "overlaid to"); to != "" {
			row["valid_to"] = to
		}
		layers[i] = append(layers[i], row)
	}
	return layers
}

// drawFacts draws what happened, at any hour, and more often at the ends of months, around Easter, and where clocks change.
func drawFacts(t *rapid.T) (facts []deadlines.Fact) {
	awkward := []string{
		"2020-02-29", "2024-02-29", "2021-01-31", "2023-08-31", "2025-11-30", "2026-12-31", "2022-04-14", "2024-03-28",
		"2026-03-29", "2026-10-25", "2025-09-19", "2026-09-03", "2021-12-31", "2022-01-01", "2021-03-27", "2021-03-28",
	}
	for range rapid.IntRange(1, 8).Draw(t, "facts") {
		on := day("2019-01-01").AddDate(0, 0, rapid.IntRange(0, 4700).Draw(t, "day"))
		if rapid.IntRange(0, 2).Draw(t, "awkward") == 0 {
			on = day(rapid.SampledFrom(awkward).Draw(t, "awkward day"))
		}
		year, month, number := on.Date()
		facts = append(facts, deadlines.Fact{
			Trigger: deadlines.Trigger(rapid.SampledFrom(append(drawnTriggers, "remedy_filed", "complaint_filed")).Draw(t, "fact")),
			// The first minute of a day in Zurich is the day before in UTC.
			On: time.Date(year, month, number, rapid.SampledFrom([]int{0, 2, 12, 23}).Draw(t, "hour"), 30, 0, 0, i18n.Zone),
			Of: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "of"),
		})
	}
	return facts
}

// expected walks through the facts for one thing, and says the date as a line of text; "" is none.
func (s slow) expected(layers [][]written, sums []written, facts []deadlines.Fact, of string) string {
	civil := func(f deadlines.Fact) time.Time { return day(f.On.In(i18n.Zone).Format(time.DateOnly)) }
	var lines []string
	// A row is tried with each of its ways to begin; the day of the trigger has to be one on which that very row is told.
	for _, row := range sums {
		var known []time.Time
		names := strings.Split(strings.Trim(row["trigger"], "[]"), ", ")
		for _, name := range names {
			var days []time.Time
			for _, f := range facts {
				if string(f.Trigger) == name && f.Of == of {
					days = append(days, civil(f))
				}
			}
			if len(days) == 0 {
				continue
			}
			slices.SortFunc(days, time.Time.Compare)
			if name == "reflection_until" {
				slices.Reverse(days)
			}
			known = append(known, days[0])
		}
		if len(known) == 0 || row["take"] == "latest" && len(known) < len(names) {
			continue
		}
		slices.SortFunc(known, time.Time.Compare)
		if row["take"] == "latest" {
			slices.Reverse(known)
		}
		if fmt.Sprint(told(layers, known[0])) != fmt.Sprint(row) {
			continue
		}
		counted, on := s.walk(row, known[0])
		settled := ""
		for _, f := range facts {
			if strings.Contains(row["settled_by"], string(f.Trigger)) && (f.Of == of || f.Of == "") {
				if text := civil(f).Format(time.DateOnly); settled == "" || text < settled {
					settled = text
				}
			}
		}
		lines = append(lines, fmt.Sprintf("from %s counted %s on %s confirmed %s settled %q",
			known[0].Format(time.DateOnly), counted.Format(time.DateOnly), on.Format(time.DateOnly), row["confirmed"], settled))
	}
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}

// allTold are the different sums of rows over time, oldest first, found by asking every single day.
func allTold(layers [][]written) (sums []written) {
	seen := map[string]bool{}
	for d := day("2018-12-01"); d.Before(day("2033-01-01")); d = d.AddDate(0, 0, 1) {
		sum := told(layers, d)
		if text := fmt.Sprint(sum); !seen[text] {
			seen[text] = true
			sums = append(sums, sum)
		}
	}
	return sums
}

func TestTheEngineAgreesWithASlowOne(t *testing.T) {
	t.Parallel()
	histories := 0
	rapid.Check(t, func(t *rapid.T) {
		canton := rapid.SampledFrom([]string{"VD", "GE", "ZH", "TI", "VS"}).Draw(t, "canton")
		layers := drawRule(t)
		files := fstest.MapFS{}
		texts := make([]string, 3)
		for i, rows := range layers {
			if len(rows) > 0 {
				texts[i] = "deadlines:\n  drawn:\n"
				for _, row := range rows {
					texts[i] += row.yaml("drawn")
				}
			}
		}
		files["federal.yaml"] = &fstest.MapFile{Data: []byte(texts[0] + "holidays: [{id: national_day, day: 08-01}]\n")}
		files["ch-"+strings.ToLower(canton)+".yaml"] = &fstest.MapFile{Data: []byte(texts[1] + holidaysOf(t, canton))}
		book, err := deadlines.Read(files)
		if err != nil {
			t.Fatalf("%v\n%s", err, strings.Join(texts, "---\n"))
		}
		own, err := deadlines.Parse("own", []byte(texts[2]))
		if err != nil {
			t.Fatal(err)
		}
		rules, err := book.For(canton, own)
		if err != nil {
			t.Fatal(err)
		}
		sums := allTold(layers)
		for range 40 {
			histories++
			facts := drawFacts(t)
			list := rules.Deadlines(facts)
			if !slices.IsSortedFunc(list, func(a, b deadlines.Deadline) int { return a.On.Compare(b.On) }) {
				t.Fatalf("not soonest first: %v", list)
			}
			for _, of := range []string{"", "a", "b"} {
				got := ""
				if d, ok := list.Find("drawn", of); ok {
					settled := ""
					if d.Settled != nil {
						settled = d.Settled.On.Format(time.DateOnly)
					}
					got = fmt.Sprintf("from %s counted %s on %s confirmed %v settled %q", d.From.On.Format(time.DateOnly),
						d.Counted.Format(time.DateOnly), d.On.Format(time.DateOnly), d.Rule.Confirmed, settled)
				}
				if want := (slow{canton}).expected(layers, sums, facts, of); got != want {
					t.Fatalf("%s, of %q, %v:\n%s\nengine: %s\n  slow: %s", canton, of, facts, strings.Join(texts, "---\n"), got, want)
				}
			}
		}
	})
	if histories < 3000 {
		t.Errorf("only %d histories", histories)
	}
}

// holidaysOf is the part of a shipped file that names holidays.
func holidaysOf(t *rapid.T, canton string) string {
	text, err := tenants.Files.ReadFile("ch-" + strings.ToLower(canton) + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\nholidays:")
	rest, _, _ = strings.Cut(rest, "\nwealth:")
	return "holidays:" + rest
}
