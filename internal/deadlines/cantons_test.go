package deadlines_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ch"

	"passerelle/internal/deadlines"
)

// elsewhere are the same holidays as a public library lists them, from sources of its own.
var elsewhere = map[string][]*cal.Holiday{
	"ZH": ch.HolidaysZH, "BE": ch.HolidaysBE, "LU": ch.HolidaysLU, "UR": ch.HolidaysUR, "SZ": ch.HolidaysSZ, "OW": ch.HolidaysOW, "NW": ch.HolidaysNW,
	"GL": ch.HolidaysGL, "ZG": ch.HolidaysZG, "FR": ch.HolidaysFR, "SO": ch.HolidaysSO, "BS": ch.HolidaysBS, "BL": ch.HolidaysBL, "SH": ch.HolidaysSH,
	"AR": ch.HolidaysAR, "AI": ch.HolidaysAI, "SG": ch.HolidaysSG, "GR": ch.HolidaysGR, "AG": ch.HolidaysAG, "TG": ch.HolidaysTG, "TI": ch.HolidaysTI,
	"VD": ch.HolidaysVD, "VS": ch.HolidaysVS, "NE": ch.HolidaysNE, "GE": ch.HolidaysGE, "JU": ch.HolidaysJU,
}

// apart is where ours differ from theirs in 2026: + is ours alone, - theirs alone. What is theirs alone is kept by custom, in a
// part of the canton, or from noon on; where it was counted and is none, a deadline would be missed.
var apart = map[string]string{
	"AG": "-01-02 -04-06 -05-25 -06-04 -08-15 -11-01 -12-08 -12-26", // the districts differ
	"AI": "-12-26",                                                  // a Saturday: it follows a Christmas beside a weekend
	"AR": "-12-26",
	"UR": "-12-26",
	"BL": "-06-04 -08-15",                                    // a few communes
	"FR": "-05-01 -06-04 -08-15 -11-01",                      // the Catholic communes; 1 May is none
	"GE": "+09-10 -06-04 +12-31",                             // the fast and the restoration; Corpus Christi is none
	"GL": "+04-09",                                           // the ride of Näfels
	"GR": "-01-06 -03-19 -04-03 -06-04 -08-15 -11-01 -12-08", // communes; Good Friday: see the file
	"JU": "+06-23",                                           // independence
	"LU": "-03-19 -12-26",                                    // communes; custom
	"NE": "+03-01 -06-04",                                    // the republic; Le Landeron alone
	"OW": "+09-25",                                           // Brother Klaus
	"SO": "-05-01 -05-25 -06-04 -08-15 -11-01 -12-26",        // from noon; custom; not in Bucheggberg
	"TI": "+06-29",                                           // Peter and Paul
	"VD": "+09-21",                                           // the Monday of the fast
	"ZG": "-04-06 -05-25 -12-26 +06-04 +08-15 +12-08",        // theirs is that of a Protestant canton
}

func TestHolidaysBesideAPublicList(t *testing.T) {
	t.Parallel()
	if len(elsewhere) != 26 {
		t.Fatalf("%d cantons", len(elsewhere))
	}
	for canton, theirs := range elsewhere {
		var ours, listed, differ []string
		for _, closed := range rulesOf(t, canton).Calendar.Holidays(2026) {
			ours = append(ours, closed.On.Format("01-02"))
		}
		for _, holiday := range theirs {
			on, _ := holiday.Calc(2026)
			listed = append(listed, on.Format("01-02"))
		}
		for _, day := range ours {
			if !slices.Contains(listed, day) {
				differ = append(differ, "+"+day)
			}
		}
		for _, day := range listed {
			if !slices.Contains(ours, day) {
				differ = append(differ, "-"+day)
			}
		}
		want := strings.Fields(apart[canton])
		slices.Sort(want)
		slices.Sort(differ)
		if !slices.Equal(differ, want) {
			t.Errorf("%s differs by %v, known is %v", canton, differ, want)
		}
	}
}

// Holidays that a day of the week, or Easter, takes away or moves.
func TestHolidaysOfSomeYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		canton, day string
		closed      bool
	}{
		{"NE", "2023-01-02", true},  // a Monday, after a New Year on a Sunday
		{"NE", "2024-01-02", false}, // a Tuesday
		{"NE", "2022-12-26", true},  // a Monday
		{"NE", "2024-12-26", false}, // a Thursday
		{"NE", "2024-03-01", true},
		{"UR", "2023-12-26", false}, // a Tuesday: it would make four days of rest
		{"UR", "2024-12-26", true},
		{"AI", "2023-12-26", false},
		{"AI", "2022-12-26", true},
		{"AR", "2022-12-26", false}, // a Monday: the lists differ
		{"AR", "2024-12-26", true},
		{"GL", "2025-04-03", true},  // the first Thursday of April
		{"GL", "2026-04-02", false}, // Maundy Thursday ...
		{"GL", "2026-04-09", true},  // ... so a week later
		{"GL", "2021-04-01", false},
		{"GL", "2021-04-08", true},
		{"GL", "2027-04-01", true}, // after Easter of 28 March
		{"JU", "2026-06-23", true},
		{"OW", "2026-09-25", true},
		{"SO", "2026-05-01", false}, // from noon on alone
		{"FR", "2026-06-04", false}, // the Catholic communes alone
		{"BE", "2026-01-02", true},
		{"ZH", "2026-01-02", false},
	} {
		if _, closed := rulesOf(t, c.canton).Calendar.Closed(day(c.day)); closed != c.closed {
			t.Errorf("%s %s: closed %v, want %v", c.canton, c.day, closed, c.closed)
		}
	}
}

// What a part of a canton keeps moves no date there, until a tenant says that it lies in that part.
func TestAHolidayOfAPartIsShownAndNotCounted(t *testing.T) {
	t.Parallel()
	local := rulesOf(t, "FR").Calendar.Local()
	var ids []string
	for _, holiday := range local {
		ids = append(ids, fmt.Sprint(holiday.ID, " ", holiday.OnlyIn))
	}
	if got := strings.Join(ids, ", "); got != "corpus_christi communes catholiques, assumption communes catholiques, all_saints communes catholiques, immaculate_conception communes catholiques" {
		t.Error(got)
	}
	notified := []deadlines.Fact{fact("ruling_notified", "2026-05-25")} // and ten days: Corpus Christi
	there := own(t, "holidays: [{id: corpus_christi, easter: 60}]")
	for want, rules := range map[string]*deadlines.Rules{"2026-06-04": rulesOf(t, "FR"), "2026-06-05": rulesOf(t, "FR", there)} {
		if d, ok := rules.Deadlines(notified).Find("objection", ""); !ok || !d.On.Equal(day(want)) {
			t.Errorf("%s, want %s", d.On.Format(time.DateOnly), want)
		}
	}
}

func TestOwnSettingsNameNoBlueprint(t *testing.T) {
	t.Parallel()
	if _, err := deadlines.Parse("settings", []byte("blueprint: {name: {fr: Vaud}}")); err == nil || !strings.Contains(err.Error(), "settings: line 1: settings of one's own name no blueprint") {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"holidays: [{id: ascension, easter: 39, only_on: [friyay]}]":                         `"friyay" is no day of the week`,
		"holidays: [{id: ascension, easter: 39, only_on: [monday], not_on: [tuesday]}]":      "exclude each other",
		"holidays: [{id: ascension, easter: 39, only_in: Murten, only_on: [thursday]}]":      "",
		"holidays: [{id: naefels_ride, weekday: thursday, nth: 1, month: 4, only_ins: Bas}]": "field only_ins not found",
	} {
		if _, err := deadlines.Parse("settings", []byte(text)); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
