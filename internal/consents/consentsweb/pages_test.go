package consentsweb_test

import (
	"net/http"
	"net/url"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestTheOfficeComesFirst: whoever goes on without an office is asked for one; with one, the form is that office's.
func TestTheOfficeComesFirst(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	page := site.SignIn(t, cast.Lea).Get("/dossiers/" + dossier.String() + "/consents/new")
	if page.Status != http.StatusOK || page.Has(".govuk-error-summary") {
		t.Fatalf("%d, with a problem: %t", page.Status, page.Has(".govuk-error-summary"))
	}
	again := page.Submit("form.pas-form", nil)
	if !again.Has(".govuk-error-summary a[href='#office']") || !again.Has("select#office[aria-invalid=true]") {
		t.Errorf("nothing says that an office is missing:\n%s", again.Text())
	}
	chosen := again.Submit("form.pas-form", url.Values{"office": {cast.Clinic.ID.String()}})
	if chosen.Status != http.StatusOK || !chosen.Has("input[type=hidden][name=office][value='"+cast.Clinic.ID.String()+"']") {
		t.Errorf("%d:\n%s", chosen.Status, chosen.Text())
	}
}
