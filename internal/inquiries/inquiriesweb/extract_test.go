package inquiriesweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

// TestAnExtract walks the pages as a browser without scripts does: free texts are decided, left and taken up again, one changes meanwhile, and the
// file is taken after a passkey.
func TestAnExtract(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	id := ids.MustParse[dossiers.Dossier](strings.TrimPrefix(path, "/dossiers/"))
	write := func(version int, health string) {
		t.Helper()
		if _, err := site.App.Dossiers.Describe(cast.Lea.Context(t.Context()), id, version, dossiers.Situation{access.Health: health}); err != nil {
			t.Fatal(err)
		}
	}
	write(1, "Victor Osei l’a frappée."+hostile)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	page := lea.Get(path+"/inquiries/new").Submit("form.pas-form", url.Values{"received_on": {ahead(-1)}, "channel": {"in_person"}, "asked_by": {"herself"}})
	extract := page.Document.Find("a[href$='/extract']").AttrOr("href", "")
	if page = lea.Get(extract); page.Status != http.StatusOK || page.Has(".govuk-warning-text") || !page.Has("#chapters a[href*='chapter=dossier']") || !page.Has("#take a[href$='/file']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	texts := page.Document.Find("#chapters a").AttrOr("href", "")
	page, theirs := lea.Get(texts), karim.Get(texts)
	field := func(name string) string { return page.Document.Find("[name^='"+name+"-']").AttrOr("name", "") }
	decision, passages := field("decision"), field("passages")
	if page.Status != http.StatusOK || decision == "" || strings.Contains(page.Body, "<script>alert") || !strings.Contains(page.Text(), hostile) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{decision: {"struck"}, passages: {"Victor Osei\r\nViktor"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#"+passages+"']") || !strings.Contains(page.Document.Find("#"+passages).Text(), "Viktor") {
		t.Fatalf("a passage that is not there: %d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", url.Values{passages: {"victor osei"}}); page.Status != http.StatusOK || page.URL.Path != extract || !strings.Contains(page.Document.Find("#chapters").Text(), "1 sur 1") {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	if page := theirs.Submit("form.pas-form", url.Values{decision: {"whole"}}); page.Status != http.StatusConflict || !strings.Contains(page.Text(), cast.Lea.Name) {
		t.Errorf("the second who decides: %d", page.Status)
	}
	if got := lea.Get(texts).Document.Find("#" + passages).Text(); got != "victor osei" {
		t.Errorf("what was decided is %q when it is taken up again", got)
	}
	take := func(format string) *webtest.Page {
		t.Helper()
		asked := lea.Get(extract + "/file")
		if asked.URL.Path != extract+"/file" {
			t.Fatalf("%d %s:\n%s", asked.Status, asked.URL, asked.Text())
		}
		return asked.Submit("form.pas-form", url.Values{"format": {format}})
	}
	if page = take("json"); page.Status != http.StatusOK || page.Header.Get("Content-Disposition") != `attachment; filename="document.json"` || page.Header.Get("Cache-Control") != "no-store" ||
		!strings.Contains(page.Body, "[tierce personne] l’a frappée.") || strings.Contains(page.Body, "Osei") {
		t.Errorf("%d %v:\n%s", page.Status, page.Header, page.Body)
	}
	if page = take("pdf"); page.Status != http.StatusOK || !strings.HasPrefix(page.Body, "%PDF-") {
		t.Errorf("%d", page.Status)
	}
	if page = take("docx"); page.Status != http.StatusUnprocessableEntity || !page.Has("a[href='#format']") {
		t.Errorf("%d", page.Status)
	}
	write(2, "Victor Osei et Joy l’ont frappée.")
	if page = lea.Get(texts); !page.Has("form .govuk-inset-text") || page.Has("[name='"+decision+"'][checked]") {
		t.Error("a text that has changed is still decided")
	}
	if page = take("json"); strings.Contains(page.Body, "Joy") || !strings.Contains(page.Body, `"unread"`) {
		t.Error("a text that has changed leaves the house")
	}
	for _, stranger := range []cast.Person{cast.Claire, cast.Ruth, cast.Noe, cast.Anna} {
		want := http.StatusForbidden
		if stranger.ID == cast.Claire.ID {
			want = http.StatusNotFound
		}
		browser := site.SignIn(t, stranger)
		for _, address := range []string{extract, texts, extract + "/file"} {
			if page := browser.Get(address); page.Status != want || strings.Contains(page.Body, "Osei") {
				t.Errorf("%s gets %d for %s", stranger.Name, page.Status, address)
			}
		}
	}
}
