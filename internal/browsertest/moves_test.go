package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/moves"
	"passerelle/internal/webtest"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
)

// TestMoves: Amina goes to Genève. Léa asks, and Marc reads no word on whom; he accepts, Karim reads what goes along and sends it, and Marc opens
// it once. A second request is taken back, and is gone at Marc's next look.
func TestMoves(t *testing.T) {
	const health = "Elle dort trois heures par nuit."
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			id, ctx := ids.New[dossiers.Dossier](), cast.Lea.Context(t.Context())
			check(t, site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina"}}))
			_, err := site.App.Dossiers.Describe(ctx, id, 1, dossiers.Situation{access.Health: health})
			check(t, err)
			lea, karim, marc := sit(t, site, s), sit(t, site, s), sit(t, site, s)
			if !s.noScript {
				karim.plugIn()
			}
			lea.signedIn(cast.Lea)
			karim.signedIn(cast.Karim)
			marc.signedIn(cast.Marc)
			today := forms.Today(time.Now())

			a := accompaniment{lea, "Lomidak", paths.Dossier(id)}
			a.part(dossiersview.Moves)
			a.sees(a.say("moves.empty.title"))
			a.press(on(`a[href$="/moves/new"]`))
			a.at("moves.new.title")
			wanted := a.wanted
			a.wanted = []int64{422}
			a.press(words(a.say("moves.new.submit")))
			a.at("moves.new.title")
			a.sees(a.say("moves.to.missing"))
			a.wanted = wanted
			a.answer("to", cast.Geneve.ID.String())
			a.answer("reason", "safety")
			a.answer("answer_by", today.AddDate(0, 0, 7).Format("02.01.2006"))
			a.answer("phone", "021 000 00 00")
			a.answer("given_on", today.Format("02.01.2006"))
			a.answer("how", "orally")
			a.answer("chapters", "situation")
			a.press(words(a.say("moves.new.submit")))
			a.sees(a.say("moves.standing.proposed"))

			marc.visit(paths.Arrivals)
			marc.at("moves.arrivals.title")
			marc.press(words(cast.Vaud.Name))
			marc.at("moves.arrival.title")
			marc.seesNot("Okafor")
			marc.seesNot("Lomidak")
			marc.answer("responsible", cast.Claire.ID.String())
			marc.press(words(marc.say("moves.acceptance.submit")))
			marc.sees(marc.say("moves.arrival.waits"))

			b := a.with(karim)
			b.part(dossiersview.Moves)
			var asked string
			check(t, site.Database.Owner.QueryRow(t.Context(), "select move_id::text from moves").Scan(&asked))
			first := ids.MustParse[moves.Move](asked)
			if s.noScript { // a passkey takes a script
				by := cast.Karim.Context(t.Context())
				sending, err := site.App.Moves.Prepare(by, id, first)
				check(t, err)
				check(t, site.App.Moves.Send(by, id, first, sending.Seal))
			} else {
				b.press(on(`a[href$="/sending"]`))
				b.registers(cast.Karim)
				b.at("moves.sending.title")
				b.sees(health)
				b.press(words(b.say("moves.sending.submit")))
				b.at("dossiers.parts.moves")
			}

			marc.visit(paths.Work)
			marc.at("work.title")
			marc.press(words(marc.say("moves.work.sent", "Name", cast.Vaud.Name)))
			marc.answer("code_name", "Rubenil")
			marc.press(words(marc.say("moves.opening.submit")))
			marc.sees("Rubenil")
			lea.visit(paths.Work)
			lea.at("work.title")
			lea.sees(lea.say("moves.work.opened", "Name", cast.Geneve.Name, "CodeName", "Lomidak"))
			var theirs string
			check(t, site.Database.Owner.QueryRow(t.Context(), "select dossier_id::text from received_files").Scan(&theirs))
			c := accompaniment{marc, "Rubenil", paths.Dossier(ids.MustParse[dossiers.Dossier](theirs))}
			c.part(dossiersview.Moves)
			c.sees(health)
			a.part(dossiersview.Moves)
			a.sees(a.say("moves.next.close"))

			other, second := ids.New[dossiers.Dossier](), ids.New[moves.Move]()
			by := today.AddDate(0, 0, 7)
			check(t, site.App.Dossiers.Open(ctx, other, dossiers.Particulars{CodeName: "Tamoret", ResponsibleID: cast.Lea.ID}))
			check(t, site.App.Moves.Propose(ctx, other, second, moves.Proposal{ToTenantID: cast.Geneve.ID, Reason: "work", AnswerBy: &by, Phone: "021", GivenOn: &today, How: "orally"}))
			d := accompaniment{lea, "Tamoret", paths.Dossier(other)}
			d.part(dossiersview.Moves)
			d.press(words(d.say("moves.withdraw")))
			d.sees(d.say("moves.standing.withdrawn"))
			marc.visit(paths.Arrival(second))
			marc.sees(marc.say("moves.standing.withdrawn"))
		})
	}
}
