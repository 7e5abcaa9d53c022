package proceedingsweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const hostile = `"><script>alert(1)</script>`

func dossier(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", Phase: dossiers.Proceedings, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return "/dossiers/" + id.String()
}

// ahead is a day as one types it.
func ahead(days int) string {
	return forms.Today(time.Now()).AddDate(0, 0, days).Format("02.01.2006")
}

// TestProceedings walks the pages as a browser without scripts does: each form once wrong, once right, once corrected.
func TestProceedings(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea := site.SignIn(t, cast.Lea)
	page := lea.Get(path + "/proceedings")
	if page.Status != http.StatusOK || !page.Has(".pas-empty") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = lea.Get(path+"/proceedings/new").Submit("form.pas-form", url.Values{"complaint": {"filed"}, "note": {hostile}, "rights_asked": {"silence", "copy"}})
	if page.Status != http.StatusUnprocessableEntity || page.Document.Find("#note").Text() != hostile || page.Document.Find("[name=rights_asked][checked]").Length() != 2 {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page = page.Submit("form.pas-form", url.Values{"complaint_filed_on": {ahead(-3)}})
	if page.Status != http.StatusOK || page.URL.Path != path+"/proceedings" || strings.Contains(page.Body, "<script>alert") || !strings.Contains(page.Text(), hostile) {
		t.Fatalf("%d %s:\n%s", page.Status, page.URL, page.Text())
	}
	for sort, form := range map[string]struct {
		field      string
		typed, cor url.Values
	}{
		"steps":     {"on", url.Values{"stage": {"investigation"}, "on": {ahead(-2)}}, url.Values{"stage": {"closing_notice"}}},
		"hearings":  {"on", url.Values{"kind": {"victim"}, "on": {ahead(9)}, "at": {"9.30"}, "place": {hostile}, "measures": {"no_confrontation"}, "person_of_trust": {"yes"}}, url.Values{"at": {"10"}}},
		"rulings":   {"notified_on", url.Values{"kind": {"judgement"}, "notified_on": {ahead(-1)}}, url.Values{"announced_on": {ahead(0)}}},
		"penalties": {"on", url.Values{"kind": {"penal_order"}, "on": {ahead(-1)}, "note": {hostile}}, url.Values{"contested_on": {ahead(0)}}},
	} {
		t.Run(sort, func(t *testing.T) {
			wrong := url.Values{}
			for name, values := range form.typed {
				wrong[name] = values
			}
			wrong.Set(form.field, "31.2.2026")
			page := lea.Get(lea.Get(path+"/proceedings").Document.Find("a[href$='/"+sort+"/edit']").AttrOr("href", "")).Submit("form.pas-form", wrong)
			if page.Status != http.StatusUnprocessableEntity || page.Document.Find("#"+form.field).AttrOr("value", "") != "31.2.2026" || !page.Has("a[href='#"+form.field+"']") {
				t.Fatalf("%d:\n%s", page.Status, page.Text())
			}
			page = page.Submit("form.pas-form", form.typed)
			if page.Status != http.StatusOK || !page.Has("table[id^='"+sort+"-'] tbody tr") || strings.Contains(page.Body, "<script>alert") {
				t.Fatalf("%d:\n%s", page.Status, page.Text())
			}
			edit := page.Document.Find("table[id^='"+sort+"-'] a").AttrOr("href", "")
			page = lea.Get(edit).Submit("form.pas-form", form.cor)
			if page.Status != http.StatusOK || page.Document.Find("table[id^='"+sort+"-'] tbody tr").Length() != 1 {
				t.Fatalf("corrected: %d:\n%s", page.Status, page.Text())
			}
			stale, late := lea.Get(edit), lea.Get(edit)
			lea.Get(edit).Submit("form.pas-form", url.Values{"note": {"x"}, "stage": {"dismissal"}})
			if page := late.Submit("form.pas-form", url.Values{"note": {"y"}}); page.Status != http.StatusConflict || sort != "steps" && page.Document.Find("#note-theirs .pas-prose").Text() != "x" {
				t.Errorf("changed on an old version: %d:\n%s", page.Status, page.Text())
			}
			if page := stale.Submit("#remove form", nil); page.Status != http.StatusConflict || page.Document.Find("#note").Text() != hostile {
				t.Errorf("taken away on an old version: %d:\n%s", page.Status, page.Text())
			}
			if page := lea.Get(edit).Submit("#remove form", nil); page.Status != http.StatusOK || page.Has("table[id^='"+sort+"-']") {
				t.Errorf("taken away: %d", page.Status)
			}
			if page := lea.Get(edit); page.Status != http.StatusNotFound {
				t.Errorf("what is gone is there: %d", page.Status)
			}
		})
	}
}

func TestTwoEditorsAndStrangers(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	path := dossier(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	edit := lea.Get(path+"/proceedings/new").Submit("form.pas-form", nil).Document.Find("section[id^='proceeding-'] a[href$='/edit']").First().AttrOr("href", "")
	mine, theirs := lea.Get(edit), karim.Get(edit)
	if page := theirs.Submit("form.pas-form", url.Values{"note": {"Karims"}}); page.Status != http.StatusOK {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	page := mine.Submit("form.pas-form", url.Values{"note": {"Léas"}})
	if page.Status != http.StatusConflict || page.Document.Find("#note").Text() != "Léas" || page.Document.Find("#note-theirs .pas-prose").Text() != "Karims" || page.Document.Find(".pas-theirs").Length() != 1 || !strings.Contains(page.Document.Find(".govuk-error-summary").Text(), cast.Karim.Name) {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	if page = page.Submit("form.pas-form", nil); page.Status != http.StatusOK || !strings.Contains(page.Text(), "Léas") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page := site.SignIn(t, cast.Claire).Get(edit); page.Status != http.StatusNotFound {
		t.Errorf("Claire gets %d", page.Status)
	}
	if page := site.SignIn(t, cast.Ruth).Get(path + "/proceedings"); page.Status != http.StatusOK || page.Has("a[href$='/edit']") {
		t.Errorf("Ruth gets %d, and may change", page.Status)
	}
}
