package reflectionsweb_test

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
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String()
}

// ahead is a day as one types it.
func ahead(days int) string {
	return forms.Today(time.Now()).AddDate(0, 0, days).Format("02.01.2006")
}

// TestAPeriodFromRequestToEnd walks the pages as a browser without scripts does.
func TestAPeriodFromRequestToEnd(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(path + "/reflection")
	if page.Status != http.StatusOK || !page.Has(".pas-empty") || !page.Has("a.pas-parts__link[aria-current=page]") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	typed := url.Values{
		"kind": {"period"}, "as": {"victim"}, "requested_on": {ahead(-10)}, "requested_by": {"ngo"}, "decision": {"granted"}, "decided_on": {ahead(-5)},
		"authority": {"VD"}, "starts_on": {ahead(-5)}, "ends_on": {ahead(10)}, "note": {hostile},
	}
	page = lea.Get(path+"/reflection/new").Submit("form.pas-form", typed)
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#ends_on']") || page.Document.Find("#note").Text() != hostile {
		t.Fatalf("a period that is too short: %d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"ends_on": {ahead(30)}})
	if page.Status != http.StatusOK || page.URL.Path != path+"/reflection" || !page.Has(".pas-dates__date") {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if strings.Contains(page.Body, "<script>alert") || !strings.Contains(page.Text(), hostile) {
		t.Error("what was typed is not shown as a text")
	}
	act := func(ending string) string {
		link, ok := lea.Get(path + "/reflection").Document.Find("a[href$='" + ending + "']").Attr("href")
		if !ok {
			t.Fatalf("nothing leads to %s", ending)
		}
		return link
	}
	page = lea.Get(act("/extension")).Submit("form.pas-form", url.Values{"decided_on": {ahead(0)}, "until": {ahead(20)}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("#until").AttrOr("value", "") != ahead(20) {
		t.Errorf("an extension to an earlier day: %d", page.Status)
	}
	if page = page.Submit("form.pas-form", url.Values{"until": {ahead(60)}}); page.Status != http.StatusOK || !strings.Contains(page.Text(), ahead(60)) {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = lea.Get(act("/extension")).Submit("#retract form", nil); page.Status != http.StatusOK || strings.Contains(page.Text(), ahead(60)) {
		t.Errorf("the extension is still there: %d", page.Status)
	}
	ending := lea.Get(act("/ending"))
	if page = ending.Submit("form.pas-form", url.Values{"reason": {"cooperates"}, "ended_on": {ahead(0)}}); page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#reason']") {
		t.Errorf("an early end without declarations: %d", page.Status)
	}
	if page = page.Submit("form.pas-form", url.Values{"reason": {"returned"}}); page.Status != http.StatusOK || !page.Has("a[href$='/reflection/new']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = lea.Get(act("/ending")).Submit("#resume form", nil); page.Status != http.StatusOK || page.Has("a[href$='/reflection/new']") {
		t.Errorf("it did not resume: %d", page.Status)
	}
}

// TestTwoEditors: the second is told, keeps what was typed, and can then decide.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	page := lea.Get(path+"/reflection/new").Submit("form.pas-form", url.Values{"kind": {"pause"}, "as": {"victim"}, "starts_on": {ahead(-1)}})
	edit := page.Document.Find("a[href$='/edit']").AttrOr("href", "")
	mine, theirs := lea.Get(edit), karim.Get(edit)
	if page := theirs.Submit("form.pas-form", url.Values{"note": {"Karims"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = mine.Submit("form.pas-form", url.Values{"note": {"Léas"}})
	if page.Status != http.StatusConflict || page.Document.Find("#note").Text() != "Léas" || page.Document.Find("#note-theirs .pas-prose").Text() != "Karims" || page.Document.Find(".pas-theirs").Length() != 1 || !strings.Contains(page.Document.Find(".govuk-error-summary").Text(), cast.Karim.Name) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Léas") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	claire, ruth := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Ruth)
	if page := claire.Get(edit); page.Status != http.StatusNotFound {
		t.Errorf("Claire gets %d", page.Status)
	}
	if page := ruth.Get(path + "/reflection"); page.Status != http.StatusOK || page.Has("a[href$='/edit']") {
		t.Errorf("Ruth gets %d, and may change", page.Status)
	}
	if page := lea.Get(path + "/reflection/" + ids.New[dossiers.Dossier]().String() + "/edit"); page.Status != http.StatusNotFound {
		t.Errorf("what never was gives %d", page.Status)
	}
}
