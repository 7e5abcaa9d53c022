package dossiersweb_test

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

const form = "form.pas-form"

// hostile are texts that must be shown as texts, whatever they look like.
const hostile = `<script>window.pwn=1</script><img src=x onerror=alert(1) hx-get="/steal">'"; drop table dossiers; --`

func aminas() url.Values {
	return url.Values{
		"code_name": {"lomidak"}, "family_name": {hostile[:60]}, "given_names": {"Amina"}, "birth_date": {"4.3.2001"}, "gender": {"female"},
		"nationalities": {"NG", "", "XX"}, "languages": {"bin"}, "contact_channels": {"sms", "in_person"}, "contact_from": {"9.30"},
		"contact_until": {"11:00"}, "contact_identify": {"no"}, "contact_code_word": {"la bibliothèque"}, "contact_note": {hostile + "\r\nsecond line"},
		"exploitation_forms": {"sexual"}, "exploitation_cantons": {"VD"}, "exploitation_places": {"abroad"}, "phone": {"+41 79 000 00 00"},
	}
}

func TestJourney(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)

	page := lea.Get("/dossiers")
	if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Aucun dossier pour l’instant") || !page.Has("a[href='/dossiers/new']") {
		t.Fatalf("an empty list: %d %s", page.Status, page.Text())
	}

	page = lea.Get("/dossiers/new")
	proposed := page.Values(form).Get("code_name")
	if proposed == "" || page.Values(form).Get("responsible") != cast.Lea.ID.String() {
		t.Fatalf("nothing is proposed: %v", page.Values(form))
	}

	t.Run("another proposal keeps what was typed", func(t *testing.T) {
		typed := aminas()
		typed.Set("propose", "again")
		again := page.Submit(form, typed)
		values := again.Values(form)
		if name := values.Get("code_name"); again.Status != http.StatusOK || name == proposed || name == "lomidak" || name == "" {
			t.Errorf("%d, %q after %q", again.Status, name, proposed)
		}
		if values.Get("contact_code_word") != "la bibliothèque" || values.Get("id") != page.Values(form).Get("id") || len(values["exploitation_forms"]) != 1 {
			t.Errorf("something was lost: %v", values)
		}
	})

	t.Run("what cannot be so is said beside the field, and what was typed stays", func(t *testing.T) {
		wrong := aminas()
		wrong.Set("birth_date", "31.2.2001")
		wrong.Set("code_name", "Amina")
		wrong.Set("phone", "call Grace")
		wrong.Set("given_names", "Amina "+strings.Repeat("x", 100))
		answer := page.Submit(form, wrong)
		if answer.Status != http.StatusUnprocessableEntity {
			t.Fatalf("%d", answer.Status)
		}
		for _, field := range []string{"birth_date", "phone", "given_names"} {
			if !answer.Has(".govuk-error-summary a[href='#"+field+"']") || !answer.Has("#"+field+"-error") {
				t.Errorf("%s is not said to be wrong", field)
			}
		}
		if got := answer.Values(form); got.Get("birth_date") != "31.2.2001" || got.Get("given_names") != wrong.Get("given_names") {
			t.Errorf("what was typed is gone: %v", got)
		}
	})

	page = page.Submit(form, aminas())
	if page.Status != http.StatusOK || !page.Has("#notice .pas-banner--success") {
		t.Fatalf("opening: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	address := page.URL.Path
	for _, want := range []string{"Lomidak", "Amina", "04.03.2001", "la bibliothèque", "Dossier ouvert", hostile, "09:30 – 11:00", "Premier contact"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("the dossier does not show %q", want)
		}
	}
	person := lea.Get(address + "/person")
	for _, want := range []string{"Lomidak", "Amina", "Nigéria", "Vaud", hostile} {
		if !strings.Contains(person.Text(), want) {
			t.Errorf("the person's page does not show %q", want)
		}
	}
	if page.Has("main script") || page.Has("main img") || person.Has("main script") || person.Has("main img") {
		t.Error("a text became an element")
	}
	if title := page.Document.Find("title").Text(); strings.Contains(title, "Amina") || !strings.Contains(title, "Lomidak") {
		t.Errorf("the title is %q", title)
	}

	t.Run("the list shows the code name and nothing of the person", func(t *testing.T) {
		list := lea.Get("/dossiers")
		if !strings.Contains(list.Text(), "Lomidak") || strings.Contains(list.Text(), "Amina") || !list.Has("a[href='"+address+"']") {
			t.Errorf("%s", list.Text())
		}
		if found := lea.Get("/dossiers?code_name=LOM&phase=first_contact&responsible=" + cast.Lea.ID.String()); !strings.Contains(found.Text(), "Lomidak") {
			t.Error("the filter loses it")
		}
		if none := lea.Get("/dossiers?code_name=zzz"); strings.Contains(none.Text(), "Lomidak") || !strings.Contains(none.Text(), "Aucun dossier ne correspond") {
			t.Error("the filter finds what it should not")
		}
		for _, nonsense := range []string{"phase=x", "after=x", "before='", "sort=;", "responsible=1", "code_name=%00%27", "after=99999999999999999999.x"} {
			if answer := lea.Get("/dossiers?" + nonsense); answer.Status != http.StatusOK {
				t.Errorf("%s: %d", nonsense, answer.Status)
			}
		}
	})

	t.Run("the same form twice is one dossier", func(t *testing.T) {
		fresh := lea.Get("/dossiers/new")
		typed := url.Values{"code_name": {"beludok"}}
		first, second := fresh.Submit(form, typed), fresh.Submit(form, typed)
		if first.Status != http.StatusOK || second.Status != http.StatusOK || first.URL.Path != second.URL.Path {
			t.Errorf("%d %s and %d %s", first.Status, first.URL, second.Status, second.URL)
		}
	})

	t.Run("the page's stream begins with the page", func(t *testing.T) {
		stream, _ := lea.Get(address).Document.Find("#live").Attr("hx-sse:connect")
		if since, ok := strings.CutPrefix(stream, address+"/live?since="); !ok || since == "" {
			t.Errorf("it listens to %q", stream)
		}
	})

	t.Run("a code name that is taken", func(t *testing.T) {
		answer := lea.Get("/dossiers/new").Submit(form, url.Values{"code_name": {"LOMIDAK"}})
		if answer.Status != http.StatusUnprocessableEntity || !answer.Has("#code_name-error") {
			t.Errorf("%d", answer.Status)
		}
	})

	t.Run("the situation", func(t *testing.T) {
		answer := lea.Get(address+"/situation/edit").Submit(form, url.Values{"health": {hostile}, "permit": {"Permis L"}})
		if answer.Status != http.StatusOK || answer.URL.Path != address+"/person" || !strings.Contains(answer.Text(), "Permis L") || !strings.Contains(answer.Text(), hostile) {
			t.Errorf("%d %s", answer.Status, answer.Text())
		}
		long := lea.Get(address+"/situation/edit").Submit(form, url.Values{"health": {strings.Repeat("x", 5001)}})
		if long.Status != http.StatusUnprocessableEntity || !long.Has("#health-error") {
			t.Errorf("5001 characters: %d", long.Status)
		}
	})

	t.Run("an auditor looks and changes nothing", func(t *testing.T) {
		ruth := site.SignIn(t, cast.Ruth)
		shown := ruth.Get(address)
		if shown.Status != http.StatusOK || shown.Has("a[href$='/edit']") {
			t.Errorf("%d", shown.Status)
		}
		if answer := ruth.Get(address + "/edit"); answer.Status != http.StatusForbidden {
			t.Errorf("the form: %d", answer.Status)
		}
	})

	t.Run("nobody of the other canton, and no office", func(t *testing.T) {
		for person, want := range map[*cast.Person]int{&cast.Claire: http.StatusNotFound, &cast.Noe: http.StatusForbidden} {
			browser := site.SignIn(t, *person)
			for _, path := range []string{"", "/edit", "/situation/edit", "/live", "/person"} {
				if answer := browser.Get(address + path); answer.Status != want || strings.Contains(answer.Body, "Lomidak") || strings.Contains(answer.Body, "Amina") {
					t.Errorf("%s gets %s: %d, want %d", person.Name, path, answer.Status, want)
				}
			}
		}
		claire := site.SignIn(t, cast.Claire)
		if list := claire.Get("/dossiers"); strings.Contains(list.Body, "Lomidak") || strings.Contains(list.Body, cast.Lea.Name) {
			t.Error("Genève's list shows something of Vaud's")
		}
		absent := "/dossiers/" + ids.New[dossiers.Dossier]().String()
		there, nowhere := claire.Get(address), claire.Get(absent)
		if there.Text() != nowhere.Text() {
			t.Error("a dossier elsewhere looks otherwise than none")
		}
		for _, nonsense := range []string{"/dossiers/x", "/dossiers/00000000-0000-0000-0000-000000000000", "/dossiers/' or 1=1", "/dossiers/%00"} {
			if answer := lea.Get(strings.ReplaceAll(nonsense, " ", "%20")); answer.Status != http.StatusNotFound {
				t.Errorf("%s: %d", nonsense, answer.Status)
			}
		}
	})

	if text := site.Log.String(); strings.Contains(text, "Amina") || strings.Contains(text, "Lomidak") || strings.Contains(text, "level=ERROR") {
		t.Errorf("the log says\n%s", text)
	}
}

// TestTwoEditors settles a conflict as a person would: nothing of either editor's is lost on the way.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	address := lea.Get("/dossiers/new").Submit(form, aminas()).URL.Path

	leas, karims := lea.Get(address+"/edit"), karim.Get(address+"/edit")
	if answer := karims.Submit(form, url.Values{"phone": {"+41 78 111 11 11"}, "contact_note": {"Karim's note"}, "languages": {"bin", "pcm"}}); answer.Status != http.StatusOK {
		t.Fatalf("Karim: %d", answer.Status)
	}
	conflict := leas.Submit(form, url.Values{"phone": {"+41 77 222 22 22"}, "contact_note": {"Léa's note"}})
	if conflict.Status != http.StatusConflict {
		t.Fatalf("Léa: %d", conflict.Status)
	}
	for _, text := range []string{"+41 78 111 11 11", "Karim's note", "Léa's note", "bini", "pidgin"} {
		if !strings.Contains(conflict.Body, text) && !strings.Contains(conflict.Text(), text) && !strings.Contains(strings.ReplaceAll(conflict.Body, "&#39;", "'"), text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	if conflict.Has("#family_name") || !conflict.Has("#phone") || !conflict.Has("input[name=take_phone]") {
		t.Error("the page should show the fields that differ, and those alone")
	}
	settled := conflict.Submit(form, url.Values{"take_phone": {"yes"}, "take_languages": {"yes"}, "contact_note": {"both notes"}})
	if settled.Status != http.StatusOK || settled.URL.Path != address+"/person" {
		t.Fatalf("settled: %d %s", settled.Status, settled.Text())
	}
	for _, text := range []string{"+41 78 111 11 11", "both notes", "la bibliothèque", "pidgin"} {
		if !strings.Contains(settled.Text(), text) {
			t.Errorf("%q is lost", text)
		}
	}

	t.Run("the texts of the situation", func(t *testing.T) {
		leas, karims := lea.Get(address+"/situation/edit"), karim.Get(address+"/situation/edit")
		karims.Submit(form, url.Values{"health": {"one"}, "income": {"RI"}})
		conflict := leas.Submit(form, url.Values{"health": {"two"}})
		if conflict.Status != http.StatusConflict || !conflict.Has("#health") || !conflict.Has("#income") || conflict.Has("#permit") {
			t.Fatalf("%d %s", conflict.Status, conflict.Text())
		}
		settled := conflict.Submit(form, url.Values{"take_income": {"yes"}, "health": {"one and two"}})
		if !strings.Contains(settled.Text(), "one and two") || !strings.Contains(settled.Text(), "RI") {
			t.Errorf("%d %s", settled.Status, settled.Text())
		}
	})
}

// Every page of dossiers exists in four languages, with no key left untranslated.
func TestLanguages(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)
	address := lea.Get("/dossiers/new").Submit(form, aminas()).URL.Path
	for _, language := range []string{"fr", "de", "it", "en"} {
		lea.Language = language
		for _, path := range []string{"/dossiers", "/dossiers?code_name=zzz", "/dossiers/new", address, address + "/edit", address + "/situation/edit",
			address + "/person", address + "/timeline", address + "/timeline?group=referrals", address + "/deadlines", address + "/path", address + "/path/phase", address + "/findings/new", address + "/closure",
		} {
			page := lea.Get(path)
			if page.Status != http.StatusOK || page.Document.Find("html").AttrOr("lang", "") != language {
				t.Errorf("%s in %s: %d, %s", path, language, page.Status, page.Document.Find("html").AttrOr("lang", ""))
			}
			for _, prefix := range []string{"dossiers.", "timeline.", "ui.", "access.", "referrals."} {
				for _, word := range strings.Fields(page.Text()) {
					if strings.HasPrefix(word, prefix) && strings.Count(word, ".") > 1 {
						t.Errorf("%s in %s says %q", path, language, word)
					}
				}
			}
			if page.Document.Find("h1").Length() != 1 {
				t.Errorf("%s has %d h1", path, page.Document.Find("h1").Length())
			}
			unique := map[string]bool{}
			for _, id := range page.Document.Find("[id]").EachIter() {
				name := id.AttrOr("id", "")
				if unique[name] {
					t.Errorf("%s has two elements called %q", path, name)
				}
				unique[name] = true
			}
		}
	}
}

// TestParked: what somebody had typed when the session ran out comes back, with the version that it was typed against.
func TestParked(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	address := lea.Get("/dossiers/new").Submit(form, aminas()).URL.Path
	for path, field := range map[string]string{"/dossiers/new": "given_names", address + "/edit": "contact_code_word", address + "/situation/edit": "health"} {
		typed := lea.Get(path).Values(form)
		typed.Set(field, "half a sentence")
		parked := lea.Post("/parked-forms", typed)
		back := parked.Header.Get("Location")
		if parked.Status != http.StatusCreated || back == "" {
			t.Fatalf("%s: %d %q", path, parked.Status, back)
		}
		got := lea.Get(back).Values(form)
		if got.Get(field) != "half a sentence" || got.Get("version") != typed.Get("version") || got.Get("id") != typed.Get("id") {
			t.Errorf("%s came back as %v", path, got)
		}
	}

	typed := lea.Get(address + "/edit").Values(form)
	typed.Set("phone", "+41 77 222 22 22")
	back := lea.Post("/parked-forms", typed).Header.Get("Location")
	karim.Get(address+"/edit").Submit(form, url.Values{"phone": {"+41 78 111 11 11"}})
	if answer := lea.Get(back).Submit(form, nil); answer.Status != http.StatusConflict {
		t.Errorf("what changed while the form was parked is overwritten: %d", answer.Status)
	}
}
