package interviewsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `<script>alert(1)</script>`

func open(t *testing.T) (*webtest.Site, dossiers.ID) {
	t.Helper()
	site := webtest.Start(t)
	return site, opened(t, site, "Lomidak")
}

func opened(t *testing.T, site *webtest.Site, name dossiers.CodeName) dossiers.ID {
	t.Helper()
	dossier := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), dossier, dossiers.Particulars{CodeName: name, Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return dossier
}

func form(dossier dossiers.ID) string { return "/dossiers/" + dossier.String() + "/interviews/new" }

const written = "form[action='/interviews']:has([name=note])"

// TestAnInterviewOfADossier: wrong at first, what was typed stays; then it stands in the list, folded, and its step is a task.
func TestAnInterviewOfADossier(t *testing.T) {
	t.Parallel()
	site, dossier := open(t)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(form(dossier)).Submit(written, url.Values{"note": {hostile}, "minutes": {"soon"}, "hard": {"yes"}, "step_1": {"Appeler " + hostile}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary a[href='#kind']") || !page.Has(".govuk-error-summary a[href='#minutes']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if typed := page.Document.Find("textarea[name=note]").Text(); strings.TrimSpace(typed) != hostile || page.Has(".pas-main script:not([src])") {
		t.Errorf("what was typed became %q", typed)
	}
	page = page.Submit(written, url.Values{"kind": {"crisis"}, "minutes": {"90"}})
	if page.Status != http.StatusOK || page.URL.Path != "/dossiers/"+dossier.String()+"/interviews" {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if !page.Has("details:not([open]) .pas-prose") || page.Has(".pas-main script") || !strings.Contains(page.Body, "1 h 30") {
		t.Errorf("the difficult note is not folded away:\n%s", page.Text())
	}
	if tasks := lea.Get("/dossiers/" + dossier.String() + "/tasks"); !strings.Contains(tasks.Text(), "Appeler "+hostile) {
		t.Errorf("the next step is no task:\n%s", tasks.Text())
	}
	list := lea.Get("/interviews?kind=crisis")
	if !strings.Contains(list.Text(), "Lomidak") || strings.Contains(list.Text(), "alert(1)") {
		t.Errorf("the list of all says:\n%s", list.Text())
	}
	if list := lea.Get("/interviews?kind=phone&month=1999-01&member=x&before=y"); list.Status != http.StatusOK || !list.Has(".pas-empty") {
		t.Errorf("%d:\n%s", list.Status, list.Text())
	}
}

// TestFromAnywhere: the dossier is chosen along, among one's own or by its code name.
func TestFromAnywhere(t *testing.T) {
	t.Parallel()
	site, dossier := open(t)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get("/interviews/new")
	if page.Document.Find("select#dossier option").Length() != 2 || !page.Has(".pas-nav a[href='/interviews/new'][aria-current=page]") {
		t.Errorf("one's own dossiers are not offered:\n%s", page.Text())
	}
	if page = page.Submit(written, nil); !page.Has(".govuk-error-summary a[href='#dossier']") || !page.Has(".govuk-error-summary a[href^='#kind']") {
		t.Errorf("what is missing is not said at once:\n%s", page.Text())
	}
	page = page.Submit(written, url.Values{"kind": {"phone"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary a[href='#dossier']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit(written, url.Values{"code_name": {"nobody"}}); !page.Has(".govuk-error-summary a[href='#code_name']") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit(written, url.Values{"code_name": {"lomidak"}}); page.URL.Path != "/dossiers/"+dossier.String()+"/interviews" {
		t.Errorf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
}

// TestADraft is kept while one types, given back where it belongs, and gone once it is handed in or thrown away.
func TestADraft(t *testing.T) {
	t.Parallel()
	site, dossier := open(t)
	other := opened(t, site, "Belamit")
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(form(dossier))
	keep := func(page *webtest.Page, note string) *webtest.Page {
		return lea.Post("/interviews/drafts", url.Values{
			"_csrf": {lea.Token()}, "id": {page.Document.Find(written+" [name=id]").AttrOr("value", "")}, "dossier": {dossier.String()}, "kind": {"office"}, "note": {note}, "secret": {"x"},
		})
	}
	if !page.Has("form[data-draft='/interviews/drafts'] [role=status][data-failed]") || !page.Has("script[src*=draft]") {
		t.Error("nothing keeps what is typed")
	}
	if answer := keep(page, "Elle dit"); answer.Status != http.StatusOK || !strings.Contains(answer.Body, "Brouillon enregistré à ") {
		t.Fatalf("%d: %s", answer.Status, answer.Body)
	}
	again := lea.Get(form(dossier))
	if note := strings.TrimSpace(again.Document.Find("textarea[name=note]").Text()); note != "Elle dit" || !again.Has("input[name=kind][value=office][checked]") {
		t.Errorf("the draft came back as %q", note)
	}
	if elsewhere := lea.Get(form(other)); strings.Contains(elsewhere.Body, "Elle dit") || !elsewhere.Has("a[href='"+form(dossier)+"']") {
		t.Errorf("the draft is in another dossier's form, or nothing leads back to it:\n%s", elsewhere.Text())
	}
	if karims := site.SignIn(t, cast.Karim).Get(form(dossier)); strings.Contains(karims.Body, "Elle dit") {
		t.Error("Karim reads Léa's draft")
	}
	if page := again.Submit("form[action='/interviews/drafts/destroy']", nil); page.Status != http.StatusOK || strings.Contains(page.Body, "Elle dit") {
		t.Errorf("%d: the draft is still there", page.Status)
	}
	fresh := lea.Get(form(dossier))
	keep(fresh, "Encore")
	lea.Get(form(dossier)).Submit(written, url.Values{"held_on": {time.Now().AddDate(0, 0, -1).Format("02.01.2006")}, "held_from": {"10:00"}, "minutes": {"5"}})
	if page := lea.Get(form(dossier)); strings.Contains(page.Body, "Encore") {
		t.Error("what was handed in is still a draft")
	}
	if answer := site.SignIn(t, cast.Claire).Get(form(dossier)); answer.Status != http.StatusNotFound {
		t.Errorf("Claire gets %d", answer.Status)
	}
}

// TestCorrecting: what it said before stays readable, and of two who correct at once the second is shown what the first wrote.
func TestCorrecting(t *testing.T) {
	t.Parallel()
	site, dossier := open(t)
	id, at, minutes := ids.New[interviews.Interview](), time.Now().Add(-time.Hour), 30
	if _, err := site.App.Interviews.Record(cast.Lea.Context(t.Context()), interviews.Whose{Dossier: dossier}, id, interviews.Contents{
		Kind: "phone", HeldAt: &at, Minutes: &minutes, Account: interviews.Account{Note: "Premier texte."},
	}, nil); err != nil {
		t.Fatal(err)
	}
	address := "/interviews/" + id.String()
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	leas, karims := lea.Get(address+"/edit"), karim.Get(address+"/edit")
	const edit = "form:has([name=version])"
	if page := karims.Submit(edit, url.Values{"note": {"Deuxième texte."}}); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Deuxième texte.") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page := leas.Submit(edit, url.Values{"note": {"Troisième texte."}})
	if page.Status != http.StatusConflict || !strings.Contains(page.Text(), "Deuxième texte.") || strings.TrimSpace(page.Document.Find("textarea[name=note]").Text()) != "Troisième texte." {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit(edit, url.Values{"minutes": {"0"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d", page.Status)
	}
	if page = page.Submit(edit, url.Values{"minutes": {"31"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	shown := site.SignIn(t, cast.Ruth).Get(address)
	for _, text := range []string{"Premier texte.", "Deuxième texte.", "Troisième texte.", cast.Karim.Name} {
		if !strings.Contains(shown.Text(), text) {
			t.Errorf("the history lacks %q:\n%s", text, shown.Text())
		}
	}
	for person, want := range map[cast.Person]int{cast.Ruth: http.StatusForbidden, cast.Claire: http.StatusNotFound, cast.Noe: http.StatusForbidden} {
		if page := site.SignIn(t, person).Get(address + "/edit"); page.Status != want {
			t.Errorf("%s gets %d", person.Name, page.Status)
		}
	}
	if page := lea.Get("/interviews/" + ids.New[interviews.Interview]().String()); page.Status != http.StatusNotFound {
		t.Errorf("%d", page.Status)
	}
}
