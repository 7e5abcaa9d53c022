package browsertest

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/views/dossiersview"
)

// The forms of a childhood.
var (
	guardian = form{dossiersview.Childhood, on(`a[href$="/guardians/new"]`), "minors.guardian.title", "minors.save"}
	report   = form{dossiersview.Childhood, on(`a[href$="/reports/new"]`), "minors.report.title", "minors.save"}
	answered = form{dossiersview.Childhood, on(`a[href*="/reports/"][href$="/edit"]`), "minors.report.title", "minors.save"}
)

// TestMinor goes with somebody of unknown age, who is a child until one knows better, up to the day of coming of age.
func TestMinor(t *testing.T) {
	t.Parallel()
	site, calendar := startOver(t)
	s := style{lang: i18n.FR, width: wide}
	lea, claire := sit(t, site, s), sit(t, site, s)
	lea.signedIn(cast.Lea)
	claire.signedIn(cast.Claire)
	first := calendar.firstDay()
	in := func(days int) time.Time { return first.AddDate(0, 0, days) }
	calendar.goesTo(first)

	// Nobody knows how old he is: so he is a child.
	a := lea.opens("gender", "male", "exploitation_forms", "forced_crime", "exploitation_cantons", "VD")
	a.part(dossiersview.Childhood)
	a.sees(a.say("minors.why.in_doubt"))
	a.sees(a.say("minors.in_doubt"))
	a.sees(a.say("minors.guardians.missing"))
	a.writes(age, "finding", "disputed", "found_on", a.day(first), "by", "SEM", "basis", "Date déclarée jugée peu vraisemblable.")

	// What was done to him needs no means to be trafficking, and from step 3 on one acts.
	a.begins(identification, "assessed_on", a.day(first), "answer_recruited", "yes", "answer_crime_begging", "yes", "judgement", "Présumé victime.")
	a.sees(a.say("identifications.child"))
	a.saves(identification)
	a.begins(danger, "assessed_on", a.day(first), "severity_exploited_again", "grave", "likelihood_exploited_again", "possible", "level", "high")
	a.refused(danger, "risks.child_scale.missing")
	a.answer("child_scale", "2")
	a.saves(danger)
	a.seesNot(a.say("risks.child_scale.act"))
	calendar.goesTo(in(2))
	a.writes(danger, "assessed_on", a.day(in(2)), "severity_exploited_again", "grave", "likelihood_exploited_again", "likely", "level", "acute", "child_scale", "3")
	a.sees(a.say("risks.child_scale.act"))
	a.looksAt()
	a.sees(a.say("risks.brief.urgent"))

	// The authority is told and names a curator; a person of trust stands by him as well.
	a.part(dossiersview.Risk)
	a.press(words(a.say("risks.child_scale.report")))
	a.at("dossiers.parts.childhood")
	a.writes(report, "reported_on", a.day(in(2)), "authority", "Justice de paix", "contents", "Mineur seul, contraint à des vols.")
	a.sees(a.say("minors.unanswered"))
	calendar.goesTo(in(9))
	a.writes(answered, "answered_on", a.day(in(9)), "answer", "Curatelle instituée.")
	a.seesNot(a.say("minors.unanswered"))
	a.writes(guardian, "role", "curator", "since", a.day(in(9)), "name", "Sandra Rey", "appointed_by", "Justice de paix")
	a.sees(a.say("minors.guardians.missing"))
	a.writes(guardian, "role", "person_of_trust", "since", a.day(in(9)), "name", "Marc Exemple", "appointed_by", "Canton")
	a.seesNot(a.say("minors.guardians.missing"))
	a.isNotThereFor(claire, a.dossier+"/childhood")

	// A paper tells his age: two months are left.
	born := in(70).AddDate(-18, 0, 0)
	calendar.goesTo(in(10))
	a.part(dossiersview.Person)
	a.press(words(a.say("dossiers.edit.title")))
	a.at("dossiers.edit.title")
	a.answer("birth_date", a.day(born))
	a.press(words(a.say("dossiers.save")))
	a.at("dossiers.parts.person")
	a.writes(age, "finding", "minor", "found_on", a.day(in(10)), "by", "Léa", "basis", "Acte de naissance, vu.")
	a.sees(a.say("minors.why.by_finding"))
	a.sees(a.say("deadlines.rule.majority"))
	a.sees(a.day(in(70)))

	// Grown up: what happened to him happened to a child, and stays so.
	calendar.goesTo(in(69))
	a.moments("minors.child", "minors.child", "minors.child")
	calendar.goesTo(in(70))
	a.moments("minors.child", "minors.child", "minors.of_age")
	a.begins(danger, "assessed_on", a.day(in(70)), "severity_exploited_again", "serious", "likelihood_exploited_again", "unlikely", "level", "moderate")
	if n := a.count(field("child_scale", "3")); n != 0 {
		t.Error("somebody of age is measured by the scale for children")
	}
	a.saves(danger)
	a.seesNot(a.say("risks.child_scale.act"))
}

// moments reads who is a child at what happened, the last of which is now.
func (a accompaniment) moments(want ...string) {
	a.t.Helper()
	a.part(dossiersview.Childhood)
	var text string
	a.ask(&text, "text", on("#moments-table tbody tr"))
	lines := strings.Split(text, "\n")
	for i, key := range want {
		if len(lines) != len(want) || !strings.HasSuffix(lines[i], a.say(key)) {
			a.t.Errorf("of the moments one reads\n%s\nwhere, at %d, one is %s", text, i+1, a.say(key))
			return
		}
	}
}
