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
	"passerelle/internal/webtest"
	"passerelle/views/dossiersview"
	"passerelle/views/paths"
)

// The forms of a request for access.
var (
	request     = form{dossiersview.Inquiries, on(`.pas-heading a[href$="/inquiries/new"]`), "inquiries.new.title", "inquiries.save"}
	takesLonger = form{dossiersview.Inquiries, on(`a[href$="/extension"]`), "inquiries.extension.title", "inquiries.save"}
	reply       = form{dossiersview.Inquiries, on(`a[href$="/answer"]`), "inquiries.answer.title", "inquiries.save"}
)

// TestARequestForAccess: a lawyer asks for all that is kept about somebody; Léa records it, tells that it takes longer, reads what was written
// freely and strikes who is not to be named, takes the extract with her passkey, and answers once the person herself has said that the lawyer acts
// for her. Claire of the other canton finds nothing of it.
func TestARequestForAccess(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			id := ids.New[dossiers.Dossier]()
			check(t, site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}))
			_, err := site.App.Dossiers.Describe(cast.Lea.Context(t.Context()), id, 1, dossiers.Situation{access.Health: "Victor Osei l’a frappée. Depuis, elle dort mal.", access.Housing: "Elle dort chez une amie."})
			check(t, err)
			lea, claire := sit(t, site, s), sit(t, site, s)
			if !s.noScript {
				lea.plugIn()
			}
			lea.signedIn(cast.Lea)
			claire.signedIn(cast.Claire)
			in := func(days int) time.Time { return forms.Today(time.Now()).AddDate(0, 0, days) }

			a := accompaniment{lea, "Lomidak", paths.Dossier(id)}
			a.part(dossiersview.Inquiries)
			a.sees(a.say("inquiries.empty.title"))
			a.begins(request, "received_on", a.day(in(-24)), "channel", "by_letter", "asked_by", "lawyer", "note", "Tout ce qui concerne le foyer et les rendez-vous.")
			a.refused(request, "inquiries.representative.missing")
			a.answer("representative", "Me Rochat")
			a.saves(request)
			a.sees(a.day(in(6)))
			a.nextAre(due{in(6), "access_answer"})
			a.visit(paths.Work)
			a.at("work.title")
			a.sees(a.say("deadlines.rule.access_answer"))

			a.writes(takesLonger, "told_on", a.day(in(0)), "until", a.day(in(20)), "reason", "Il faut relire les notes.")
			a.sees(a.say("inquiries.standing.extended"))
			a.nextAre(due{in(20), "access_answer_extended"})

			extracts(a, site, id)
			a.begins(reply, "outcome", "partial", "answered_on", a.day(in(0)), "check", "document", "ground", "third_parties",
				"reason", "Des proches sont nommés dans les notes.", "left_out", "Leurs noms.")
			a.sees(a.say("inquiries.answer.represented"))
			a.refused(reply, "inquiries.check.insufficient")
			a.answer("check", "confirmed")
			a.saves(reply)
			a.sees(a.say("inquiries.outcome.partial"))
			a.seesNot(a.say("inquiries.standing.extended"))
			a.isNotThereFor(claire, a.dossier+"/inquiries", a.dossier+"/inquiries/new")
		})
	}
}

// extracts prepares what is given to the person, and takes it: a passage that is not there strikes nothing, and says so. Without scripts nobody
// confirms with a passkey.
func extracts(a accompaniment, site *webtest.Site, id dossiers.ID) {
	a.t.Helper()
	a.part(dossiersview.Inquiries)
	a.press(words(a.say("inquiries.extract.title")))
	a.at("inquiries.extract.title")
	a.sees(a.say("inquiries.texts.tally", "Decided", 0, "Texts", 2))
	a.press(on(`a[href*="chapter=dossier"]`))
	a.at("inquiries.chapter.dossier")
	lea := cast.Lea.Context(a.t.Context())
	sheet, err := site.App.Inquiries.Open(lea, id)
	check(a.t, err)
	extract, err := site.App.Inquiries.Prepare(lea, id, sheet.Inquiries[0].InquiryID)
	check(a.t, err)
	texts := extract.Texts("dossier")
	health, housing := texts[0].Ref, texts[1].Ref
	a.answer("decision-"+health, "struck", "passages-"+health, "Viktor", "decision-"+housing, "omitted", "ground-"+housing, "third_parties")
	a.refused(form{heading: "inquiries.chapter.dossier", save: "inquiries.texts.save"}, "inquiries.passages.absent", "Passage", "Viktor")
	a.answer("passages-"+health, "Victor Osei")
	a.press(words(a.say("inquiries.texts.save")))
	a.at("inquiries.extract.title")
	a.sees(a.say("inquiries.texts.tally", "Decided", 2, "Texts", 2))
	if a.style.noScript {
		return
	}
	a.press(words(a.say("inquiries.extract.take")))
	a.registers(cast.Lea)
	a.at("inquiries.extract.take")
	a.sees(a.say("inquiries.extract.caution"))
	a.choose("format", "pdf")
	a.touch(words(a.say("inquiries.extract.submit")))
	a.until("the file has left", func() bool {
		var n int
		check(a.t, site.Database.Owner.QueryRow(a.t.Context(), "select count(*) from journal_entries where action = 'inquiry_extracted'").Scan(&n))
		return n == 1
	})
}
