package tasksweb_test

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

const (
	hostile = `<script>alert(1)</script>`
	written = "form:has([name=due_on])"
)

// TestTheDayOfATask: added with a mistake, mended, done by one press, opened again, changed, dropped.
func TestTheDayOfATask(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	lea := site.SignIn(t, cast.Lea)
	of := "/dossiers/" + dossier.String() + "/tasks"
	page := lea.Get(of+"/new").Submit(written, url.Values{"text": {hostile}, "due_on": {"31.2.2027"}, "every": {"2"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary a[href='#due_on']") || page.Document.Find("[name=text]").AttrOr("value", "") != hostile || page.Has(".pas-main script") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if !page.Has(".govuk-error-summary a[href='#every']") {
		t.Errorf("nothing is said of the unit:\n%s", page.Text())
	}
	if page = page.Submit(written, url.Values{"due_on": {"28.2.2027"}, "unit": {"weeks"}}); page.URL.Path != of || !strings.Contains(page.Text(), hostile) || page.Has(".pas-main script") {
		t.Fatalf("%s:\n%s", page.URL, page.Text())
	}
	mine := lea.Get("/tasks")
	if !strings.Contains(mine.Text(), "Lomidak") || strings.Contains(mine.Text(), "alert(1)") {
		t.Errorf("my tasks say:\n%s", mine.Text())
	}
	mine = mine.Submit("form[action$='/ending'][hx-post]", nil)
	if mine.URL.Path != "/tasks" || !mine.Has("#tasks-ended") || !mine.Has("#tasks-later") {
		t.Fatalf("done, and the next one made: %s\n%s", mine.URL, mine.Text())
	}
	if mine = mine.Submit("form[action$='/ending/destroy']", nil); mine.Has("#tasks-ended") {
		t.Errorf("it is still done:\n%s", mine.Text())
	}
	edit := lea.Get(mine.Document.Find("a[href$='/edit']").First().AttrOr("href", ""))
	theirs := site.SignIn(t, cast.Karim).Get(edit.URL.Path)
	if page := theirs.Submit(written, url.Values{"text": {"Appeler l’école"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = edit.Submit(written, url.Values{"text": {"Écrire à l’école"}})
	if page.Status != http.StatusConflict || !strings.Contains(page.Text(), "Appeler l’école") || page.Document.Find("[name=text]").AttrOr("value", "") != "Écrire à l’école" {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit(written, url.Values{"assignee": {cast.Karim.ID.String()}}); page.URL.Path != of || !strings.Contains(page.Text(), cast.Karim.Name) {
		t.Errorf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if page := lea.Get(edit.URL.Path).Submit("form[action$='/ending']", nil); page.URL.Path != "/tasks" {
		t.Errorf("dropping leads to %s", page.URL)
	}
	for person, want := range map[cast.Person]int{cast.Ruth: http.StatusForbidden, cast.Claire: http.StatusNotFound, cast.Noe: http.StatusForbidden, cast.Karim: http.StatusOK} {
		if page := site.SignIn(t, person).Get(edit.URL.Path); page.Status != want {
			t.Errorf("%s gets %d", person.Name, page.Status)
		}
	}
}

// TestATaskWithoutADossier is its assignee's alone.
func TestATaskWithoutADossier(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get("/tasks/new").Submit(written, url.Values{"text": {"Préparer le colloque"}, "due_on": {"31.12.2026"}})
	if page.URL.Path != "/tasks" || !strings.Contains(page.Text(), "Préparer le colloque") {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if page := site.SignIn(t, cast.Karim).Get(page.Document.Find("a[href$='/edit']").AttrOr("href", "")); page.Status != http.StatusNotFound {
		t.Errorf("Karim gets %d", page.Status)
	}
}
