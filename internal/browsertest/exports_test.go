package browsertest

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/exports"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// TestExports: Karim asks for a file about more people than he may have alone; Anna, who administers, is asked, and grants it; he takes it,
// and cannot take it again.
func TestExports(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			taken := map[dossiers.CodeName]bool{}
			for len(taken) <= exports.Alone {
				name := dossiers.Propose()
				if !taken[name] {
					check(t, site.App.Dossiers.Open(cast.Lea.Context(t.Context()), ids.New[dossiers.Dossier](), dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID}))
				}
				taken[name] = true
			}
			karim := sit(t, site, s)
			karim.plugIn()
			karim.signIn(cast.Karim)
			karim.visit(paths.Exports)
			karim.at("exports.title")
			karim.sees(karim.say("exports.empty.title"))
			karim.press(words(karim.say("exports.new.title")))
			karim.registers(cast.Karim)
			karim.at("exports.new.title")
			karim.wanted = []int64{422}
			karim.press(words(karim.say("exports.new.submit")))
			karim.sees(karim.say("exports.reason.missing"))
			karim.at("exports.new.title")
			karim.wanted = nil
			karim.choose("subject", "list")
			karim.choose("format", "pdf")
			karim.choose("reason", "own_use")
			karim.press(words(karim.say("exports.new.submit")))
			karim.at("exports.show.title")
			karim.sees(karim.say("exports.state.waiting"))
			karim.sees(cast.Anna.Name)
			address := karim.path()

			anna := sit(t, site, s)
			anna.plugIn()
			anna.signIn(cast.Anna)
			anna.visit(address)
			anna.at("exports.show.title")
			anna.press(words(anna.say("exports.answer.grant")))
			anna.registers(cast.Anna) // what she pressed is done when she has
			anna.sees(anna.say("exports.answered"))
			anna.at("exports.show.title")
			anna.sees(anna.say("exports.state.ready"))

			karim.visit(paths.Work)
			karim.at("work.title")
			karim.press(words(karim.say("exports.work.granted", "People", exports.Alone+1)))
			karim.at("exports.show.title")
			karim.touch(words(karim.say("exports.take.submit")))
			karim.until("the file has left", func() bool {
				var n int
				check(t, site.Database.Owner.QueryRow(t.Context(), "select count(*) from exports where taken_at is not null").Scan(&n))
				return n == 1
			})
			karim.visit(paths.Exports)
			karim.at("exports.title")
			karim.sees(karim.say("exports.state.taken"))
		})
	}
}
