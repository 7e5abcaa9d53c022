package app_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, papers) }

// pictured is a small picture, as it is handed in.
func pictured(t testing.TB) documents.File {
	t.Helper()
	var body bytes.Buffer
	if err := png.Encode(&body, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		t.Fatal(err)
	}
	return documents.File{Name: "Canaryfile.png", Type: "image/png", Body: body.Bytes()}
}

// papers is a document of Amina's, one on its way, and one that went along with a referral.
func papers(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	ctx, document, upload := cast.Lea.Context(t.Context()), ids.New[documents.Document](), ids.New[documents.Upload]()
	handed := documents.Handed{Label: documents.Label{Title: "Canarytitle", DataClass: access.Health}, File: pictured(t)}
	if err := site.App.Documents.Add(ctx, dossier, document, handed); err != nil {
		t.Fatal(err)
	}
	if _, err := site.App.Documents.Begin(ctx, dossier, upload, documents.Announced{Name: "Canaryupload.pdf", Bytes: 1000}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/documents/": document.String(), "/uploads/": upload.String(), "/enclosures/": enclosed(t, site, dossier).String()}
}

// enclosed is a document that the CSR was sent.
func enclosed(t *testing.T, site *webtest.Site, dossier dossiers.ID) documents.EnclosureID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lea, document := cast.Lea.Context(t.Context()), ids.New[documents.Document]()
	must(site.App.Documents.Add(lea, dossier, document, documents.Handed{Label: documents.Label{Title: "Canarytitle", DataClass: access.Identity}, File: pictured(t)}))
	// Where there is a scanner, it has looked.
	site.Database.Exec(t, "update documents set state = 'clean' where document_id = $1", document)
	draft, err := site.App.Referrals.Draft(lea, dossier, ids.New[timeline.Referral](), cast.CSR.ID)
	must(err)
	_, err = site.App.Referrals.Write(lea, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: access.IncomeSupport, Urgency: referrals.Normal, Request: "Canaryrequest", DataClasses: []access.DataClass{access.Identity}, Documents: []documents.ID{document},
	}})
	must(err)
	preview, err := site.App.Referrals.Preview(lea, draft.ReferralID)
	must(err)
	_, err = site.App.Referrals.Send(lea, draft.ReferralID, preview.Seal())
	must(err)
	file, err := site.App.Referrals.Find(lea, draft.ReferralID)
	must(err)
	return file.Referral.Enclosures[0].EnclosureID
}
