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

// papers is a document of Amina's, and one on its way.
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
	return map[string]string{"/documents/": document.String(), "/uploads/": upload.String()}
}
