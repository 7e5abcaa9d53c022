package deadlines_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/tenants"
)

// complete is a rule of which each case below spoils something.
const complete = `deadlines:
  objection:
    - kind: act
      trigger: ruling_notified
      amount: 10
      unit: days
      roll: forward
      settled_by: [remedy_filed]
      warn: [7, 3]
      basis: CPP 396(1)
      confirmed: false
`

func TestAFileThatIsWrongSaysWhere(t *testing.T) {
	t.Parallel()
	replaced := func(old, new string) string {
		if !strings.Contains(complete, old) {
			t.Fatalf("%q is not in the rule", old)
		}
		return strings.Replace(complete, old, new, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"right":                         {complete, ""},
		"an unknown word":               {replaced("roll:", "rol:"), "federal.yaml: unmarshal errors:\n  line 7: field rol not found"},
		"an unknown word at the top":    {complete + "deadline: {}\n", "line 12: field deadline not found"},
		"a word twice":                  {replaced("unit: days", "unit: days\n      unit: months"), `line 7: mapping key "unit" already defined at line 6`},
		"an unknown kind":               {replaced("kind: act", "kind: deed"), `federal.yaml:3: objection: kind is "deed"`},
		"an unknown trigger":            {replaced("ruling_notified", "ruling_received"), `federal.yaml:3: objection: "ruling_received" is no trigger`},
		"an unknown settling fact":      {replaced("remedy_filed", "remedy_sent"), `federal.yaml:3: objection: "remedy_sent" is no trigger`},
		"an unknown unit":               {replaced("unit: days", "unit: weeks"), `federal.yaml:3: objection: unit is "weeks"`},
		"an unknown way of rolling":     {replaced("roll: forward", "roll: back"), `objection: roll is "back"`},
		"no amount":                     {replaced("      amount: 10\n", ""), "federal.yaml:3: objection: there is no amount"},
		"a third of a month":            {replaced("amount: 10", "amount: 4.3"), `line 5: "4.3" is neither`},
		"half a day":                    {replaced("amount: 10", "amount: 4.5"), "only months after a trigger have halves"},
		"a negative amount":             {replaced("amount: 10", "amount: -7"), `line 5: "-7" is neither`},
		"a slip of the keyboard":        {replaced("amount: 10", "amount: 10000"), "objection: amount is 10000 days"},
		"no basis":                      {replaced("      basis: CPP 396(1)\n", ""), "federal.yaml:3: objection: there is no basis"},
		"an unknown statute":            {replaced("CPP 396(1)", "StPO 396"), `line 10: "StPO 396" is no citation`},
		"a statute that we do not have": {replaced("CPP 396(1)", "BVG 1"), "line 10: BVG is neither a statute"},
		"a statute without article":     {replaced("CPP 396(1)", "CPP"), "CPP is a statute, and no article is named"},
		"a practice with an article":    {replaced("CPP 396(1)", "HOUSE 3"), "HOUSE is a practice"},
		"silent on being confirmed":     {replaced("      confirmed: false\n", ""), "federal.yaml:3: objection: say whether it is confirmed"},
		"a warning before the trigger":  {replaced("warn: [7, 3]", "warn: [10, 3]"), "objection: a warning 10 days ahead is longer than the span"},
		"warnings in disorder":          {replaced("warn: [7, 3]", "warn: [3, 7]"), "farthest first"},
		"a warning on the day":          {replaced("warn: [7, 3]", "warn: [7, 0]"), "a warning is 0 days ahead"},
		"take without a choice":         {replaced("amount: 10", "take: latest\n      amount: 10"), "take chooses between several triggers"},
		"a choice without take":         {replaced("trigger: ruling_notified", "trigger: [ruling_notified, offence]"), `take is ""`},
		"no trigger":                    {replaced("trigger: ruling_notified", "trigger: []"), "there is no trigger"},
		"months with their first day":   {replaced("unit: days", "unit: months\n      start_day: included"), "months and years go by date"},
		"before, rolled towards":        {replaced("amount: 10", "amount: 10\n      direction: before"), "not rolled forward"},
		"nonsense for a day":            {replaced("confirmed: false", "confirmed: false\n      valid_from: 31.12.2026"), `line 12: "31.12.2026" is no day`},
		"an end before the beginning":   {replaced("confirmed: false", "confirmed: false\n      valid_from: 2026-01-01\n      valid_to: 2025-01-01"), "federal.yaml:3: objection: valid_to is before valid_from"},
		"a rule without words":          {replaced("objection:", "obection:"), "federal.yaml:3: obection: the catalogues have no words for it"},
		"a rule without rows":           {"deadlines:\n  objection: []\n", `federal.yaml: "objection" is no rule with rows`},
		"two documents":                 {complete + "---\n" + complete, "federal.yaml: it holds more than one document"},
		"two rows at once":              {twice("", "valid_from: 2026-01-01"), "federal.yaml:12: objection: it is valid at the same time as the row at federal.yaml:3"},
		"a gap":                         {twice("valid_to: 2025-12-30", "valid_from: 2026-01-01"), "federal.yaml:13: objection: nothing applies from 2025-12-31 until the day before 2026-01-01"},
		"row after row":                 {twice("valid_to: 2025-12-31", "valid_from: 2026-01-01"), ""},
		"a holiday of nowhere":          {"holidays: [{id: carnival, easter: -48}]", `holiday 1 (carnival): "carnival" is in no catalogue`},
		"a holiday with two days":       {"holidays: [{id: ascension, easter: 39, day: 05-01}]", "holiday 1 (ascension): it needs one of"},
		"a holiday without a day":       {"holidays: [{id: ascension}]", "it needs one of"},
		"the 30th of February":          {"holidays: [{id: ascension, day: 02-30}]", `day is "02-30"`},
		"a fifth Sunday":                {"holidays: [{id: fast_monday, weekday: sunday, nth: 5, month: 9}]", "nth (1 to 4)"},
		"holidays all year":             {"holidays: [" + strings.Repeat("{id: ascension, easter: 39}, ", 26) + "]", "federal.yaml: 26 holidays"},
		"two limits of wealth at once":  {"wealth:\n" + strings.Repeat("  - {single: 1, couple: 1, most: 1, from_age: 57, from_age_limit: 1, basis: RLASV 18, confirmed: false}\n", 2), "wealth 2: it is valid at the same time"},
		"half of a household's wealth":  {"wealth: [{single: 4000, basis: RLASV 18, confirmed: false}]", "wealth 1: an amount is missing"},
	} {
		_, err := deadlines.Read(fstest.MapFS{"federal.yaml": {Data: []byte(c.text)}, "ch-vd.yaml": {}})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, files := range map[string]fstest.MapFS{
		"no federation":  {"ch-vd.yaml": {}},
		"another folder": {"federal.yaml": {}, "vaud.yaml": {}},
	} {
		if _, err := deadlines.Read(files); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// twice is the rule in two rows with bounds, the second six times as long.
func twice(first, second string) string {
	_, row, _ := strings.Cut(complete, "objection:\n")
	bounded := func(bound string) string {
		if bound == "" {
			return row
		}
		return row + "      " + bound + "\n"
	}
	return "deadlines:\n  objection:\n" + bounded(first) + strings.Replace(bounded(second), "amount: 10", "amount: 60", 1)
}

func own(t *testing.T, text string) deadlines.Layer {
	t.Helper()
	layer, err := deadlines.Parse("settings", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

func TestTheNarrowestDecides(t *testing.T) {
	t.Parallel()
	entered := []deadlines.Fact{fact("shelter_entered", "2026-03-31")}
	stay := func(rules *deadlines.Rules) deadlines.Deadline {
		d, ok := rules.Deadlines(entered).Find("shelter_stay", "")
		if !ok {
			t.Fatal("the stay has no end")
		}
		return d
	}
	// Vaud confirms what the federal file offers; its NGO then sets eight months, and warns otherwise.
	vaud := rulesOf(t, "VD", own(t, `{deadlines: {shelter_stay: [{amount: 8, basis: HOUSE, confirmed: true, warn: [30]}]}}`))
	if d := stay(vaud); !d.On.Equal(day("2026-11-30")) || !d.Rule.Confirmed || len(d.Warnings(d.On)) != 1 || d.Rule.Kind != deadlines.Maximum {
		t.Errorf("%s, confirmed %v, %v", d.On, d.Rule.Confirmed, d.Warnings(d.On))
	}
	// The other tenant of the canton, and the other canton, hear nothing of it.
	if d := stay(rulesOf(t, "VD")); !d.On.Equal(day("2026-09-30")) || !d.Rule.Confirmed {
		t.Errorf("another tenant: %s, confirmed %v", d.On, d.Rule.Confirmed)
	}
	if d := stay(rulesOf(t, "GE")); !d.On.Equal(day("2026-09-30")) || d.Rule.Confirmed {
		t.Errorf("another canton: %s, confirmed %v", d.On, d.Rule.Confirmed)
	}
}

// TestConfirmedIsOneComputation: a jurist read thirty days; nobody read forty.
func TestConfirmedIsOneComputation(t *testing.T) {
	t.Parallel()
	granted := []deadlines.Fact{fact("reflection_granted", "2026-05-03")}
	for name, c := range map[string]struct {
		settings  string
		on        string
		confirmed bool
	}{
		"nothing":            {`{}`, "2026-06-02", true},
		"only warnings":      {`{deadlines: {reflection_minimum: [{warn: [5]}]}}`, "2026-06-02", true},
		"another amount":     {`{deadlines: {reflection_minimum: [{amount: 40, basis: HOUSE}]}}`, "2026-06-12", false},
		"another basis":      {`{deadlines: {reflection_minimum: [{basis: HOUSE}]}}`, "2026-06-02", false},
		"confirmed anew":     {`{deadlines: {reflection_minimum: [{amount: 40, basis: HOUSE, confirmed: true}]}}`, "2026-06-12", true},
		"only for some time": {`{deadlines: {reflection_minimum: [{amount: 40, basis: HOUSE, valid_from: 2026-05-04}]}}`, "2026-06-02", true},
		"from that day on":   {`{deadlines: {reflection_minimum: [{amount: 40, basis: HOUSE, valid_from: 2026-05-03}]}}`, "2026-06-12", false},
		"until that day":     {`{deadlines: {reflection_minimum: [{amount: 40, basis: HOUSE, valid_to: 2026-05-03}]}}`, "2026-06-12", false},
	} {
		d, ok := rulesOf(t, "VD", own(t, c.settings)).Deadlines(granted).Find("reflection_minimum", "")
		if !ok || !d.On.Equal(day(c.on)) || d.Rule.Confirmed != c.confirmed {
			t.Errorf("%s: %s, confirmed %v", name, d.On.Format(time.DateOnly), d.Rule.Confirmed)
		}
	}
	_, err := shipped(t).For("VD", own(t, `{deadlines: {reflection_minimum: [{amount: 40}]}}`))
	if err == nil || !strings.Contains(err.Error(), "settings:1: reflection_minimum: it counts otherwise than the wider rule: name the basis") {
		t.Errorf("a number without an article: %v", err)
	}
	_, err = shipped(t).For("VD", own(t, `{deadlines: {reflection_minimum: [{warn: [30]}]}}`))
	if err == nil || !strings.Contains(err.Error(), "settings:1: reflection_minimum: a warning 30 days ahead is longer") {
		t.Errorf("a warning before the decision: %v", err)
	}
}

// TestAChangeOfLawIsANewRow: what began before it keeps what applied, to the day.
func TestAChangeOfLawIsANewRow(t *testing.T) {
	t.Parallel()
	book, err := deadlines.Read(fstest.MapFS{"federal.yaml": {Data: []byte(twice("valid_to: 2025-12-31", "valid_from: 2026-01-01"))}, "ch-vd.yaml": {}})
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	for notified, want := range map[string]string{"2025-12-31": "2026-01-12", "2026-01-01": "2026-03-02"} {
		if d, _ := rules.Deadlines([]deadlines.Fact{fact("ruling_notified", notified)}).Find("objection", ""); !d.On.Equal(day(want)) {
			t.Errorf("notified on %s: %s, want %s", notified, d.On.Format(time.DateOnly), want)
		}
	}
}

// TestATenantsOwnRule is a recurring one: it counts from the last time that it was done.
func TestATenantsOwnRule(t *testing.T) {
	t.Parallel()
	rules := rulesOf(t, "GE", own(t, `
deadlines:
  risk_talk:
    - name: Revoir les risques
      kind: review
      trigger: risk_assessed
      amount: 3
      unit: months
      basis: HOUSE
      confirmed: true
holidays:
  - {name: Fête communale, day: 06-19}
`))
	d, ok := rules.Deadlines([]deadlines.Fact{fact("risk_assessed", "2026-01-31"), fact("risk_assessed", "2025-11-01")}).Find("risk_talk", "")
	if !ok || !d.On.Equal(day("2026-04-30")) || d.Explain(t.Context()).Name != "Revoir les risques" {
		t.Errorf("%+v", d)
	}
	// 9 June 2026 and ten days is a Friday, the commune's holiday.
	d, _ = rules.Deadlines([]deadlines.Fact{fact("ruling_notified", "2026-06-09")}).Find("objection", "")
	if !d.On.Equal(day("2026-06-22")) || !strings.Contains(d.Explain(t.Context()).Moved, "Fête communale") {
		t.Errorf("%s: %s", d.On, d.Explain(t.Context()).Moved)
	}
	if _, ok := rulesOf(t, "GE").Deadlines([]deadlines.Fact{fact("risk_assessed", "2026-01-31")}).Find("risk_talk", ""); ok {
		t.Error("another tenant has the rule")
	}
}

// FuzzParse: no text makes the reader panic, hang, or apply rules that it has not checked.
func FuzzParse(f *testing.F) {
	names, err := tenants.Files.ReadDir(".")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := tenants.Files.ReadFile(name.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(complete))
	f.Add([]byte(twice("valid_to: 2025-12-30", "valid_from: 2026-01-01")))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		layer, err := deadlines.Parse("fuzz", text)
		if err != nil {
			return
		}
		rules, err := shipped(t).For("VD", layer)
		if err != nil {
			return
		}
		var facts []deadlines.Fact
		for _, c := range law {
			facts = append(facts, c.facts...)
		}
		for _, d := range rules.Deadlines(facts) {
			if d.On.Before(d.Counted) || d.On.IsZero() {
				t.Errorf("%s: counted %s, on %s", d.ID, d.Counted, d.On)
			}
			d.Explain(t.Context())
		}
	})
}
