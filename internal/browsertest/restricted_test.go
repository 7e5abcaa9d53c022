package browsertest

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// TestARestrictedDossier: Léa keeps a dossier to herself; Karim does not find it, types its name and opens it in an emergency; Léa, whose
// own page is open, sees it at once and looks at it.
func TestARestrictedDossier(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			id := ids.New[dossiers.Dossier]()
			check(t, site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor"}}))
			check(t, site.App.Dossiers.Open(cast.Karim.Context(t.Context()), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: "Bofadu", ResponsibleID: cast.Karim.ID}))

			// A passkey takes a script; whoever restricts and looks needs none.
			hers := s
			hers.noScript = s.lang == i18n.EN
			lea, karim := sit(t, site, hers), sit(t, site, s)
			lea.signedIn(cast.Lea)
			lea.visit(paths.Admission(id))
			lea.at("dossiers.parts.admission")
			lea.sees(lea.say("restrictions.state.open"))
			lea.press(words(lea.say("restrictions.restrict")))
			lea.at("dossiers.parts.admission")
			lea.sees(lea.say("restrictions.saved"))
			lea.visit(paths.Dossier(id))
			lea.at("Lomidak")
			lea.sees(lea.say("restrictions.banner.named", "Count", 1))
			lea.visit(paths.Work)
			lea.at("work.title")

			karim.plugIn()
			karim.signIn(cast.Karim)
			karim.visit("/dossiers")
			karim.at("dossiers.title")
			karim.seesNot("Lomidak")
			karim.fill("sought", "lomidak")
			karim.press(words(karim.say("dossiers.search.submit")))
			karim.at("dossiers.title")
			karim.sees(karim.say("restrictions.behind"))
			karim.press(words(karim.say("restrictions.emergency.link")))
			karim.registers(cast.Karim)
			karim.at("restrictions.emergency.title")
			karim.fill("code_name", "Lomidak")
			karim.press(words(karim.say("restrictions.emergency.submit")))
			karim.wanted = []int64{422}
			karim.at("restrictions.emergency.title")
			karim.wanted = nil
			karim.sees(karim.say("restrictions.reason.missing"))
			karim.tick("reason", "danger")
			karim.fill("words", "Elle a été vue à la gare.")
			karim.press(words(karim.say("restrictions.emergency.submit")))
			karim.at("Lomidak")
			karim.sees("Okafor")
			karim.sees(karim.say("restrictions.banner.who"))

			if hers.noScript {
				lea.visit(paths.Work)
			}
			lea.sees(lea.say("restrictions.waiting.title"))
			lea.press(words(lea.say("restrictions.waiting.look")))
			lea.at("restrictions.emergencies.title")
			lea.sees("Elle a été vue à la gare.")
			lea.press(on("tr form button"))
			lea.at("restrictions.emergencies.title")
			lea.sees(lea.say("restrictions.looked"))
			lea.sees(lea.say("restrictions.seen.responsible"))

			karim.visit(paths.Emergencies)
			karim.at("restrictions.emergencies.title")
			karim.until("his own, and nothing to look at", func() bool {
				return strings.Contains(karim.state().Text, "Lomidak") && karim.count(on("tr form button")) == 0
			})
		})
	}
}
