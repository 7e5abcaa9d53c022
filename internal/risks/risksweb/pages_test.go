package risksweb_test

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

func TestTheDangerAndThePlan(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Identification, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	lea, page := site.SignIn(t, cast.Lea), "/dossiers/"+id.String()+"/risk"
	says(t, lea.Get(page), http.StatusOK, "Aucune évaluation", "Aucun plan de sécurité")
	if sheet := lea.Get(page + "/sheet"); !strings.HasSuffix(sheet.URL.Path, "/risk") {
		t.Errorf("without a plan the sheet leads to %s", sheet.URL)
	}

	form := lea.Get(page + "/assessments/new?kind=here")
	typed := url.Values{"severity_perpetrators": {"grave"}, "likelihood_perpetrators": {"likely"}, "level": {"low"}, "fears": {hostile}, "child_scale": {"3"}}
	wrong := form.Submit("form.pas-form", typed)
	says(t, wrong, http.StatusUnprocessableEntity, "Les réponses suggèrent un niveau plus élevé.")
	if got := wrong.Values("form.pas-form").Get("fears"); got != hostile {
		t.Errorf("what was typed is gone: %q", got)
	}
	review := time.Now().AddDate(0, 0, 7).Format("02.01.2006")
	says(t, wrong.Submit("form.pas-form", url.Values{"level": {"acute"}, "review_on": {review}}), http.StatusOK, "aigu", hostile, review, "il faut agir")
	if begun := lea.Get(page + "/assessments/new?kind=here").Values("form.pas-form"); begun.Get("fears") != hostile || begun.Get("level") != "" {
		t.Errorf("a new assessment begins with %v", begun)
	}
	says(t, lea.Get(page+"/assessments/new?kind=on_return").Submit("form.pas-form", url.Values{"described": {"Dette au village"}, "level": {"high"}}), http.StatusOK, "Dette au village")

	mine, theirs := lea.Get(page+"/plan/edit"), lea.Get(page+"/plan/edit")
	says(t, mine.Submit("form.pas-form", nil), http.StatusUnprocessableEntity, "Indiquez ce que la personne fait.")
	says(t, mine.Submit("form.pas-form", url.Values{"steps": {hostile}, "measure_1_what": {"Changer de numéro"}, "measure_1_who": {"Léa"}}), http.StatusOK, hostile, "Changer de numéro")
	conflict := theirs.Submit("form.pas-form", url.Values{"steps": {"Courir"}})
	says(t, conflict, http.StatusConflict, "Changer de numéro")
	if got := conflict.Values("form.pas-form").Get("steps"); got != "Courir" {
		t.Errorf("what was typed is gone: %q", got)
	}
	says(t, conflict.Submit("form.pas-form", nil), http.StatusOK, "Courir")
	sheet := lea.Get(page + "/sheet")
	says(t, sheet, http.StatusOK, "Courir", "117")
	if !sheet.Has(".pas-exit") || strings.Contains(sheet.Document.Find("main").Text(), cast.Vaud.Name) || strings.Contains(sheet.Document.Find("title").Text(), "Lomidak") {
		t.Error("the sheet has no quick exit, or says from whom it comes")
	}

	claire := site.SignIn(t, cast.Claire)
	for _, foreign := range []string{page, page + "/sheet", page + "/assessments/new", page + "/plan/edit"} {
		if got := claire.Get(foreign).Status; got != http.StatusNotFound {
			t.Errorf("Genève: %s is %d", foreign, got)
		}
	}
	if looked := site.SignIn(t, cast.Ruth).Get(page); looked.Status != http.StatusOK || looked.Has("main a.govuk-button") {
		t.Errorf("an auditor sees %d, with something to do", looked.Status)
	}
}
