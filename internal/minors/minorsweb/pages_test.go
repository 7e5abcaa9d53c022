package minorsweb_test

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

func TestAChild(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	born := time.Now().AddDate(-16, 0, -10)
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{
		CodeName: "Gisodar", Phase: dossiers.Identification, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{BirthDate: &born},
	}); err != nil {
		t.Fatal(err)
	}
	lea, page := site.SignIn(t, cast.Lea), "/dossiers/"+id.String()+"/childhood"
	says(t, lea.Get(page), http.StatusOK, "16 ans", "mineur·e", "Curatrice ou curateur")

	form := lea.Get(page + "/ages/new")
	wrong := form.Submit("form.pas-form", url.Values{"by": {hostile}})
	says(t, wrong, http.StatusUnprocessableEntity, "Choisissez une constatation.")
	if got := wrong.Values("form.pas-form").Get("by"); got != hostile {
		t.Errorf("what was typed is gone: %q", got)
	}
	says(t, wrong.Submit("form.pas-form", url.Values{"finding": {"disputed"}, "found_on": {time.Now().AddDate(0, 0, -1).Format("02.01.2006")}}),
		http.StatusOK, "Âge contesté", hostile, "compte comme mineur·e")

	says(t, lea.Get(page+"/guardians/new").Submit("form.pas-form", url.Values{"role": {"curator"}, "since": {"1.10.2026"}, "name": {"Mme Rey"}}), http.StatusOK, "Mme Rey")
	link, _ := lea.Get(page).Document.Find("#guardians-table a").Attr("href")
	mine, theirs := lea.Get(link), lea.Get(link)
	says(t, mine.Submit("form.pas-form", url.Values{"name": {"Mme Rey-Favre"}}), http.StatusOK, "Mme Rey-Favre")
	conflict := theirs.Submit("form.pas-form", url.Values{"name": {"M. Blanc"}})
	says(t, conflict, http.StatusConflict, "Mme Rey-Favre")
	if got := conflict.Values("form.pas-form").Get("name"); got != "M. Blanc" {
		t.Errorf("what was typed is gone: %q", got)
	}
	says(t, conflict.Submit("form.pas-form", nil), http.StatusOK, "M. Blanc")

	says(t, lea.Get(page+"/reports/new").Submit("form.pas-form", nil), http.StatusUnprocessableEntity, "Indiquez l’autorité.")
	says(t, lea.Get(page+"/reports/new").Submit("form.pas-form", url.Values{"reported_on": {"1.10.2026"}, "authority": {"DGEJ"}, "contents": {hostile}}), http.StatusOK, "DGEJ", "sans réponse")
	report, _ := lea.Get(page).Document.Find("#reports p a").Attr("href")
	says(t, lea.Get(report).Submit("form.pas-form", url.Values{"answered_on": {"2.10.2026"}, "answer": {"Curatelle instituée"}}), http.StatusOK, "Curatelle instituée")

	claire := site.SignIn(t, cast.Claire)
	for _, foreign := range []string{page, page + "/ages/new", page + "/guardians/new", page + "/reports/new", link, report} {
		if got := claire.Get(foreign).Status; got != http.StatusNotFound {
			t.Errorf("Genève: %s is %d", foreign, got)
		}
	}
	ruth := site.SignIn(t, cast.Ruth)
	if looked := ruth.Get(page); looked.Status != http.StatusOK || looked.Has("main a.govuk-button") {
		t.Errorf("an auditor sees %d, with something to do", looked.Status)
	}
	if got := ruth.Get(link).Status; got != http.StatusForbidden {
		t.Errorf("an auditor's form is %d", got)
	}
}
