package returnsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `<script>alert("x")</script>`

func opened(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Return, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String() + "/return"
}

// TestReturn considers a return, is refused a decision without an assessment of the risks, and gives it up.
func TestReturn(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site)
	lea := site.SignIn(t, cast.Lea)
	if page := lea.Get(address); page.Status != http.StatusOK || !page.Has(".pas-empty a[href$='/preparation']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	for _, later := range []string{"/decision", "/departure", "/conclusion", "/abandonment", "/contact"} {
		if page := lea.Get(address + later); page.Status != http.StatusOK || page.URL.Path != address {
			t.Errorf("%s of nothing leads to %d %s", later, page.Status, page.URL.Path)
		}
		if page := lea.Post(address+later, url.Values{"_csrf": {lea.Token()}, "id": {ids.New[dossiers.Dossier]().String()}, "on": {"1.9.2026"}, "said": {"x"}, "contacted_on": {"1.9.2026"}, "channel": {"phone"}, "note": {"x"}}); page.Status != http.StatusOK || page.URL.Path != address {
			t.Errorf("%s of nothing is posted: %d %s", later, page.Status, page.URL.Path)
		}
	}

	wrong := lea.Get(address+"/preparation").Submit("form.pas-form", url.Values{"considered_on": {"31.2.2026"}, "with": {hostile}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#considered_on[aria-invalid=true]") || wrong.Document.Find("#with").AttrOr("value", "") != hostile {
		t.Fatalf("%d:\n%s", wrong.Status, wrong.Text())
	}
	page := wrong.Submit("form.pas-form", url.Values{"considered_on": {"1.8.2026"}, "programme": {"victims"}})
	if page.Status != http.StatusOK || strings.Contains(page.Body, hostile) || !page.Has("#assessment .govuk-warning-text") || !page.Has("a[href$='kind=return_counselling']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	refused := lea.Get(address+"/decision").Submit("form.pas-form", url.Values{"on": {"1.9.2026"}, "said": {"Je rentre"}})
	if refused.Status != http.StatusUnprocessableEntity || !refused.Has(".govuk-error-summary") || !strings.Contains(refused.Document.Find("#said").Text(), "Je rentre") {
		t.Errorf("%d:\n%s", refused.Status, refused.Text())
	}

	// Karim prepares it further while Léa writes that it is given up.
	karim := site.SignIn(t, cast.Karim)
	late := lea.Get(address + "/abandonment")
	karim.Get(address+"/preparation").Submit("form.pas-form", url.Values{"destination": {"Plovdiv"}})
	conflict := late.Submit("form.pas-form", url.Values{"on": {"2.9.2026"}, "said": {"Je reste"}})
	if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Document.Find(".pas-banner").Text(), "Plovdiv") || !strings.Contains(conflict.Document.Find("#said").Text(), "Je reste") {
		t.Fatalf("%d:\n%s", conflict.Status, conflict.Text())
	}
	if page := conflict.Submit("form.pas-form", nil); page.Status != http.StatusOK || !page.Has(".pas-empty") || !strings.Contains(page.Document.Find("#earlier").Text(), "Je reste") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

func TestNothingOfOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site)
	claire, ruth := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Ruth)
	for _, path := range []string{"", "/preparation", "/decision", "/contact"} {
		if page := claire.Get(address + path); page.Status != http.StatusNotFound {
			t.Errorf("Claire gets %d for %s", page.Status, path)
		}
	}
	if page := ruth.Get(address); page.Status != http.StatusOK || page.Has("a[href$='/preparation']") {
		t.Errorf("Ruth looks, and changes nothing: %d\n%s", page.Status, page.Text())
	}
}
