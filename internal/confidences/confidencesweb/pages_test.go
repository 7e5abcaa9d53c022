package confidencesweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `"><script>alert(1)</script>`

// opened is a dossier of Karim's, and the page of the notes that Léa, a psychologist, has opened on it. Nina is one as well.
func opened(t *testing.T, site *webtest.Site) (lea *webtest.Browser, dossier string, circle *webtest.Page, nina tenantdb.PersonID) {
	t.Helper()
	id, nina := ids.New[dossiers.Dossier](), ids.New[tenantdb.Person]()
	site.Database.Exec(t, "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, 'Nina', 'nina@vaud.example', 'caseworker', $3, 'nina')", cast.Vaud.ID, nina, cast.VaudStaff.ID)
	if err := site.App.Dossiers.Open(cast.Karim.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Karim.ID}); err != nil {
		t.Fatal(err)
	}
	anna := site.SignIn(t, cast.Anna)
	for _, member := range []tenantdb.PersonID{cast.Lea.ID, nina} {
		page := anna.Get("/members/"+member.String()).Submit("#professions form", url.Values{"professions": {"psychological"}})
		if page.Status != http.StatusOK || !page.Has("#professions input[value=psychological][checked]") {
			t.Fatalf("%d:\n%s", page.Status, page.Text())
		}
	}
	lea, dossier = site.SignIn(t, cast.Lea), "/dossiers/"+id.String()
	circle = lea.Get(dossier+"/confidences").Submit("#open form", nil)
	if circle.Status != http.StatusOK || !strings.HasPrefix(circle.URL.Path, "/circles/") || !circle.Has(".pas-empty") {
		t.Fatalf("%d %s:\n%s", circle.Status, circle.URL, circle.Text())
	}
	return lea, dossier, circle, nina
}

// TestNotesFromTheFirstToTheLast walks the pages as a browser without scripts does.
func TestNotesFromTheFirstToTheLast(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, dossier, circle, nina := opened(t, site)
	path := circle.URL.Path
	page := lea.Get(path+"/notes/new").Submit("form.pas-form", url.Values{"noted_on": {"31.2.2026"}, "text": {hostile}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#noted_on']") || page.Document.Find("#text").Text() != hostile {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"noted_on": {time.Now().Format("02.01.2006")}})
	if page.Status != http.StatusOK || page.URL.Path != path || !strings.Contains(page.Text(), hostile) || strings.Contains(page.Body, "<script>alert") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("#holders form[action$='/removal']", nil); page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary") {
		t.Errorf("the last one leaves: %d", page.Status)
	}
	if page = lea.Get(path).Submit("#holders form[action$='/members']", url.Values{"member": {""}}); page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#member']") {
		t.Errorf("nobody is named: %d", page.Status)
	}
	if page = page.Submit("#holders form[action$='/members']", url.Values{"member": {nina.String()}}); page.Status != http.StatusOK || !strings.Contains(page.Document.Find("#members").Text(), "Nina") {
		t.Errorf("Nina is named: %d\n%s", page.Status, page.Text())
	}
	karim, claire := site.SignIn(t, cast.Karim), site.SignIn(t, cast.Claire)
	if page := karim.Get(dossier + "/confidences"); page.Status != http.StatusOK || !strings.Contains(page.Text(), cast.Lea.Name+", Nina") || page.Has("a[href^='/circles/']") || strings.Contains(page.Text(), hostile) {
		t.Errorf("Karim: %d\n%s", page.Status, page.Text())
	}
	if page := claire.Get(dossier + "/confidences"); page.Status != http.StatusNotFound {
		t.Errorf("Claire: %d", page.Status)
	}
	if page = lea.Get(path).Submit("#closure form", nil); page.Status != http.StatusOK || page.Has("#closure") || page.Has("a[href$='/notes/new']") || page.Has("a[href$='/edit']") {
		t.Errorf("it is not closed: %d\n%s", page.Status, page.Text())
	}
	if page = page.Submit("#holders form[action$='/removal']", nil); page.Status != http.StatusOK || page.URL.Path != "/dossiers" {
		t.Errorf("Léa leaves: %d %s", page.Status, page.URL)
	}
	if page = lea.Get(path); page.Status != http.StatusNotFound {
		t.Errorf("Léa, who has left: %d", page.Status)
	}
}

// TestTwoWindows: whoever saves second is told, keeps what was typed, and can then decide.
func TestTwoWindows(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, _, circle, _ := opened(t, site)
	page := lea.Get(circle.URL.Path+"/notes/new").Submit("form.pas-form", url.Values{"text": {"first"}})
	edit := page.Document.Find("a[href$='/edit']").AttrOr("href", "")
	striking := page.Document.Find("a[href$='/striking']").AttrOr("href", "")
	one, other := lea.Get(edit), lea.Get(edit)
	if page := other.Submit("form.pas-form", url.Values{"text": {"theirs"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = one.Submit("form.pas-form", url.Values{"text": {"mine"}})
	if page.Status != http.StatusConflict || page.Document.Find("#text").Text() != "mine" || page.Document.Find("#text-theirs .pas-prose").Text() != "theirs" {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Text(), "mine") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = lea.Get(striking).Submit("form.pas-form", url.Values{"reason": {""}}); page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#reason']") {
		t.Errorf("struck without a reason: %d", page.Status)
	}
	if page = page.Submit("form.pas-form", url.Values{"reason": {hostile}}); page.Status != http.StatusOK || page.Has("a[href$='/edit']") || !strings.Contains(page.Text(), hostile) {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

// TestHandedOn: Léa is no psychologist any more, and Karim, who coordinates, hands on what nobody holds, once he has confirmed with a passkey.
func TestHandedOn(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, dossier, circle, nina := opened(t, site)
	if page := lea.Get(circle.URL.Path+"/notes/new").Submit("form.pas-form", url.Values{"text": {"Canarysecret"}}); page.Status != http.StatusOK {
		t.Fatal(page.Status)
	}
	if err := site.App.Members.Practise(cast.Anna.Context(t.Context()), cast.Lea.ID, nil); err != nil {
		t.Fatal(err)
	}
	if page := lea.Get(circle.URL.Path); page.Status != http.StatusNotFound {
		t.Errorf("Léa: %d", page.Status)
	}
	karim := site.SignIn(t, cast.Karim)
	link := karim.Get(dossier+"/confidences").Document.Find("a[href$='/succession']").AttrOr("href", "")
	page := karim.Get(link)
	if page.Status != http.StatusOK || strings.Contains(page.Body, "Canarysecret") || page.Document.Find("#successor option").Length() != 2 {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"words": {hostile}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#successor']") || page.Document.Find("#words").Text() != hostile {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"successor": {nina.String()}})
	if page.Status != http.StatusOK || page.URL.Path != dossier+"/confidences" || !strings.Contains(page.Text(), "Nina") || page.Has("a[href$='/succession']") {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if page := karim.Get(circle.URL.Path); page.Status != http.StatusNotFound {
		t.Errorf("Karim, who handed it on: %d", page.Status)
	}
}
