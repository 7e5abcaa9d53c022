package identificationsweb_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/identifications"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `<script>alert(1)</script>`

func says(t *testing.T, page *webtest.Page, status int, sentences ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(page.Text()), " ")
	if page.Status != status {
		t.Errorf("%s: %d, want %d", page.URL, page.Status, status)
	}
	for _, sentence := range sentences {
		if !strings.Contains(text, sentence) {
			t.Errorf("%s does not say %q:\n%s", page.URL, sentence, text)
		}
	}
	if page.Has("main script") {
		t.Errorf("%s: what somebody typed became a script", page.URL)
	}
}

func opened(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String() + "/identification"
}

func TestAnAssessment(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	page := opened(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	says(t, lea.Get(page), http.StatusOK, "Aucune évaluation", "Ils ne constatent rien")

	typed := url.Values{"answer_recruited": {"yes"}, "answer_housed": {"yes"}, "own_view": {hostile}}
	wrong := lea.Get(page+"/new").Submit("form.pas-form", typed)
	says(t, wrong, http.StatusUnprocessableEntity, "des réponses seules n’en sont pas une")
	if again := wrong.Values("form.pas-form"); again.Get("own_view") != hostile || again.Get("answer_recruited") != "yes" {
		t.Errorf("what was typed is gone: %v", again)
	}
	says(t, wrong.Submit("form.pas-form", url.Values{"judgement": {"Présumée"}}), http.StatusOK, "Présumée", hostile, "raison de chercher plus loin", "pas encore relue")
	if begun := lea.Get(page + "/new").Values("form.pas-form"); begun.Get("answer_recruited") != "yes" || begun.Get("judgement") != "" {
		t.Errorf("a new assessment begins with %v", begun)
	}
	if got := lea.Get(page + "/new?set=" + strings.Repeat("0", 64)).Status; got != http.StatusNotFound {
		t.Errorf("a set that is none is %d", got)
	}

	if lea.Get(page).Has("main a[href$='/reading']") {
		t.Error("the writer may read her own assessment")
	}
	reading, _ := karim.Get(page).Document.Find("main a[href$='/reading']").Attr("href")
	says(t, lea.Post(reading, url.Values{"_csrf": {lea.Token()}, "opinion": {"agrees"}}), http.StatusUnprocessableEntity, "Une autre personne que celle qui l’a écrite")
	half := karim.Get(reading).Submit("form.pas-form", url.Values{"opinion": {"differs"}})
	says(t, half, http.StatusUnprocessableEntity, "Dites en quoi vous n’êtes pas d’accord.")
	says(t, half.Submit("form.pas-form", url.Values{"words": {hostile}}), http.StatusOK, "pas d’accord", hostile, cast.Karim.Name)

	claire := site.SignIn(t, cast.Claire)
	for _, foreign := range []string{page, page + "/new", reading} {
		if got := claire.Get(foreign).Status; got != http.StatusNotFound {
			t.Errorf("Genève: %s is %d", foreign, got)
		}
	}
	if looked := site.SignIn(t, cast.Ruth).Get(page); looked.Status != http.StatusOK || looked.Has("main a.govuk-button") {
		t.Errorf("an auditor sees %d, with something to do", looked.Status)
	}
}

// upload sends the form of a set with a file.
func upload(t *testing.T, site *webtest.Site, browser *webtest.Browser, name string, file []byte) *webtest.Page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range map[string]string{"_csrf": browser.Token(), "name": name, "edition": "2026"} {
		if err := form.WriteField(field, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "../../etc/passwd.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/indicator-sets", &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return browser.Do(request)
}

func TestASetIsLoaded(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	page := opened(t, site)
	karim := site.SignIn(t, cast.Karim)
	says(t, karim.Get("/indicator-sets"), http.StatusOK, "fournie avec Passerelle")
	template, err := identifications.Template()
	if err != nil {
		t.Fatal(err)
	}
	if got := karim.Get("/indicator-sets/template"); got.Status != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("the template is %d, %s", got.Status, got.Header.Get("Content-Type"))
	}
	for sentence, file := range map[string][]byte{
		"Choisissez un fichier.":                  nil,
		"La première ligne doit être":             []byte("a;b\n"),
		"Ligne 7 : une cellule commence comme":    bytes.Replace(template, []byte("act,act,,,"), []byte("act,=cmd,,,"), 1),
		"Ce fichier n’est pas du texte en UTF-8.": {0xff, 0xfe, 'g', 0},
		"Ce fichier est trop grand : 200 Ko":      bytes.Repeat([]byte("# x\n"), identifications.MaxBytes/4+1),
	} {
		refused := upload(t, site, karim, hostile, file)
		says(t, refused, http.StatusUnprocessableEntity, sentence)
		if got := refused.Values("form.pas-form").Get("name"); got != hostile {
			t.Errorf("what was typed is gone: %q", got)
		}
	}
	says(t, upload(t, site, karim, "Officielle "+hostile, template), http.StatusOK, "Officielle", "Liste chargée.")
	says(t, site.SignIn(t, cast.Lea).Get(page+"/new"), http.StatusOK, "Officielle", "Passerelle, édition 1")
	for _, person := range []cast.Person{cast.Lea, cast.Ruth} {
		if got := upload(t, site, site.SignIn(t, person), "X", template).Status; got != http.StatusForbidden {
			t.Errorf("%s loads a set: %d", person.Name, got)
		}
	}
	if sets := site.SignIn(t, cast.Marc).Get("/indicator-sets"); strings.Contains(sets.Text(), "Officielle") {
		t.Error("Genève sees the set of Vaud")
	}
}
