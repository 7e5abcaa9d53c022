package browsertest

import (
	"os"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// TestEnclosures: Léa has a document go along with a referral, sees it in the preview and sends it; Noé finds it in what was sent, and takes
// it. What he may not receive is not offered to her.
func TestEnclosures(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			story := begin(t, site, asTheyAre)
			path, _ := photograph(t, "scan.jpg", 90)
			body, err := os.ReadFile(path)
			check(t, err)
			papers := map[access.DataClass]documents.ID{access.Identity: ids.New[documents.Document](), access.Health: ids.New[documents.Document]()}
			for class, id := range papers {
				title := map[access.DataClass]string{access.Identity: "Passeport, page 2", access.Health: "Certificat médical"}[class]
				check(t, site.App.Documents.Add(cast.Lea.Context(t.Context()), story.id, id,
					documents.Handed{Label: documents.Label{Title: title, DataClass: class}, File: documents.File{Name: "scan.jpg", Type: "image/jpeg", Body: body}}))
			}

			lea := sit(t, site, s)
			lea.signedIn(cast.Lea)
			lea.visit(paths.EditReferral(story.draft.ReferralID))
			lea.at("referrals.edit.title")
			lea.sees(lea.say("referrals.documents.barred", "Titles", "Certificat médical"))
			lea.tick("documents", papers[access.Identity].String())
			lea.press(words(lea.say("referrals.edit.preview")))
			lea.at("referrals.preview.title")
			lea.sees("Passeport, page 2")
			lea.seesNot("Certificat médical")
			lea.press(words(lea.say("referrals.preview.send")))
			lea.at(story.draft.Reference)
			lea.sees(lea.say("referrals.sent"))
			lea.sees("Passeport, page 2")

			noe := sit(t, site, s)
			noe.signedIn(cast.Noe)
			noe.visit(story.received())
			noe.at("inbox.referral.title", "Reference", story.draft.Reference)
			noe.sees("Passeport, page 2")
			noe.sees(noe.say("referrals.documents.unscanned"))
			noe.touch(on(`form[action$="/ticket"] button`))
			noe.until("the document has left", func() bool {
				return story.count("select count(*) from journal_entries where action = 'document_taken' and person_id = $1", cast.Noe.ID) == 1
			})
		})
	}
}
