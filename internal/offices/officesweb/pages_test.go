package officesweb_test

import (
	"bytes"
	"mime/multipart"
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

const hostile = `<script>alert(1)</script>`

// send sends a form that carries a file as a browser would.
func send(t *testing.T, site *webtest.Site, browser *webtest.Browser, target, body string, fields url.Values) *webtest.Page {
	t.Helper()
	form := browser.Get("/offices/import").Values("form[enctype='multipart/form-data']")
	for field, values := range fields {
		form[field] = values
	}
	var sent bytes.Buffer
	writer := multipart.NewWriter(&sent)
	for field := range form {
		if err := writer.WriteField(field, form.Get(field)); err != nil {
			t.Fatal(err)
		}
	}
	if body != "" {
		part, err := writer.CreateFormFile("file", "offices.csv")
		if err == nil {
			_, err = part.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+target, &sent)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", writer.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return browser.Do(request)
}

func expect(t *testing.T, page *webtest.Page, status int, selectors ...string) {
	t.Helper()
	if page.Status != status {
		t.Fatalf("%d, want %d:\n%s", page.Status, status, page.Text())
	}
	for _, selector := range selectors {
		if !page.Has(selector) {
			t.Errorf("%s is not on the page:\n%s", selector, page.Text())
		}
	}
	if page.Has("main script:not([nonce])") {
		t.Error("a script of somebody's stands on the page")
	}
}

// TestTheDirectoryByPlainForms keeps the directory as a coordinator does, without scripts.
func TestTheDirectoryByPlainForms(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	karim := site.SignIn(t, cast.Karim)

	authority := karim.Get("/bodies/new?kind=authority").Submit("form.pas-form", url.Values{"name": {"Direction"}})
	expect(t, authority, http.StatusOK, "#bodies-authority tbody tr")
	form := karim.Get("/bodies/new?kind=region")
	wrong := form.Submit("form.pas-form", url.Values{"name": {hostile}, "valid_from": {"2.1.2026"}, "valid_until": {"1.1.2026"}})
	expect(t, wrong, http.StatusUnprocessableEntity, ".govuk-error-summary a[href='#valid_until']", "input#valid_from[value='2.1.2026']")
	expect(t, wrong.Submit("form.pas-form", url.Values{"valid_until": {""}}), http.StatusOK, "#bodies-region tbody tr")
	if page := karim.Get("/bodies/new?kind=nonsense"); page.URL.Path != "/bodies" {
		t.Errorf("a kind that is none leads to %s", page.URL)
	}

	form = karim.Get("/offices/new")
	wrong = form.Submit("form.pas-form", url.Values{"name": {"Accueil " + hostile}, "hours_MO": {"whenever"}, "website": {"javascript:alert(1)"}})
	expect(t, wrong, http.StatusUnprocessableEntity, ".govuk-error-summary a[href='#kind']", "a[href='#hours_MO']", "input#hours_MO[value=whenever]")
	wrong = wrong.Submit("form.pas-form", url.Values{"kind": {"social"}, "hours_MO": {"8h30-11.30, 13:30–17 (guichet)"}})
	expect(t, wrong, http.StatusUnprocessableEntity, ".govuk-error-summary a[href='#website']")
	shown := wrong.Submit("form.pas-form", url.Values{"website": {"https://accueil.example"}, "phone": {"+41 21 000 00 01"}, "services": {"A\nB\n"}})
	expect(t, shown, http.StatusOK, "#standing", "#offer", "#ceiling", "#acts")
	office := shown.URL.Path
	if !strings.Contains(shown.Text(), "13:30-17:00 (guichet)") {
		t.Errorf("its hours:\n%s", shown.Text())
	}
	again := karim.Post("/offices", form.Values("form.pas-form"))
	if again.Status != http.StatusUnprocessableEntity {
		t.Errorf("an empty form: %d", again.Status)
	}

	said := shown.Submit("form[action='"+office+"/capacity']", url.Values{"capacity": {"3"}})
	expect(t, said, http.StatusUnprocessableEntity, "a[href='#capacity_unit']", "input#capacity[value='3']")
	said = said.Submit("form[action='"+office+"/capacity']", url.Values{"capacity_unit": {"places"}, "capacity_said_on": {"1.11.2026"}, "capacity_said_by": {"Accueil"}})
	expect(t, said, http.StatusOK, "#offer .govuk-tag")
	region := said.Document.Find("select#region option").Last().AttrOr("value", "")
	settled := said.Submit("form[action='"+office+"/regions']", url.Values{"region": {region}, "region_from": {"1.1.2026"}})
	expect(t, settled, http.StatusOK, "#regions-table tbody tr")
	earlier := karim.Get(office + "?on=31.12.2025")
	expect(t, earlier, http.StatusOK, "input#on[value='31.12.2025']")
	expect(t, karim.Get(office+"?on=nonsense"), http.StatusOK, "#on-error")

	agreed := karim.Get(office+"/agreements/new").Submit("form.pas-form", url.Values{"subject": {"Accueil direct"}, "valid_from": {"1.1.2026"}})
	expect(t, agreed, http.StatusUnprocessableEntity, "a[href='#valid_until']", "input#subject[value='Accueil direct']")
	agreed = agreed.Submit("form.pas-form", url.Values{"valid_until": {"31.12.2026"}})
	expect(t, agreed, http.StatusOK, "#agreements-table tbody tr")
	edit := agreed.Document.Find("#agreements-table a").AttrOr("href", "")
	expect(t, karim.Get(edit).Submit("form.pas-form", url.Values{"remind_days": {""}, "filed_at": {"Classeur"}}), http.StatusOK, "#agreements-table tbody tr")

	// Two editors: the second is shown what the first has saved.
	mine := karim.Get(office + "/edit")
	anna := site.SignIn(t, cast.Anna)
	expect(t, anna.Get(office+"/edit").Submit("form.pas-form", url.Values{"place": {"Renens"}}), http.StatusOK)
	conflict := mine.Submit("form.pas-form", url.Values{"place": {"Bussigny"}})
	expect(t, conflict, http.StatusConflict, "#theirs", "input#place[value=Bussigny]")
	expect(t, conflict.Submit("form.pas-form", nil), http.StatusOK)

	closing := anna.Get(office+"/closure").Submit("form.pas-form", url.Values{"successor": {cast.CSR.ID.String()}})
	expect(t, closing, http.StatusOK, "form[action='"+office+"/reopening']", ".govuk-inset-text")
	expect(t, closing.Submit("form[action='"+office+"/reopening']", nil), http.StatusOK, "a[href='"+office+"/closure']")
	used := anna.Get("/offices/" + cast.CSR.ID.String())
	expect(t, used.Submit("form[action='/offices/"+cast.CSR.ID.String()+"/removal']", nil), http.StatusUnprocessableEntity, ".govuk-error-summary")

	// Who reads alone is offered nothing to change; the other canton and people of offices find nothing.
	for _, reader := range []cast.Person{cast.Lea, cast.Ruth} {
		page := site.SignIn(t, reader).Get(office)
		expect(t, page, http.StatusOK, "#standing")
		if page.Has("main form[method=post]") {
			t.Errorf("%s is offered to change something", reader.Name)
		}
	}
	claire := site.SignIn(t, cast.Claire)
	foreign, absent := claire.Get(office), claire.Get("/offices/00000000-0000-4000-8000-000000000001")
	if foreign.Status != http.StatusNotFound || absent.Status != http.StatusNotFound {
		t.Errorf("in Genève: %d and %d", foreign.Status, absent.Status)
	}
	for _, path := range []string{"/offices", office, "/bodies", "/offices/import", edit} {
		for _, stranger := range []cast.Person{cast.Noe, cast.Sami} {
			if page := site.SignIn(t, stranger).Get(path); page.Status < 400 {
				t.Errorf("%s opens %s: %d", stranger.Name, path, page.Status)
			}
		}
	}
}

func TestFilesComeAndGo(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	expect(t, send(t, site, anna, "/offices/import", "", nil), http.StatusUnprocessableEntity, ".govuk-error-summary a[href='#file']")
	expect(t, send(t, site, anna, "/offices/import", "name,tenant_id\nX,1\n", nil), http.StatusUnprocessableEntity, ".govuk-error-summary a[href='#file']")
	wrong := send(t, site, anna, "/offices/import", "name,kind\n"+hostile+",police\n", nil)
	expect(t, wrong, http.StatusOK, "#rows tbody tr .govuk-tag--red")
	if wrong.Has("form[action='/offices/import/writing']") {
		t.Error("what is not clear can be imported")
	}
	// Whoever posts it all the same is told the same, and nothing is written.
	expect(t, send(t, site, anna, "/offices/import/writing", "", url.Values{"text": {"name,kind\nX,police\n"}, "kind": {""}}), http.StatusUnprocessableEntity, "#rows")
	ready := send(t, site, anna, "/offices/import", "name,kind,place,phone\n\"Accueil, guichet\",social,Morges,'+41 21 000 00 01\n", nil)
	expect(t, ready, http.StatusOK, "form[action='/offices/import/writing'] input[name=text]", "#rows .govuk-tag--green")
	list := send(t, site, anna, "/offices/import/writing", "", url.Values{"text": {ready.Values("form[action='/offices/import/writing']").Get("text")}, "kind": {""}})
	if expect(t, list, http.StatusOK); !strings.Contains(list.Text(), "Accueil, guichet") {
		t.Errorf("the list:\n%s", list.Text())
	}
	for format, begins := range map[string]string{"csv": "\xef\xbb\xbfid,name,kind", "hsds": "{\n  \"total_items\""} {
		page := anna.Get("/offices/import").Submit("form[action='/offices/export']", url.Values{"format": {format}})
		if page.Status != http.StatusOK || !strings.HasPrefix(page.Body, begins) || !strings.HasPrefix(page.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %.60q", format, page.Status, page.Body)
		}
	}
	if page := anna.Get("/offices/import").Submit("form[action='/offices/export']", url.Values{"format": {"xml"}}); page.Status != http.StatusNotFound {
		t.Errorf("another format: %d", page.Status)
	}
	if page := anna.Get("/offices/template"); page.Status != http.StatusOK || !strings.Contains(page.Body, "capacity_said_by") {
		t.Errorf("the template: %d %q", page.Status, page.Body)
	}
}

// TestAReferralToAnOfficeThatDoesNotReadHere: who chooses sees it, and who writes is told how to reach the office.
func TestAReferralToAnOfficeThatDoesNotReadHere(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), dossier, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	karim := site.SignIn(t, cast.Karim)
	school := "/offices/" + cast.School.ID.String()
	expect(t, karim.Get(school+"/edit").Submit("form.pas-form", url.Values{"phone": {"+41 21 000 00 05"}}), http.StatusOK)

	lea := site.SignIn(t, cast.Lea)
	choice := lea.Get("/dossiers/" + dossier.String() + "/referrals/new")
	expect(t, choice, http.StatusOK, "#choice-table tbody tr")
	draft := choice.Submit("form.pas-form", url.Values{"office": {cast.School.ID.String()}})
	expect(t, draft, http.StatusOK, ".govuk-inset-text")
	if !strings.Contains(draft.Text(), "+41 21 000 00 05") {
		t.Errorf("how to reach it:\n%s", draft.Text())
	}
	here := lea.Get("/dossiers/"+dossier.String()+"/referrals/new").Submit("form.pas-form", url.Values{"office": {cast.CSR.ID.String()}})
	if expect(t, here, http.StatusOK); strings.Contains(here.Text(), "+41 21") {
		t.Error("whoever reads here is to be called")
	}
	// It closes: the draft stays, and says where one turns now.
	expect(t, karim.Get(school+"/closure").Submit("form.pas-form", url.Values{"successor": {cast.CSR.ID.String()}}), http.StatusOK)
	closed := lea.Get(draft.URL.Path)
	expect(t, closed, http.StatusOK, ".govuk-inset-text a[href='/offices/"+cast.CSR.ID.String()+"']")
}
