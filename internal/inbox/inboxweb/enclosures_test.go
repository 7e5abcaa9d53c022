package inboxweb_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

// TestEnclosure takes what came with a referral, as an attachment under a name of ours, once; afterwards its page says why not. A person who
// is paused is told so, and nobody of another office finds it.
func TestEnclosure(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lea, dossier, document, referral := cast.Lea.Context(t.Context()), ids.New[dossiers.Dossier](), ids.New[documents.Document](), ids.New[timeline.Referral]()
	must(site.App.Dossiers.Open(lea, dossier, dossiers.Particulars{CodeName: codeName, ResponsibleID: cast.Lea.ID}))
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	classes := []access.DataClass{access.Identity}
	_, err := site.App.Consents.Give(lea, dossier, ids.New[consents.Consent](), consents.Terms{
		OfficeID: cast.CSR.ID, Purpose: access.IncomeSupport, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
	})
	must(err)
	var body bytes.Buffer
	must(png.Encode(&body, image.NewGray(image.Rect(0, 0, 3, 3))))
	must(site.App.Documents.Add(lea, dossier, document, documents.Handed{
		Label: documents.Label{Title: hostile, DataClass: access.Identity}, File: documents.File{Name: "Amina Okafor.png", Type: "image/png", Body: body.Bytes()},
	}))
	draft, err := site.App.Referrals.Draft(lea, dossier, referral, cast.CSR.ID)
	must(err)
	_, err = site.App.Referrals.Write(lea, referral, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Bonjour", DataClasses: classes, Documents: []documents.ID{document},
	}})
	must(err)
	preview, err := site.App.Referrals.Preview(lea, referral)
	must(err)
	_, err = site.App.Referrals.Send(lea, referral, preview.Seal())
	must(err)

	noe := site.SignIn(t, cast.Noe)
	page := says(t, noe.Get("/inbox/"+referral.String()), http.StatusOK, hostile, "Documents joints", "Aucun antivirus")
	for _, secret := range []string{document.String(), "Amina Okafor.png", dossier.String()} {
		if strings.Contains(page.Body, secret) {
			t.Errorf("the office learns %s", secret)
		}
	}
	const button = "form[action^='/enclosures/']"
	ticket, _ := page.Document.Find(button).Attr("action")
	taken := page.Submit(button, nil)
	if disposition := taken.Header.Get("Content-Disposition"); taken.Status != http.StatusOK || disposition != `attachment; filename="document.png"` || !strings.HasPrefix(taken.Body, "\x89PNG") ||
		!strings.Contains(taken.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Fatalf("%d %q %d bytes", taken.Status, disposition, len(taken.Body))
	}
	says(t, noe.Get(taken.URL.RequestURI()), http.StatusOK, "Ce lien a déjà servi", hostile, "Bonjour")
	for _, stranger := range []cast.Person{cast.Ines, cast.Eva} {
		other := site.SignIn(t, stranger)
		if page := other.Post(ticket, url.Values{"_csrf": {other.Token()}}); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", stranger.Name, page.Status)
		}
	}
	site.Database.Exec(t, "insert into alerts (tenant_id, alert_id, kind, person_id, role, office_id, since, until, at) values ($1, $2, 'ceiling', $3, 'office_member', $4, now(), now(), now())",
		cast.Vaud.ID, ids.New[dossiers.Dossier](), cast.Noe.ID, cast.CSR.ID)
	site.Database.Exec(t, "insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) select tenant_id, gen_random_uuid(), office_id, person_id, alert_id, now() from alerts")
	if page := page.Submit(button, nil); !page.Has("#paused") && !strings.Contains(page.Text(), "pause") {
		t.Errorf("who is paused takes it: %d\n%s", page.Status, page.Text())
	}
}
