package inquiriesweb_test

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
	"passerelle/internal/inquiries"
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

// TestARequestFromReceiptToAnswer walks the pages as a browser without scripts does.
func TestARequestFromReceiptToAnswer(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(path + "/inquiries")
	if page.Status != http.StatusOK || !page.Has(".pas-empty") || !page.Has("a.pas-parts__link[aria-current=page]") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = lea.Get(path+"/inquiries/new").Submit("form.pas-form", url.Values{"received_on": {ahead(-25)}, "channel": {"by_letter"}, "asked_by": {"lawyer"}, "note": {hostile}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#representative']") || page.Document.Find("#note").Text() != hostile {
		t.Fatalf("a lawyer without a name: %d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"representative": {"Me Rochat"}})
	if page.Status != http.StatusOK || page.URL.Path != path+"/inquiries" || !page.Has(".pas-dates__date") || !strings.Contains(page.Text(), ahead(5)) {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if strings.Contains(page.Body, "<script>alert") || !strings.Contains(page.Text(), hostile) {
		t.Error("what was typed is not shown as a text")
	}
	for _, elsewhere := range []string{"/work", path + "/deadlines", path} {
		if !strings.Contains(lea.Get(elsewhere).Text(), ahead(5)) {
			t.Errorf("%s does not show until when an answer is owed", elsewhere)
		}
	}
	if lea.Get(path + "/deadlines").Has("a[href*='/waiver']") {
		t.Error("what is owed to the person can be done without")
	}
	act := func(ending string) string {
		link, ok := lea.Get(path + "/inquiries").Document.Find("a[href$='" + ending + "']").Attr("href")
		if !ok {
			t.Fatalf("nothing leads to %s", ending)
		}
		return link
	}
	page = lea.Get(act("/extension")).Submit("form.pas-form", url.Values{"told_on": {ahead(0)}, "until": {ahead(5)}, "reason": {hostile}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("#until").AttrOr("value", "") != ahead(5) {
		t.Errorf("an extension to the same day: %d", page.Status)
	}
	if page = page.Submit("form.pas-form", url.Values{"until": {ahead(25)}}); page.Status != http.StatusOK || !strings.Contains(page.Text(), ahead(25)) {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = lea.Get(act("/extension")).Submit("#retract form", nil); page.Status != http.StatusOK || strings.Contains(page.Text(), ahead(25)) {
		t.Errorf("the extension is still there: %d", page.Status)
	}
	answer := lea.Get(act("/answer"))
	if !answer.Has(".govuk-warning-text") {
		t.Error("nobody is told what a mandate on paper is worth")
	}
	page = answer.Submit("form.pas-form", url.Values{"outcome": {"given"}, "answered_on": {ahead(0)}, "check": {"document"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#check']") {
		t.Errorf("a mandate on paper: %d", page.Status)
	}
	if page = page.Submit("form.pas-form", url.Values{"check": {"confirmed"}}); page.Status != http.StatusOK || page.Has("a[href$='/extension']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = lea.Get(act("/answer")).Submit("#reopen form", nil); page.Status != http.StatusOK || !page.Has("a[href$='/extension']") {
		t.Errorf("it is not owed again: %d", page.Status)
	}
}

// TestTwoEditors: the second is told, keeps what was typed, and can then decide.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	page := lea.Get(path+"/inquiries/new").Submit("form.pas-form", url.Values{"received_on": {ahead(-1)}, "channel": {"in_person"}, "asked_by": {"herself"}})
	edit := page.Document.Find("a[href$='/edit']").AttrOr("href", "")
	mine, theirs := lea.Get(edit), karim.Get(edit)
	if page := theirs.Submit("form.pas-form", url.Values{"note": {"Karims"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = mine.Submit("form.pas-form", url.Values{"note": {"Léas"}})
	if page.Status != http.StatusConflict || page.Document.Find("#note").Text() != "Léas" || page.Document.Find("#note-theirs .pas-prose").Text() != "Karims" || !strings.Contains(page.Document.Find(".govuk-error-summary").Text(), cast.Karim.Name) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Léas") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	claire, ruth := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Ruth)
	if page := claire.Get(edit); page.Status != http.StatusNotFound {
		t.Errorf("Claire gets %d", page.Status)
	}
	if page := ruth.Get(path + "/inquiries"); page.Status != http.StatusOK || page.Has("a[href$='/edit']") || page.Has("a[href$='/answer']") {
		t.Errorf("Ruth gets %d, and may change", page.Status)
	}
	if page := lea.Get(path + "/inquiries/" + ids.New[inquiries.Inquiry]().String() + "/answer"); page.Status != http.StatusNotFound {
		t.Errorf("what never was gives %d", page.Status)
	}
}
