package appointmentsweb_test

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

const hostile = `<script>alert(1)</script>`

// opened is a dossier of Léa's, of somebody who speaks Hungarian.
func opened(t *testing.T, site *webtest.Site) string {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{FamilyName: "Okafor", GivenNames: "Amina", Languages: []string{"hun"}},
	}); err != nil {
		t.Fatal(err)
	}
	return id.String()
}

func tomorrow() string { return forms.Today(time.Now()).AddDate(0, 0, 1).Format("02.01.2006") }

// TestFromAnAppointmentToAnInterpreter walks the pages as a caseworker does, by plain forms.
func TestFromAnAppointmentToAnInterpreter(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier := opened(t, site)
	lea := site.SignIn(t, cast.Lea)

	page := lea.Get("/interpreters")
	if page.Status != http.StatusOK || !page.Has(".pas-empty") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	wrong := lea.Get("/interpreters/new").Submit("form.pas-form", url.Values{"name": {hostile}, "community": {"Lovari"}})
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("input#community[value=Lovari]") || wrong.Has("main script") {
		t.Fatalf("%d:\n%s", wrong.Status, wrong.Text())
	}
	listed := wrong.Submit("form.pas-form", url.Values{"phone": {"+41 79 000 00 10"}, "languages": {"hun"}, "region": {"RO"}})
	if listed.Status != http.StatusOK || listed.Has("main script") || !strings.Contains(listed.Text(), hostile) {
		t.Fatalf("%d:\n%s", listed.Status, listed.Text())
	}
	if kept := lea.Get("/interpreters?language=hun"); !kept.Has("#interpreters tbody tr") {
		t.Error("whoever speaks it is left out")
	}
	if left := lea.Get("/interpreters?language=amh"); left.Has("#interpreters tbody tr") {
		t.Error("whoever does not speak it is listed")
	}

	parts := lea.Get("/dossiers/" + dossier + "/appointments")
	if parts.Status != http.StatusOK || !parts.Has(".pas-parts__link[aria-current=page]") || !parts.Has("#exclusions") {
		t.Fatalf("%d:\n%s", parts.Status, parts.Text())
	}
	form := lea.Get("/dossiers/" + dossier + "/appointments/new")
	again := form.Submit("form.pas-form", url.Values{"where": {hostile}, "at": {"14.30"}, "weeks": {"99"}})
	if again.Status != http.StatusUnprocessableEntity || !again.Has(".govuk-error-summary a[href='#weeks']") || !again.Has("input#weeks[value='99']") {
		t.Fatalf("%d:\n%s", again.Status, again.Text())
	}
	again = again.Submit("form.pas-form", url.Values{"weeks": {"1"}})
	if again.Status != http.StatusUnprocessableEntity || !again.Has(".govuk-error-summary a[href='#kind']") || !again.Has(".govuk-error-summary a[href='#on']") || !again.Has("input#at[value='14.30']") {
		t.Fatalf("%d:\n%s", again.Status, again.Text())
	}
	shown := again.Submit("form.pas-form", url.Values{"kind": {"court"}, "on": {tomorrow()}})
	if shown.Status != http.StatusOK || shown.Has("main script") || !strings.Contains(shown.Text(), hostile) {
		t.Fatalf("%d:\n%s", shown.Status, shown.Text())
	}
	appointment := shown.URL.Path

	t.Run("two editors", func(t *testing.T) {
		mine := lea.Get(appointment + "/edit")
		site.SignIn(t, cast.Karim).Get(appointment+"/edit").Submit("form.pas-form", url.Values{"where": {"Tribunal"}})
		conflict := mine.Submit("form.pas-form", url.Values{"at": {"16:00"}})
		if conflict.Status != http.StatusConflict || !conflict.Has("input#at[value='16:00']") || !conflict.Has("#theirs") || !strings.Contains(conflict.Text(), cast.Karim.Name) {
			t.Fatalf("%d:\n%s", conflict.Status, conflict.Text())
		}
		if settled := conflict.Submit("form.pas-form", nil); settled.Status != http.StatusOK || !strings.Contains(settled.Text(), "16:00") {
			t.Errorf("%d:\n%s", settled.Status, settled.Text())
		}
	})
	t.Run("a file for a calendar", func(t *testing.T) {
		file := lea.Get(appointment + "/calendar")
		if file.Status != http.StatusOK || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(file.Header.Get("Content-Disposition"), `"calendar.ics"`) {
			t.Fatalf("%d: %v", file.Status, file.Header)
		}
		for _, secret := range []string{"Lomidak", "Okafor", "Tribunal", dossier, strings.TrimPrefix(appointment, "/appointments/")} {
			if strings.Contains(string(file.Body), secret) {
				t.Errorf("it holds %q", secret)
			}
		}
	})

	book := lea.Get(appointment + "/bookings/new")
	naming := book.Submit("form.pas-form", url.Values{"interpreter": {value(book, "input[name=interpreter]")}, "meeting_point": {"Chez Mme Okafor"}})
	if naming.Status != http.StatusUnprocessableEntity || !naming.Has("#meeting_point-error") {
		t.Fatalf("%d:\n%s", naming.Status, naming.Text())
	}
	message := naming.Submit("form.pas-form", url.Values{"meeting_point": {"Gare de Lausanne"}})
	if message.Status != http.StatusOK || !strings.HasSuffix(message.URL.Path, "/message") {
		t.Fatalf("%d at %s:\n%s", message.Status, message.URL, message.Text())
	}
	text := lea.Get(strings.TrimSuffix(message.URL.Path, "message") + "text")
	if text.Status != http.StatusOK || !strings.HasPrefix(text.Header.Get("Content-Type"), "text/plain") || !strings.Contains(string(text.Body), "Gare de Lausanne") {
		t.Fatalf("%d: %s", text.Status, text.Body)
	}
	for _, secret := range []string{"Lomidak", "Okafor", "Amina", "Tribunal", "Passerelle", cast.Lea.Name} {
		if strings.Contains(string(text.Body), secret) {
			t.Errorf("the interpreter is told %q", secret)
		}
	}
	confirmed := lea.Get(appointment).SubmitButton("button[name=state][value=confirmed]")
	if confirmed.Status != http.StatusOK || confirmed.Has("button[value=confirmed]") || !confirmed.Has("button[name=state][value=called_off]") {
		t.Errorf("%d:\n%s", confirmed.Status, confirmed.Text())
	}

	exclusion := lea.Get("/dossiers/"+dossier+"/exclusions/new").Submit("form.pas-form", url.Values{"against": {"region"}, "reason": {hostile}})
	if exclusion.Status != http.StatusUnprocessableEntity || !exclusion.Has("#region-error") || !strings.Contains(exclusion.Text(), hostile) {
		t.Fatalf("%d:\n%s", exclusion.Status, exclusion.Text())
	}
	excluded := exclusion.Submit("form.pas-form", url.Values{"region": {"RO"}})
	if excluded.Status != http.StatusOK || !excluded.Has("#exclusions-table tbody tr") || excluded.Has("main script") {
		t.Errorf("%d:\n%s", excluded.Status, excluded.Text())
	}
	if warned := lea.Get(appointment); !warned.Has("#interpreter .govuk-warning-text") {
		t.Error("nothing says that the interpreter is excluded now")
	}
	if lifted := excluded.SubmitButton("#exclusions-table button"); lifted.Status != http.StatusOK || lifted.Has("#exclusions-table") {
		t.Errorf("%d:\n%s", lifted.Status, lifted.Text())
	}
	cancelled := lea.Get(appointment).SubmitButton("button[name=outcome][value=cancelled]")
	if cancelled.Status != http.StatusOK || cancelled.Has("a[href$='/edit']") || cancelled.Has("button[value=cancelled]") {
		t.Errorf("%d:\n%s", cancelled.Status, cancelled.Text())
	}

	t.Run("nobody else", func(t *testing.T) {
		claire := site.SignIn(t, cast.Claire)
		for _, path := range []string{appointment, appointment + "/edit", appointment + "/calendar", appointment + "/bookings/new", message.URL.Path, "/dossiers/" + dossier + "/appointments", "/appointments/nonsense", "/bookings/nonsense/text"} {
			if page := claire.Get(path); page.Status != http.StatusNotFound {
				t.Errorf("%s: %d", path, page.Status)
			}
		}
	})
}

func value(page *webtest.Page, selector string) string {
	value, _ := page.Document.Find(selector).Attr("value")
	return value
}

func TestTheWeek(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	shown := lea.Get("/calendar/new").Submit("form.pas-form", url.Values{"kind": {"team"}, "on": {tomorrow()}, "at": {"9"}})
	if shown.Status != http.StatusOK || shown.Has(".pas-parts") {
		t.Fatalf("%d:\n%s", shown.Status, shown.Text())
	}
	week := "/calendar?day=" + forms.Today(time.Now()).AddDate(0, 0, 1).Format(time.DateOnly)
	if page := lea.Get(week); page.Status != http.StatusOK || !page.Has("a[href='"+shown.URL.Path+"']") || page.Has("select#member") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	theirs := week + "&member=" + cast.Lea.ID.String()
	if page := karim.Get(theirs); page.Status != http.StatusOK || !page.Has("a[href='"+shown.URL.Path+"']") || !page.Has("select#member") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if page := lea.Get(week + "&member=" + cast.Karim.ID.String()); page.Status != http.StatusForbidden {
		t.Errorf("a caseworker sees another's week: %d", page.Status)
	}
	if page := karim.Get(week + "&member=nonsense"); page.Status != http.StatusNotFound {
		t.Errorf("nobody's week: %d", page.Status)
	}
	if page := lea.Get("/calendar?day=nonsense"); page.Status != http.StatusOK {
		t.Errorf("nonsense is not today: %d", page.Status)
	}
	if page := site.SignIn(t, cast.Ruth).Get(week); page.Status != http.StatusForbidden {
		t.Errorf("an auditor has a week: %d", page.Status)
	}
}
