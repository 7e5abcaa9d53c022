package staysweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `"><script>alert(1)</script>`

func dossier(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Proceedings, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String()
}

// ahead is a day as one types it.
func ahead(days int) string {
	return forms.Today(time.Now()).AddDate(0, 0, days).Format("02.01.2006")
}

// TestAPermitAndTheNext walks the pages as a browser without scripts does.
func TestAPermitAndTheNext(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(path + "/stays")
	if page.Status != http.StatusOK || !page.Has(".pas-empty") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	typed := url.Values{"kind": {"l"}, "canton": {"VD"}, "legal_ground": {"proceedings"}, "valid_from": {ahead(0)}, "valid_until": {ahead(-1)}, "note": {hostile}}
	page = lea.Get(path+"/stays/new").Submit("form.pas-form", typed)
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#valid_until']") || page.Document.Find("#note").Text() != hostile || page.Document.Find("#kind option[selected]").AttrOr("value", "") != "l" {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"valid_until": {ahead(364)}})
	if page.Status != http.StatusOK || page.URL.Path != path+"/stays" || !page.Has(".pas-dates__date") || page.Has(".govuk-warning-text") {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if strings.Contains(page.Body, "<script>alert") || !strings.Contains(page.Text(), hostile) {
		t.Error("what was typed is not shown as a text")
	}
	edit := page.Document.Find("a[href$='/edit']").AttrOr("href", "")
	page = lea.Get(edit).Submit("form.pas-form", url.Values{"renewal_requested_on": {ahead(0)}, "renewal_until": {ahead(800)}})
	if page.Status != http.StatusOK || !page.Has(".govuk-warning-text") {
		t.Errorf("a renewal beyond two years in all: %d:\n%s", page.Status, page.Text())
	}
	next := lea.Get(page.Document.Find("a[href*='?replaces=']").AttrOr("href", ""))
	if next.Document.Find("#valid_from").AttrOr("value", "") != ahead(365) || next.Document.Find("#kind option[selected]").AttrOr("value", "") != "l" {
		t.Errorf("the next permit begins with %q", next.Document.Find("#valid_from").AttrOr("value", ""))
	}
	page = next.Submit("form.pas-form", url.Values{"kind": {"b"}})
	if page.Status != http.StatusOK || page.Document.Find("section[id^='stay-']").Length() != 2 || page.Document.Find("a[href*='?replaces=']").Length() != 1 || page.Has(".govuk-warning-text") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page := lea.Get(path + "/stays/new?replaces=" + ids.New[dossiers.Dossier]().String()); page.Status != http.StatusNotFound {
		t.Errorf("what never was is replaced: %d", page.Status)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	theirs := karim.Get(path + "/stays/presence")
	page := lea.Get(path+"/stays/presence").Submit("form.pas-form", url.Values{"offence_canton": {"VD"}, "inquiry_cantons": {"VD", "GE"}, "entered_on": {"31.2.2026"}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("[name=inquiry_cantons][checked]").Length() != 2 {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"entered_on": {ahead(-100)}, "last_canton": {"GE"}})
	if page.Status != http.StatusOK || !strings.Contains(page.Document.Find("#presence").Text(), "Genève : plusieurs cantons enquêtent") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = theirs.Submit("form.pas-form", url.Values{"note": {"Karims"}})
	if page.Status != http.StatusConflict || page.Document.Find("#note").Text() != "Karims" || page.Document.Find("#inquiry_cantons-theirs .pas-prose").Text() != "Genève, Vaud" || !strings.Contains(page.Document.Find(".govuk-error-summary").Text(), cast.Lea.Name) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK {
		t.Errorf("%d", page.Status)
	}
}

func TestTwoEditorsAndStrangers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	edit := lea.Get(path+"/stays/new").Submit("form.pas-form", url.Values{"kind": {"none"}}).Document.Find("a[href$='/edit']").AttrOr("href", "")
	mine, theirs := lea.Get(edit), karim.Get(edit)
	if page := theirs.Submit("form.pas-form", url.Values{"note": {"Karims"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page := mine.Submit("form.pas-form", url.Values{"note": {"Léas"}})
	if page.Status != http.StatusConflict || page.Document.Find("#note").Text() != "Léas" || page.Document.Find("#note-theirs .pas-prose").Text() != "Karims" || page.Document.Find(".pas-theirs").Length() != 1 {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Léas") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page := site.SignIn(t, cast.Claire).Get(edit); page.Status != http.StatusNotFound {
		t.Errorf("Claire gets %d", page.Status)
	}
	if page := site.SignIn(t, cast.Ruth).Get(path + "/stays"); page.Status != http.StatusOK || page.Has("a[href$='/edit']") {
		t.Errorf("Ruth gets %d, and may change", page.Status)
	}
}
