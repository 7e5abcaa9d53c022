package connectionsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const secret = "nobody reads this again"

// From a draft to what two have agreed on, without JavaScript, through the provider's own page.
func TestAConnectionIsChanged(t *testing.T) {
	site := webtest.Start(t)
	anna, boris := site.SignIn(t, cast.Anna), site.SignIn(t, cast.Boris)
	vaud := "/connections/" + cast.VaudStaff.ID

	list := anna.Get("/connections")
	if list.URL.Path != "/connections" || !list.Has("a[href='"+vaud+"']") || strings.Contains(list.Text(), cast.Geneve.Name) {
		t.Fatalf("%s\n%s", list.URL, list.Text())
	}
	form := anna.Get(vaud + "/edit")
	if !strings.Contains(form.Text(), site.URL+"/oidc/vaud/callback") {
		t.Error("the redirect address is not there to be copied")
	}
	// Looking at the provider, with the button and as one types.
	values := form.Values("#connection-form")
	values.Set("act", "check")
	checked := anna.Post(vaud, values)
	if checked.Status != http.StatusOK || !checked.Has("#checks-table") || strings.Contains(checked.Body, "govuk-tag--red") {
		t.Errorf("%d %s", checked.Status, checked.Text())
	}
	typed := anna.Post("/connections/checks", url.Values{"_csrf": values["_csrf"], "id": values["id"], "issuer": {"https://login.microsoftonline.com/common/v2.0"}, "scopes": {"openid"}})
	if typed.Status != http.StatusOK || !strings.Contains(typed.Text(), "tenant ID") || typed.Has("main") {
		t.Errorf("%d %s", typed.Status, typed.Text())
	}
	// What is wrong stands beside its field, and what was typed stays; but for the secret.
	wrong := form.Submit("#connection-form", url.Values{"issuer": {"http://id.example.ch"}, "name": {"Vaud, autrement"}, "secret": {secret}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#issuer-error") || wrong.Values("#connection-form").Get("name") != "Vaud, autrement" || strings.Contains(wrong.Body, secret) {
		t.Errorf("%d %s", wrong.Status, wrong.Text())
	}
	draft := form.Submit("#connection-form", url.Values{"name": {"Vaud, autrement"}})
	if draft.Status != http.StatusOK || draft.URL.Path != vaud {
		t.Fatalf("%d %s %s", draft.Status, draft.URL, draft.Text())
	}
	if draft.Has("form[action='" + vaud + "/proposal']") {
		t.Error("what was not tried can be proposed")
	}
	_, target, ok := strings.Cut(draft.SubmitButton("form[action='"+vaud+"/trial'] button").Header.Get("Refresh"), "url=")
	if !ok {
		t.Fatal("the trial leads nowhere")
	}
	cookies := len(anna.Cookies())
	trial := anna.Get(target).SubmitButton("button:contains('" + cast.Anna.Email + "')")
	if trial.URL.Path != vaud+"/trial" || !trial.Has("#claims-table") || !strings.Contains(trial.Text(), cast.Anna.Name+" (") {
		t.Fatalf("%s %s", trial.URL, trial.Text())
	}
	if page := anna.Get("/connections"); page.URL.Path != "/connections" || len(anna.Cookies()) > cookies {
		t.Error("the trial changed who is signed in")
	}
	if page := boris.Get(vaud + "/trial"); page.Has("#claims-table") {
		t.Error("Boris sees what the provider said of Anna")
	}
	proposed := anna.Get(vaud).SubmitButton("form[action='" + vaud + "/proposal'] button")
	if proposed.Status != http.StatusOK || proposed.Has("form[action='"+vaud+"/approval']") {
		t.Fatalf("%d: Anna can approve it herself: %s", proposed.Status, proposed.Text())
	}
	if answer := anna.Post(vaud+"/approval", url.Values{"_csrf": {anna.Token()}}); answer.Status != http.StatusUnprocessableEntity {
		t.Errorf("Anna has approved it herself: %d", answer.Status)
	}
	if page := boris.Get("/connections"); !strings.Contains(page.Text(), "attend une approbation") {
		t.Errorf("Boris is not told: %s", page.Text())
	}
	approved := boris.Get(vaud).SubmitButton("form[action='" + vaud + "/approval'] button")
	if approved.Status != http.StatusOK || !strings.Contains(approved.Text(), "Entre en vigueur le") {
		t.Fatalf("%d %s", approved.Status, approved.Text())
	}
	if page := anna.Get("/connections"); !strings.Contains(page.Text(), "Si vous n’en savez rien, retirez-le") {
		t.Errorf("Anna is not told: %s", page.Text())
	}
	withdrawn := anna.Get(vaud).SubmitButton("form[action='" + vaud + "/withdrawal'] button")
	if withdrawn.Status != http.StatusOK || !withdrawn.Has("#history-table") {
		t.Errorf("%d %s", withdrawn.Status, withdrawn.Text())
	}
	for _, page := range []string{vaud, vaud + "/edit", "/connections", "/connections/new"} {
		if strings.Contains(anna.Get(page).Body, secret) {
			t.Errorf("%s shows a secret", page)
		}
	}
	if strings.Contains(site.Log.String(), secret) {
		t.Error("the log has the secret")
	}
}

// Nobody else sets up how people sign in, and to another canton it does not exist.
func TestConnectionsAreTheAdministrators(t *testing.T) {
	site := webtest.Start(t)
	vaud := "/connections/" + cast.VaudStaff.ID
	diane := site.SignIn(t, cast.Diane)
	for _, path := range []string{vaud, vaud + "/edit", vaud + "/trial", "/connections/" + cast.Offices.ID, "/connections/c0110000-0000-4000-8000-0000000000ff"} {
		if page := diane.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("Diane, %s: %d", path, page.Status)
		}
	}
	for _, path := range []string{vaud, vaud + "/trial", vaud + "/proposal", vaud + "/approval", vaud + "/withdrawal", vaud + "/ending"} {
		if page := diane.Post(path, url.Values{"_csrf": {diane.Token()}}); page.Status != http.StatusNotFound {
			t.Errorf("Diane posts to %s: %d", path, page.Status)
		}
	}
	for _, person := range []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Noe} {
		browser := site.SignIn(t, person)
		for _, path := range []string{"/connections", "/connections/new", vaud} {
			if page := browser.Get(path); page.Status != http.StatusForbidden {
				t.Errorf("%s, %s: %d", person.Name, path, page.Status)
			}
		}
	}
	page := diane.Get("/connections")
	later := page.Submit("form[action='/connections/delay']", url.Values{"delay": {"48"}})
	if later.Status != http.StatusOK || later.Values("form[action='/connections/delay']").Get("delay") != "48" {
		t.Errorf("%d %s", later.Status, later.Text())
	}
	if answer := page.Submit("form[action='/connections/delay']", url.Values{"delay": {"0"}}); answer.Status != http.StatusConflict {
		t.Errorf("an old page set the delay: %d", answer.Status)
	}
}
