package claimsweb_test

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

func opened(t *testing.T, site *webtest.Site, person dossiers.Beneficiary) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Proceedings, ResponsibleID: cast.Lea.ID, Beneficiary: person}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String() + "/assistance"
}

// TestAssistance dates an offence, claims something, and says who pays, as a browser without scripts does.
func TestAssistance(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site, dossiers.Beneficiary{ExploitationCantons: []string{"VD"}})
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	if page := lea.Get(address); page.Status != http.StatusOK || page.Document.Find(".pas-empty").Length() != 2 || page.Has(".pas-dates") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}

	wrong := lea.Get(address+"/offence").Submit("form.pas-form", url.Values{"from": {"2.2.2024"}, "until": {"1.2.2024"}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#until[aria-invalid=true]") || wrong.Document.Find("#from").AttrOr("value", "") != "2.2.2024" {
		t.Errorf("%d:\n%s", wrong.Status, wrong.Text())
	}
	karims := karim.Get(address + "/offence")
	page := wrong.Submit("form.pas-form", url.Values{"until": {"1.2.2025"}})
	if page.Status != http.StatusOK || !page.Has(".pas-dates time[datetime='2029-02-02']") {
		t.Errorf("five years of the offence: %d\n%s", page.Status, page.Text())
	}
	conflict := karims.Submit("form.pas-form", url.Values{"from": {"3.3.2024"}})
	if conflict.Status != http.StatusConflict || !strings.Contains(conflict.Document.Find(".pas-banner").Text(), "02.02.2024") || conflict.Document.Find("#from").AttrOr("value", "") != "3.3.2024" {
		t.Errorf("%d:\n%s", conflict.Status, conflict.Text())
	}

	page = lea.Get(address+"/claim?kind=compensation").Submit("form.pas-form", url.Values{"asked_on": {"1.10.2025"}, "office": {hostile}, "note": {hostile}})
	if page.Status != http.StatusOK || strings.Contains(page.Body, hostile) || !strings.Contains(page.Document.Find("#claims-table").Text(), hostile) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	edit := lea.Get(page.Document.Find("#claims-table a[href*='claim=']").AttrOr("href", ""))
	if again := edit.Submit("form.pas-form", url.Values{"decision": {"granted"}}); again.Status != http.StatusUnprocessableEntity || !again.Has("#decided_on[aria-invalid=true]") || again.Document.Find("#office").AttrOr("value", "") != hostile {
		t.Errorf("%d:\n%s", again.Status, again.Text())
	}

	page = lea.Get(address+"/payer").Submit("form.pas-form", url.Values{"payer": {"immediate_help"}, "from_on": {"1.3.2025"}, "until_on": {"4.4.2025"}})
	if page.Status != http.StatusOK || !page.Has("#payers rect") || !page.Has("#payers .govuk-warning-text") {
		t.Fatalf("nobody says that nobody pays: %d\n%s", page.Status, page.Text())
	}
	page = lea.Get(page.Document.Find("#payers a[href*='payer=']").AttrOr("href", "")).Submit("form[action$='/destroy']", nil)
	if page.Status != http.StatusOK || page.Has("#payers rect") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

// What was done abroad excludes sums, and asks whether the person lived here (LAVI 3, 17).
func TestAbroad(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site, dossiers.Beneficiary{ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"}})
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(address)
	if page.Status != http.StatusOK || page.Has("a[href$='kind=compensation']") || !page.Has("a[href$='kind=immediate_help']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	form := lea.Get(address + "/offence")
	if form.Has("#from") || !form.Has("#lived_here") {
		t.Errorf("%d:\n%s", form.Status, form.Text())
	}
	if page := form.Submit("form.pas-form", url.Values{"lived_here": {"no"}}); page.Status != http.StatusOK || page.Has("a[href$='kind=immediate_help']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page := lea.Get(address+"/claim").Submit("form.pas-form", url.Values{"kind": {"compensation"}, "asked_on": {"1.10.2025"}}); page.Status != http.StatusUnprocessableEntity || !page.Has("#kind[aria-invalid=true]") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

func TestNothingOfOthers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	address := opened(t, site, dossiers.Beneficiary{})
	claire, lea, ruth := site.SignIn(t, cast.Claire), site.SignIn(t, cast.Lea), site.SignIn(t, cast.Ruth)
	for _, path := range []string{"", "/offence", "/claim", "/payer"} {
		if page := claire.Get(address + path); page.Status != http.StatusNotFound {
			t.Errorf("Claire gets %d for %s", page.Status, path)
		}
	}
	for _, query := range []string{"/claim?claim=", "/payer?payer="} {
		for _, id := range []string{"nonsense", ids.New[dossiers.Dossier]().String()} {
			if page := lea.Get(address + query + id); page.Status != http.StatusNotFound {
				t.Errorf("%s%s: %d", query, id, page.Status)
			}
		}
	}
	if page := ruth.Get(address); page.Status != http.StatusOK || page.Has(".pas-dossier__content a[href*='assistance']") {
		t.Errorf("Ruth looks, and changes nothing: %d\n%s", page.Status, page.Text())
	}
}
