package browsertest

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
)

// TestNotes: Anna has written down that Léa is a psychologist. Léa keeps notes under the secret of her profession, corrects one and strikes
// it, and cannot leave them to nobody. Karim, who coordinates, sees that she does, and not a word. When she is gone he hands them on, and
// still reads none.
func TestNotes(t *testing.T) {
	const first, second = "Elle dort trois heures par nuit.", "Elle dort quatre heures par nuit."
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			id, nina := ids.New[dossiers.Dossier](), ids.New[tenantdb.Person]()
			check(t, site.App.Dossiers.Open(cast.Karim.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Karim.ID}))
			psychologist := []members.Profession{members.Psychological}
			check(t, site.App.Members.Practise(cast.Anna.Context(t.Context()), cast.Lea.ID, psychologist))
			lea, karim, anna, claire := sit(t, site, s), sit(t, site, s), sit(t, site, s), sit(t, site, s)
			lea.signedIn(cast.Lea)
			karim.signedIn(cast.Karim)
			anna.signedIn(cast.Anna)
			claire.signedIn(cast.Claire)

			anna.visit(paths.Member(cast.Lea.ID))
			anna.at(cast.Lea.Name)
			anna.sees(anna.say("members.act.profession_granted", "By", cast.Anna.Name, "Who", cast.Lea.Name, "Detail", anna.say("members.profession.psychological")))

			a := accompaniment{lea, "Lomidak", paths.Dossier(id)}
			a.part(dossiersview.Confidences)
			a.sees(a.say("confidences.empty.title"))
			a.press(words(a.say("confidences.open.submit", "Profession", a.say("members.profession.psychological"))))
			a.at("confidences.notes.title")
			a.sees(a.say("confidences.notes.none"))
			circle := strings.TrimPrefix(a.url(), site.URL)

			a.press(on(`.pas-heading a[href$="/notes/new"]`))
			a.at("confidences.new.title")
			wanted := a.wanted
			a.wanted = []int64{422}
			a.press(words(a.say("confidences.save")))
			a.at("confidences.new.title")
			a.sees(a.say("confidences.text.missing"))
			a.wanted = wanted
			a.answer("text", first)
			a.press(words(a.say("confidences.save")))
			a.at("confidences.notes.title")
			a.sees(first)
			a.press(on(`a[href$="/edit"]`))
			a.at("confidences.edit.title")
			a.answer("text", second)
			a.press(words(a.say("confidences.save")))
			a.at("confidences.notes.title")
			a.sees(a.say("confidences.earlier", "Count", 1))
			a.wanted = []int64{422}
			a.press(words(a.say("confidences.member.leave")))
			a.at("confidences.notes.title")
			a.sees(a.say("confidences.member.last"))
			a.wanted = wanted
			a.press(on(`a[href$="/striking"]`))
			a.at("confidences.striking.title")
			a.answer("reason", "Une autre personne")
			a.press(words(a.say("confidences.striking.submit")))
			a.at("confidences.notes.title")
			a.sees(a.say("confidences.struck.tag"))

			b := a.with(karim)
			b.part(dossiersview.Confidences)
			b.sees(cast.Lea.Name)
			b.seesNot(second)
			for _, other := range []*person{karim, claire} {
				before := other.wanted
				other.wanted = []int64{404}
				other.visit(circle)
				other.at("ui.error.not_found.title")
				other.seesNot(second)
				other.wanted = before
			}
			b.looksAt()
			b.visit(b.dossier + "/timeline")
			b.at("dossiers.parts.timeline")
			b.sees(b.say("timeline.kind.note_written"))
			b.seesNot(second)

			check(t, site.App.Members.Practise(cast.Anna.Context(t.Context()), cast.Lea.ID, nil))
			a.wanted = []int64{404}
			a.visit(circle)
			a.at("ui.error.not_found.title")
			a.wanted = wanted
			b.part(dossiersview.Confidences)
			b.sees(b.say("confidences.orphaned.decide"))
			site.Database.Exec(t, "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, 'Nina Blanc', 'nina@vaud.example', 'caseworker', $3, 'nina')", cast.Vaud.ID, nina, cast.VaudStaff.ID)
			check(t, site.App.Members.Practise(cast.Anna.Context(t.Context()), nina, psychologist))
			check(t, site.App.Confidences.HandOn(cast.Karim.Context(t.Context()), id, ids.MustParse[confidences.Circle](strings.TrimPrefix(circle, "/circles/")), confidences.Order{ID: ids.New[confidences.Succession](), Successor: nina, Words: "Léa Morel est partie."}))
			b.looksAt()
			b.part(dossiersview.Confidences)
			b.sees("Nina Blanc")
			b.seesNot(second)
		})
	}
}
