package deadlines_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
)

func day(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

var read = sync.OnceValues(deadlines.Shipped)

func shipped(t testing.TB) *deadlines.Book {
	t.Helper()
	book, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func rulesOf(t testing.TB, canton string, own ...deadlines.Layer) *deadlines.Rules {
	t.Helper()
	rules, err := shipped(t).For(canton, own...)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func fact(trigger deadlines.Trigger, on string) deadlines.Fact {
	return deadlines.Fact{Trigger: trigger, On: day(on)}
}

func TestTheCantonsAreThere(t *testing.T) {
	t.Parallel()
	if got := strings.Join(shipped(t).Cantons(), " "); got != "AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH" {
		t.Errorf("the cantons are %s", got)
	}
	elsewhere, err := shipped(t).For("XX")
	if err != nil {
		t.Fatal(err)
	}
	granted := []deadlines.Fact{fact(deadlines.ReflectionGranted, "2026-05-03")}
	if end, ok := elsewhere.Deadlines(granted).Find(deadlines.ReflectionMinimum, ""); !ok || !end.On.Equal(day("2026-06-02")) {
		t.Errorf("a canton without a file does without the federation's rules: %v", end.On)
	}
}

// law is what the table of the law says, row by row: facts, and the dates that have to follow, with what is confirmed.
var law = []struct {
	row, says, canton string
	facts             []deadlines.Fact
	rule              deadlines.RuleID
	kind              deadlines.Kind
	want              string
	cited             string
	confirmed         bool
}{
	{"R1", "OASA 35(1): at least 30 days", "VD", []deadlines.Fact{fact("reflection_granted", "2026-05-03")},
		"reflection_minimum", deadlines.Minimum, "2026-06-02", "art. 35 al. 1 OASA", true},
	{"R1", "the end is the one that the authority set", "VD", []deadlines.Fact{fact("reflection_until", "2026-07-04"), fact("reflection_until", "2026-08-03")},
		"reflection_end", deadlines.End, "2026-08-03", "art. 35 al. 1 OASA", true},
	{"R2", "OASA 35(2): willing to cooperate and all links cut; our reading: the later of both", "GE",
		[]deadlines.Fact{fact("cooperation_declared", "2026-05-20"), fact("ties_cut", "2026-05-12")},
		"reflection_early_end", deadlines.End, "2026-05-20", "art. 35 al. 2 OASA", false},
	{"R3", "OASA 35(3): four grounds", "ZH", []deadlines.Fact{fact("contact_resumed", "2026-05-21")},
		"reflection_lapse", deadlines.End, "2026-05-21", "art. 35 al. 3 OASA", false},
	{"R4", "OASA 36(1): before the period expires", "TI", []deadlines.Fact{fact("reflection_until", "2026-06-02")},
		"presence_notice", deadlines.Duty, "2026-06-02", "art. 36 al. 1 OASA", true},
	{"R4", "our margin: seven days before", "TI", []deadlines.Fact{fact("reflection_until", "2026-06-02")},
		"presence_reminder", deadlines.Review, "2026-05-26", "règle de la maison", true},
	{"R6", "a title ends on the day printed on it", "VS", []deadlines.Fact{fact("stay_valid_until", "2027-03-31")},
		"stay_end", deadlines.End, "2027-03-31", "art. 59 al. 1 OASA", false},
	{"R6", "OASA 59(1): at the latest 14 days before expiry", "VS", []deadlines.Fact{fact("stay_valid_until", "2027-03-31")},
		"renewal_request", deadlines.Act, "2027-03-17", "art. 59 al. 1 OASA", false},
	{"R6", "OASA 59(1): at the earliest three months before", "VS", []deadlines.Fact{fact("stay_valid_until", "2027-05-31")},
		"renewal_opens", deadlines.Opens, "2027-02-28", "art. 59 al. 1 OASA", false},
	{"R7", "LEI 32(1): up to one year", "VD", []deadlines.Fact{fact("short_stay_issued", "2024-02-29")},
		"short_stay_year", deadlines.Maximum, "2025-02-28", "art. 32 al. 1 LEI", false},
	{"R7", "LEI 32(3): up to two years; the first issue counts", "VD",
		[]deadlines.Fact{fact("short_stay_issued", "2026-01-10"), fact("short_stay_issued", "2025-01-10")},
		"short_stay_total", deadlines.Maximum, "2027-01-10", "art. 32 al. 3 LEI", false},
	{"R8", "the house: six months", "VD", []deadlines.Fact{fact("shelter_entered", "2026-08-31")},
		"shelter_stay", deadlines.Maximum, "2027-02-28", "règle de la maison", true},
	{"R8", "the house elsewhere has yet to say", "GE", []deadlines.Fact{fact("shelter_entered", "2026-08-31")},
		"shelter_stay", deadlines.Maximum, "2027-02-28", "règle de la maison", false},
	{"R8", "CO 77: the fifteen days of half a month are counted last", "VD", []deadlines.Fact{fact("shelter_entered", "2026-08-31")},
		"shelter_first_review", deadlines.Review, "2027-01-15", "règle de la maison", true},
	{"R8", "a review at five and a half months", "VD", []deadlines.Fact{fact("shelter_entered", "2026-08-31")},
		"shelter_second_review", deadlines.Review, "2027-02-15", "règle de la maison", true},
	{"R8", "a prolongation ends as decided", "VD", []deadlines.Fact{fact("shelter_prolonged_until", "2027-04-30")},
		"shelter_prolongation_end", deadlines.End, "2027-04-30", "règle de la maison", true},
	{"R25", "the house: the risk is looked at again after a month", "VD", []deadlines.Fact{fact("risk_assessed", "2026-01-31")},
		"risk_review", deadlines.Review, "2026-02-28", "règle de la maison", false},
	{"R25", "or on the day that the assessment named", "VD", []deadlines.Fact{fact("risk_assessed", "2026-01-31"), fact("risk_review_set", "2026-02-05")},
		"risk_review_set", deadlines.Review, "2026-02-05", "règle de la maison", true},
	{"R9", "21 days before 2020", "ZH", []deadlines.Fact{fact("shelter_entered", "2019-12-31")},
		"immediate_help", deadlines.Maximum, "2020-01-21", "recommandations de la CSOL-LAVI", false},
	{"R9", "35 days since", "ZH", []deadlines.Fact{fact("shelter_entered", "2020-01-01")},
		"immediate_help", deadlines.Maximum, "2020-02-05", "recommandations de la CSOL-LAVI", false},
	{"R10", "LAVI 25(1): within five years of the offence", "GE", []deadlines.Fact{fact("offence_known", "2024-06-01"), fact("offence", "2024-02-29")},
		"compensation_claim", deadlines.Act, "2029-02-28", "art. 25 al. 1 LAVI", true},
	{"R10", "LAVI 25(1): or of knowing of it", "GE", []deadlines.Fact{fact("offence_known", "2024-06-01")},
		"compensation_claim", deadlines.Act, "2029-06-01", "art. 25 al. 1 LAVI", true},
	{"R10", "LAVI 25(3): one year from the final decision", "GE", []deadlines.Fact{fact("civil_claims_final", "2026-03-04")},
		"compensation_after_judgement", deadlines.Act, "2027-03-04", "art. 25 al. 3 LAVI", false},
	{"R11", "LAVI 25(2): until the day of turning 25", "VD", []deadlines.Fact{fact("born", "2009-07-14"), fact("offence", "2024-05-05")},
		"compensation_claim_minor", deadlines.Act, "2034-07-14", "art. 25 al. 2 let. a LAVI", false},
	{"R12", "CPP 118(3): before the preliminary proceedings end", "VD", []deadlines.Fact{fact("closing_announced", "2026-09-09")},
		"plaintiff_declaration", deadlines.Act, "2026-09-09", "art. 118 al. 3 CPP", false},
	// BGE 144 IV 161: known on 16 May 2017, a complaint of 17 August is late and one of 16 August in time.
	{"R13", "CP 31: three months from knowing the offender, that day not counted", "VD", []deadlines.Fact{fact("offender_known", "2017-05-16")},
		"criminal_complaint", deadlines.Act, "2017-08-16", "art. 31 CP", true},
	{"R13", "from 30 November to the end of February", "VD", []deadlines.Fact{fact("offender_known", "2025-11-30")},
		"criminal_complaint", deadlines.Act, "2026-02-28", "art. 31 CP", true},
	// 21 April 2026 and ten days is the first of May: a holiday in Zürich, and no more than a Friday in Vaud.
	{"R14", "CPP 396(1), CPP 90(2): ten days, and the holiday of the canton", "ZH", []deadlines.Fact{fact("ruling_notified", "2026-04-21")},
		"objection", deadlines.Act, "2026-05-04", "art. 396 al. 1 CPP", false},
	{"R14", "the same in another canton", "VD", []deadlines.Fact{fact("ruling_notified", "2026-04-21")},
		"objection", deadlines.Act, "2026-05-01", "art. 396 al. 1 CPP", false},
	{"R14", "CPP 354(1): ten days", "GE", []deadlines.Fact{fact("penal_order_notified", "2026-12-21")},
		"penal_order_opposition", deadlines.Act, "2027-01-04", "art. 354 al. 1 CPP", false},
	{"R14", "CPP 399(1): ten days", "VD", []deadlines.Fact{fact("judgement_opened", "2026-06-01")},
		"appeal_announcement", deadlines.Act, "2026-06-11", "art. 399 al. 1 CPP", false},
	{"R14", "CPP 399(3): twenty days", "VD", []deadlines.Fact{fact("judgement_reasoned", "2026-06-01")},
		"appeal_declaration", deadlines.Act, "2026-06-22", "art. 399 al. 3 CPP", false},
	{"R14", "LTF 100(1): thirty days", "VD", []deadlines.Fact{fact("last_instance_notified", "2026-06-01")},
		"federal_appeal", deadlines.Act, "2026-07-01", "art. 100 al. 1 LTF", false},
	// Thursday 2 April 2026 before Easter: Friday and Monday are holidays in Vaud, and working days in Valais.
	{"R15", "LASI 108(1): seven working days", "VD", []deadlines.Fact{fact("asylum_accelerated", "2026-04-02")},
		"asylum_appeal_accelerated", deadlines.Act, "2026-04-15", "art. 108 al. 1 LAsi", false},
	{"R15", "the same in Valais", "VS", []deadlines.Fact{fact("asylum_accelerated", "2026-04-02")},
		"asylum_appeal_accelerated", deadlines.Act, "2026-04-13", "art. 108 al. 1 LAsi", false},
	{"R15", "LASI 108(3): five working days", "GE", []deadlines.Fact{fact("asylum_inadmissible", "2026-09-04")},
		"asylum_appeal_inadmissible", deadlines.Act, "2026-09-14", "art. 108 al. 3 LAsi", false},
	{"R15", "LASI 108(2): thirty days", "GE", []deadlines.Fact{fact("asylum_extended", "2026-08-11")},
		"asylum_appeal_extended", deadlines.Act, "2026-09-11", "art. 108 al. 2 LAsi", false},
	{"R16", "LASI 14(2)(a): five years from the asylum request", "TI", []deadlines.Fact{fact("asylum_applied", "2021-10-05")},
		"asylum_hardship", deadlines.Opens, "2026-10-05", "art. 14 al. 2 let. a LAsi", true},
	{"R16", "LEI 84(5): after five years", "TI", []deadlines.Fact{fact("entered", "2021-10-05")},
		"provisional_hardship", deadlines.Opens, "2026-10-05", "art. 84 al. 5 LEI", true},
	{"R18", "up to six months", "VD", []deadlines.Fact{fact("return_departed", "2026-03-31")},
		"return_medical_aid", deadlines.Maximum, "2026-09-30", "programme SEM/OIM d’aide au retour", true},
	{"R19", "OPDO 15: two years from the report", "VD", []deadlines.Fact{fact("breach_reported", "2026-01-20")},
		"breach_record", deadlines.Keep, "2028-01-20", "art. 15 OPDo", true},
	{"R20", "OPDO 14: two years after the processing ends", "VD", []deadlines.Fact{fact("processing_ended", "2026-01-20")},
		"impact_assessment", deadlines.Keep, "2028-01-20", "art. 14 OPDo", true},
	{"R21", "OPDO 4(5): one year", "VD", []deadlines.Fact{fact("logged", "2026-01-20")},
		"access_log", deadlines.Keep, "2027-01-20", "art. 4 al. 5 OPDo", true},
	{"R22", "OPDO 18: thirty days from receipt", "VD", []deadlines.Fact{fact("access_requested", "2026-01-20")},
		"access_answer", deadlines.Act, "2026-02-19", "art. 18 al. 1 OPDo", false},
	{"R22", "OPDO 18(2): until when the person was told", "GE", []deadlines.Fact{fact("access_requested", "2026-01-20"), fact("access_extended", "2026-02-10"), fact("access_extended_until", "2026-03-20")},
		"access_answer_extended", deadlines.Act, "2026-03-20", "art. 18 al. 2 OPDo", false},
	{"R23", "CC 14: of age at eighteen", "VD", []deadlines.Fact{fact("born", "2008-02-29")},
		"majority", deadlines.Birthday, "2026-02-28", "art. 14 CC", false},
}

func TestTheLaw(t *testing.T) {
	t.Parallel()
	fr := i18n.With(context.Background(), i18n.FR)
	for _, c := range law {
		d, ok := rulesOf(t, c.canton).Deadlines(c.facts).Find(c.rule, "")
		if !ok {
			t.Errorf("%s %s: there is no date", c.row, c.says)
			continue
		}
		if got := d.On.Format(time.DateOnly); got != c.want || d.Rule.Kind != c.kind || d.Rule.Row != c.row || d.Rule.Confirmed != c.confirmed {
			t.Errorf("%s %s: %s, %s, row %s, confirmed %v; want %s, %s, %v", c.row, c.says, got, d.Rule.Kind, d.Rule.Row, d.Rule.Confirmed, c.want, c.kind, c.confirmed)
		}
		if got := d.Rule.Basis.Cite(fr); got != c.cited {
			t.Errorf("%s %s: cited as %s", c.row, c.says, got)
		}
	}
}

// TestEveryRuleIsHeldAgainstTheLaw: a rule without a line in the table above is a number that nobody has read.
func TestEveryRuleIsHeldAgainstTheLaw(t *testing.T) {
	t.Parallel()
	held, rows := map[deadlines.RuleID]bool{}, map[string]bool{}
	for _, c := range law {
		held[c.rule], rows[c.row] = true, true
	}
	for _, canton := range shipped(t).Cantons() {
		for _, id := range rulesOf(t, canton).IDs() {
			if !held[id] {
				t.Errorf("%s: %s is in no line of the law", canton, id)
			}
		}
	}
	elsewhere := map[string]string{"R5": "computed by stays", "R17": "TestWealth"}
	for n := 1; n <= 23; n++ {
		row := fmt.Sprintf("R%d", n)
		if rows[row] == (elsewhere[row] != "") {
			t.Errorf("%s: in the table %v, elsewhere %q", row, rows[row], elsewhere[row])
		}
	}
}

// TestUnreadHolidaysConfirmNothing: a date that moves over a holiday is as sure as the list of holidays.
func TestUnreadHolidaysConfirmNothing(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, c := range law {
		d, _ := rulesOf(t, c.canton).Deadlines(c.facts).Find(c.rule, "")
		if d.Rule.Roll == "forward" || d.Rule.Unit == deadlines.WorkingDays {
			asked++
			if d.Rule.Confirmed {
				t.Errorf("%s is confirmed, and the holidays are not", c.rule)
			}
		}
	}
	if asked == 0 {
		t.Error("no rule asks for holidays")
	}
}

func TestRulesAskedForByNameAreThere(t *testing.T) {
	t.Parallel()
	for _, canton := range shipped(t).Cantons() {
		for _, id := range []deadlines.RuleID{
			deadlines.ReflectionMinimum, deadlines.ShortStayTotal, deadlines.ShelterStay, deadlines.RenewalOpens, deadlines.Majority,
			deadlines.AccessAnswer, deadlines.AccessAnswerExtended,
		} {
			if !slices.Contains(rulesOf(t, canton).IDs(), id) {
				t.Errorf("%s has no %s", canton, id)
			}
		}
	}
}

func TestWealth(t *testing.T) {
	t.Parallel()
	wealth, ok := rulesOf(t, "VD").Wealth(day("2026-01-01"))
	if !ok || wealth.Confirmed || wealth.Basis.String() != "RLASV 18" {
		t.Fatalf("%+v", wealth)
	}
	// R17, RLASV 18: 4'000 single, 8'000 couple, 2'000 a child up to 10'000 a family, 10'000 from 57.
	for _, c := range []struct{ adults, children, age, want int }{
		{1, 0, 30, 4000}, {2, 0, 30, 8000}, {1, 2, 30, 8000}, {1, 4, 30, 10000}, {2, 1, 30, 10000}, {2, 3, 30, 10000}, {1, 0, 56, 4000}, {1, 0, 57, 10000},
	} {
		if got := wealth.Limit(c.adults, c.children, c.age); got != c.want {
			t.Errorf("%d adults, %d children, %d years: %d, want %d", c.adults, c.children, c.age, got, c.want)
		}
	}
	if _, ok := rulesOf(t, "GE").Wealth(day("2026-01-01")); ok {
		t.Error("Genève has the limits of Vaud")
	}
}

func TestEveryRuleAndFactHasWords(t *testing.T) {
	t.Parallel()
	for _, trigger := range deadlines.Triggers() {
		for _, lang := range i18n.Langs {
			key := "deadlines.trigger." + string(trigger)
			if i18n.T(i18n.With(context.Background(), lang), key) == key {
				t.Errorf("%s: %s has no words", lang, trigger)
			}
		}
	}
	for _, canton := range shipped(t).Cantons() {
		for _, c := range law {
			d, ok := rulesOf(t, canton).Deadlines(c.facts).Find(c.rule, "")
			if !ok {
				continue
			}
			for _, lang := range i18n.Langs {
				e := d.Explain(i18n.With(context.Background(), lang))
				for _, text := range []string{e.Name, e.Why, e.Changes, e.Settles, e.Unconfirmed} {
					if strings.Contains(text, "deadlines.") || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
						t.Errorf("%s: %s says %q", lang, c.rule, text)
					}
				}
			}
		}
	}
}

// holidays are the months and days of 2024 to 2030, as the calendars of the cantons and of employers print them.
var holidays = map[string]map[int]string{
	"VD": {
		2024: "01-01 01-02 03-29 04-01 05-09 05-20 08-01 09-16 12-25",
		2025: "01-01 01-02 04-18 04-21 05-29 06-09 08-01 09-22 12-25",
		2026: "01-01 01-02 04-03 04-06 05-14 05-25 08-01 09-21 12-25",
		2027: "01-01 01-02 03-26 03-29 05-06 05-17 08-01 09-20 12-25",
		2028: "01-01 01-02 04-14 04-17 05-25 06-05 08-01 09-18 12-25",
		2029: "01-01 01-02 03-30 04-02 05-10 05-21 08-01 09-17 12-25",
		2030: "01-01 01-02 04-19 04-22 05-30 06-10 08-01 09-16 12-25",
	},
	"GE": {
		2024: "01-01 03-29 04-01 05-09 05-20 08-01 09-05 12-25 12-31",
		2025: "01-01 04-18 04-21 05-29 06-09 08-01 09-11 12-25 12-31",
		2026: "01-01 04-03 04-06 05-14 05-25 08-01 09-10 12-25 12-31",
		2027: "01-01 03-26 03-29 05-06 05-17 08-01 09-09 12-25 12-31",
		2028: "01-01 04-14 04-17 05-25 06-05 08-01 09-07 12-25 12-31",
		2029: "01-01 03-30 04-02 05-10 05-21 08-01 09-06 12-25 12-31",
		2030: "01-01 04-19 04-22 05-30 06-10 08-01 09-05 12-25 12-31",
	},
	"ZH": {
		2024: "01-01 03-29 04-01 05-01 05-09 05-20 08-01 12-25 12-26",
		2025: "01-01 04-18 04-21 05-01 05-29 06-09 08-01 12-25 12-26",
		2026: "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26",
		2027: "01-01 03-26 03-29 05-01 05-06 05-17 08-01 12-25 12-26",
		2028: "01-01 04-14 04-17 05-01 05-25 06-05 08-01 12-25 12-26",
		2029: "01-01 03-30 04-02 05-01 05-10 05-21 08-01 12-25 12-26",
		2030: "01-01 04-19 04-22 05-01 05-30 06-10 08-01 12-25 12-26",
	},
	"TI": {
		2024: "01-01 01-06 03-19 04-01 05-01 05-09 05-20 05-30 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2025: "01-01 01-06 03-19 04-21 05-01 05-29 06-09 06-19 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2026: "01-01 01-06 03-19 04-06 05-01 05-14 05-25 06-04 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2027: "01-01 01-06 03-19 03-29 05-01 05-06 05-17 05-27 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2028: "01-01 01-06 03-19 04-17 05-01 05-25 06-05 06-15 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2029: "01-01 01-06 03-19 04-02 05-01 05-10 05-21 05-31 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
		2030: "01-01 01-06 03-19 04-22 05-01 05-30 06-10 06-20 06-29 08-01 08-15 11-01 12-08 12-25 12-26",
	},
	"VS": {
		2024: "01-01 03-19 05-09 05-30 08-01 08-15 11-01 12-08 12-25",
		2025: "01-01 03-19 05-29 06-19 08-01 08-15 11-01 12-08 12-25",
		2026: "01-01 03-19 05-14 06-04 08-01 08-15 11-01 12-08 12-25",
		2027: "01-01 03-19 05-06 05-27 08-01 08-15 11-01 12-08 12-25",
		2028: "01-01 03-19 05-25 06-15 08-01 08-15 11-01 12-08 12-25",
		2029: "01-01 03-19 05-10 05-31 08-01 08-15 11-01 12-08 12-25",
		2030: "01-01 03-19 05-30 06-20 08-01 08-15 11-01 12-08 12-25",
	},
}

func TestHolidays(t *testing.T) {
	t.Parallel()
	for canton, years := range holidays {
		calendar := rulesOf(t, canton).Calendar
		for _, year := range slices.Sorted(maps.Keys(years)) {
			var got []string
			for _, closed := range calendar.Holidays(year) {
				got = append(got, closed.On.Format("01-02"))
			}
			if strings.Join(got, " ") != years[year] {
				t.Errorf("%s %d:\n%s, want\n%s", canton, year, strings.Join(got, " "), years[year])
			}
		}
	}
}

// Nobody is chased for a claim that rests on a supposition: whoever is grown up, and of whom no offence is known, has missed
// nothing. The date is shown all the same, and presses as soon as an offence in childhood is known.
func TestWhatIsSupposedDoesNotPress(t *testing.T) {
	t.Parallel()
	rules := rulesOf(t, "VD")
	born := fact(deadlines.Born, "1990-01-27")
	supposed, ok := rules.Deadlines([]deadlines.Fact{born}).Find("compensation_claim_minor", "")
	if !ok || supposed.Presses() || supposed.Missed(day("2026-11-24")) || len(rules.Deadlines([]deadlines.Fact{born}).Next()) > 0 {
		t.Errorf("supposed: %v %+v", ok, supposed)
	}
	known, ok := rules.Deadlines([]deadlines.Fact{born, fact(deadlines.Offence, "2005-05-05")}).Find("compensation_claim_minor", "")
	if !ok || !known.Presses() || !known.Missed(day("2026-11-24")) {
		t.Errorf("known: %v %+v", ok, known)
	}
}
