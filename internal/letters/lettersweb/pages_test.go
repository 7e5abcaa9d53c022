package lettersweb_test

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

const hostile = `<script>alert(1)</script>`

func TestALetter(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Integration, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina"},
	}); err != nil {
		t.Fatal(err)
	}
	lea, folder := site.SignIn(t, cast.Lea), "/dossiers/"+id.String()+"/letters"
	if page := lea.Get(folder); page.Status != http.StatusOK || !page.Has(".pas-empty") || !page.Has("a[href='"+folder+"/new']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page := lea.Get(folder + "/new?language=de"); page.Status != http.StatusOK || !page.Has(".govuk-error-summary a[href='#template']") || !page.Has("input[name=language][value=de][checked]") {
		t.Errorf("nothing says that a template is missing: %d\n%s", page.Status, page.Text())
	}
	form := lea.Get(folder + "/new?template=income_support&language=de")
	if body := form.Document.Find("textarea#body").Text(); form.Status != http.StatusOK || !strings.Contains(body, "Amina Okafor") || !strings.Contains(body, "begleiten") || strings.Contains(body, "Lomidak") {
		t.Fatalf("%d:\n%s", form.Status, body)
	}
	wrong := form.Submit("form.pas-form", url.Values{"subject": {hostile}, "recipient": {""}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#recipient-error") || wrong.Has("main script") || !strings.Contains(wrong.Document.Find("textarea#body").Text(), "Amina Okafor") {
		t.Fatalf("%d:\n%s", wrong.Status, wrong.Text())
	}
	shown := wrong.Submit("form.pas-form", url.Values{"recipient": {"Sozialdienst\n" + hostile}})
	if shown.Status != http.StatusOK || !shown.Has("article[lang=de]") || shown.Has("main script") || strings.Contains(shown.Document.Find("article").Text(), "Lomidak") {
		t.Fatalf("%d:\n%s", shown.Status, shown.Text())
	}
	pdf := lea.Get(shown.URL.Path + "/pdf")
	if pdf.Status != http.StatusOK || pdf.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Disposition") != `attachment; filename="letter.pdf"` {
		t.Errorf("%d: %v", pdf.Status, pdf.Header)
	}
	if page := site.SignIn(t, cast.Ruth).Get(folder); page.Status != http.StatusOK || !page.Has("#letters tbody tr") || page.Has("a[href='"+folder+"/new']") {
		t.Errorf("an auditor: %d\n%s", page.Status, page.Text())
	}
	claire := site.SignIn(t, cast.Claire)
	for _, path := range []string{folder, folder + "/new", shown.URL.Path, shown.URL.Path + "/pdf", "/letters/nonsense"} {
		if page := claire.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
}
