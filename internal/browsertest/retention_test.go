package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// TestWhatIsKeptLongEnough: Karim orders that two dossiers go, and takes one order back; Léa, who is responsible for the other, sees it on her
// own page and postpones it.
func TestWhatIsKeptLongEnough(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide, noScript: true}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			ctx := cast.Lea.Context(t.Context())
			closed := map[dossiers.CodeName]dossiers.ID{}
			for name, reason := range map[dossiers.CodeName]dossiers.ClosureReason{"Lomidak": "not_trafficking", "Bofadu": "return", "Rubina": "moved"} {
				id := ids.New[dossiers.Dossier]()
				check(t, site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID, Phase: dossiers.Reflection}))
				check(t, site.App.Dossiers.Close(ctx, id, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: reason}))
				site.Database.Exec(t, "update closures set closed_at = now() - interval '121 months' where dossier_id = $1", id)
				closed[name] = id
			}
			site.Database.Exec(t, "insert into claims (tenant_id, claim_id, dossier_id, kind, asked_on, version, details) values ($1, gen_random_uuid(), $2, 'compensation', current_date, 1, '')", cast.Vaud.ID, closed["Rubina"])

			marc := sit(t, site, s)
			marc.signedIn(cast.Marc)
			marc.visit(paths.Retention)
			marc.at("retention.title")
			marc.sees(marc.say("retention.over.none"))

			karim := sit(t, site, s)
			karim.signedIn(cast.Karim)
			karim.visit(paths.Retention)
			karim.at("retention.title")
			karim.sees(karim.say("retention.unidentified"))
			karim.sees(karim.say("retention.hold.claim"))
			karim.press(words(karim.say("retention.order.submit")))
			karim.wanted = []int64{422}
			karim.at("retention.title")
			karim.wanted = nil
			karim.sees(karim.say("retention.removal.none"))
			karim.tick("dossiers", closed["Lomidak"].String())
			karim.tick("dossiers", closed["Bofadu"].String())
			karim.tick("as", "anonymise")
			karim.press(words(karim.say("retention.order.submit")))
			karim.at("retention.title")
			karim.sees(karim.say("retention.order.done"))
			karim.press(on("#ordered-table tbody tr:first-child form button"))
			karim.at("retention.title")
			karim.sees(karim.say("retention.withdrawn"))

			lea := sit(t, site, s)
			lea.signedIn(cast.Lea)
			lea.visit(paths.Work)
			lea.at("work.title")
			lea.sees("Lomidak")
			lea.press(words("Lomidak"))
			lea.at("retention.dossier.title")
			lea.press(words(lea.say("retention.postpone.link")))
			lea.at("retention.postpone.title")
			lea.press(words(lea.say("retention.postpone.submit")))
			lea.wanted = []int64{422}
			lea.at("retention.postpone.title")
			lea.wanted = nil
			lea.sees(lea.say("retention.ground.missing"))
			lea.fill("until", time.Now().AddDate(0, 6, 0).Format("02.01.2006"))
			lea.tick("ground", "claim_possible")
			lea.press(words(lea.say("retention.postpone.submit")))
			lea.at("retention.dossier.title")
			lea.sees(lea.say("retention.postpone.done"))

			karim.visit(paths.Retention)
			karim.at("retention.title")
			karim.sees(karim.say("retention.postponed.title"))
			karim.sees(karim.say("retention.ground.claim_possible"))
		})
	}
}
