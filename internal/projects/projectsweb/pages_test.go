package projectsweb_test

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
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String() + "/integration"
}

// TestIntegration goes from an empty page to a referral of the right kind, as a browser without scripts does.
func TestIntegration(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(address)
	if page.Status != http.StatusOK || !page.Has(".pas-empty") || !strings.Contains(page.Text(), "CHF 4’000") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}

	empty := lea.Get(address+"/project").Submit("form.pas-form", url.Values{"words": {""}, "goals": {"Parler français"}})
	if empty.Status != http.StatusUnprocessableEntity || !empty.Has("textarea#words[aria-describedby]") || !strings.Contains(empty.Document.Find("textarea#goals").Text(), "Parler français") {
		t.Errorf("without words: %d\n%s", empty.Status, empty.Text())
	}
	page = empty.Submit("form.pas-form", url.Values{"words": {"Mon projet " + hostile}, "goals": {"Parler français\nMon appartement"}})
	if page.Status != http.StatusOK || strings.Contains(page.Body, hostile) || !strings.Contains(page.Text(), "Mon projet "+hostile) {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}

	step := page.Submit("#steps form.pas-form", url.Values{"kind": {"language"}})
	if step.Status != http.StatusOK || !step.Has("select#level") || step.Has("#asked_on") {
		t.Fatalf("the form of a language course: %d\n%s", step.Status, step.Text())
	}
	wrong := step.Submit("form.pas-form", url.Values{"what": {hostile}, "goal": {"Parler français"}, "state": {"done"}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#ended_on[aria-invalid=true]") || wrong.Document.Find("#what").AttrOr("value", "") != hostile {
		t.Errorf("done, and nobody knows when: %d\n%s", wrong.Status, wrong.Text())
	}
	page = wrong.Submit("form.pas-form", url.Values{"state": {"open"}, "begun_on": {"1.9.2026"}, "level": {"a2"}})
	if page.Status != http.StatusOK || strings.Contains(page.Body, hostile) || !strings.Contains(page.Document.Find("#goal-a").Text(), "A2") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}

	refer, ok := page.Document.Find("#goal-a a[href*='referrals/new']").Attr("href")
	if !ok {
		t.Fatal("nothing leads to a referral")
	}
	offices := lea.Get(refer)
	if n := offices.Document.Find("select#office option[value]:not([value=''])").Length(); n != 1 || !strings.Contains(offices.Text(), cast.School.Name) {
		t.Errorf("%d offices give courses:\n%s", n, offices.Text())
	}
	if all := lea.Get(strings.TrimSuffix(refer, "?kind=training")); all.Document.Find("select#office option[value]:not([value=''])").Length() < 3 {
		t.Errorf("the others are gone:\n%s", all.Text())
	}
}

// TestTwoEditors: the second one sees what the first wrote beside what was typed, and decides.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	leas, karims := lea.Get(address+"/project"), karim.Get(address+"/project")
	leas.Submit("form.pas-form", url.Values{"words": {"Le projet de Léa"}})
	conflict := karims.Submit("form.pas-form", url.Values{"words": {"Le projet de Karim"}})
	if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Document.Find(".pas-banner").Text(), "Le projet de Léa") || !strings.Contains(conflict.Document.Find("textarea#words").Text(), "Le projet de Karim") {
		t.Fatalf("%d:\n%s", conflict.Status, conflict.Text())
	}
	if page := conflict.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Document.Find("#project").Text(), "Le projet de Karim") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}

	step := lea.Get(address+"/step?kind=work").Submit("form.pas-form", url.Values{"what": {"Crèche"}})
	edit := step.Document.Find("#goal-none a[href*='step=']").AttrOr("href", "")
	leas, karims = lea.Get(edit), karim.Get(edit)
	leas.Submit("form.pas-form", url.Values{"what": {"Crèche du Lac"}})
	conflict = karims.Submit("form.pas-form", url.Values{"percent": {"60"}})
	if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Document.Find(".pas-banner").Text(), "Crèche du Lac") || conflict.Document.Find("#percent").AttrOr("value", "") != "60" {
		t.Errorf("%d:\n%s", conflict.Status, conflict.Text())
	}
}

func TestNothingOfOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site)
	claire, lea, ruth := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Lea), site.SignIn(t, cast.Ruth)
	for _, path := range []string{"", "/project", "/step"} {
		if page := claire.Get(address + path); page.Status != http.StatusNotFound {
			t.Errorf("Claire gets %d for %s", page.Status, path)
		}
	}
	for _, step := range []string{"nonsense", ids.New[dossiers.Dossier]().String()} {
		if page := lea.Get(address + "/step?step=" + step); page.Status != http.StatusNotFound {
			t.Errorf("a step that is none: %d", page.Status)
		}
	}
	if page := lea.Get(address + "/step?kind=nonsense"); page.Status != http.StatusOK || !page.Has("select#kind") {
		t.Errorf("a kind that is none: %d", page.Status)
	}
	if page := ruth.Get(address); page.Status != http.StatusOK || page.Has(".pas-dossier__content a[href*='project']") || page.Has("#steps form") {
		t.Errorf("Ruth looks, and changes nothing: %d\n%s", page.Status, page.Text())
	}
}
