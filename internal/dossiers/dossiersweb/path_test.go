package dossiersweb_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

// opened is Amina's dossier, with a reflection period that runs for another ten days.
func opened(t *testing.T, site *webtest.Site) (id dossiers.ID, address string) {
	t.Helper()
	id, ctx := ids.New[dossiers.Dossier](), cast.Lea.Context(t.Context())
	if err := site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{GivenNames: "Amina"}}); err != nil {
		t.Fatal(err)
	}
	today, ring := forms.Today(time.Now()), site.Database.Ring(t)
	err := site.App.DB.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, ring, id)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, id, agenda.Source("reflection"), []deadlines.Fact{
			{Trigger: deadlines.ReflectionGranted, On: today.AddDate(0, 0, -40), Of: "a"}, {Trigger: deadlines.ReflectionUntil, On: today.AddDate(0, 0, 10), Of: "a"},
			{Trigger: deadlines.PresenceNotified, On: today, Of: "a"},
		}, today)
	})
	if err != nil {
		t.Fatal(err)
	}
	return id, "/dossiers/" + id.String()
}

func says(t *testing.T, page *webtest.Page, status int, texts ...string) {
	t.Helper()
	if page.Status != status {
		t.Errorf("%s: %d, want %d", page.URL, page.Status, status)
	}
	for _, text := range texts {
		if !strings.Contains(page.Text(), text) {
			t.Errorf("%s does not say %q:\n%s", page.URL, text, page.Text())
		}
	}
	if page.Has("main script") || page.Has("main img") {
		t.Errorf("%s: a text became an element", page.URL)
	}
}

// TestPath walks a dossier from a finding to its closing, aftercare and reopening, without a script.
func TestPath(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	_, address := opened(t, site)
	lea, karim := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Karim)
	today := time.Now().Format("02.01.2006")

	says(t, lea.Get(address), http.StatusOK, "Rétablissement et réflexion", "Découle d’un fait du", "Prochaines échéances", "Amina")

	t.Run("a finding", func(t *testing.T) {
		form, fresh := "form.pas-form", lea.Get(address+"/findings/new")
		wrong := fresh.Submit(form, url.Values{"body": {"court"}, "verdict": {"pending"}, "found_on": {today}, "basis": {hostile}})
		says(t, wrong, http.StatusUnprocessableEntity, "Cette instance ne fait pas un tel constat", hostile)
		if values := wrong.Values(form); values.Get("body") != "court" || values.Get("found_on") != today || values.Get("id") != fresh.Values(form).Get("id") {
			t.Errorf("what was typed is gone: %v", values)
		}
		says(t, wrong.Submit(form, url.Values{"verdict": {"recognised"}}), http.StatusOK, "Le constat est enregistré", "Reconnue comme victime", hostile)
		page := lea.Get(address + "/path")
		correction, _ := page.Document.Find("a[href$='/correction']").Attr("href")
		withdrawal, _ := page.Document.Find("a[href$='/withdrawal']").Attr("href")
		early := karim.Get(withdrawal)
		says(t, lea.Get(correction).Submit(form, url.Values{"why": {""}}), http.StatusUnprocessableEntity, "Dites pourquoi le constat est corrigé")
		says(t, lea.Get(correction).Submit(form, url.Values{"verdict": {"not_recognised"}, "why": {"Mal lu."}}), http.StatusOK, "Le constat est corrigé", "Constats corrigés ou retirés", "Mal lu.")
		late := early.Submit(form, url.Values{"why": {"Autre personne."}})
		says(t, late, http.StatusConflict, "Quelqu’un d’autre a corrigé", "Autre personne.")
		for person, want := range map[*cast.Person]int{&cast.Claire: http.StatusNotFound, &cast.Noe: http.StatusForbidden, &cast.Ruth: http.StatusForbidden} {
			for _, path := range []string{correction, withdrawal} {
				if answer := site.SignIn(t, *person).Get(path); answer.Status != want {
					t.Errorf("%s gets %s: %d", person.Name, path, answer.Status)
				}
			}
		}
	})

	t.Run("a phase that a person sets", func(t *testing.T) {
		form := "form[action$='/path/phase']"
		leas, karims := lea.Get(address+"/path/phase"), karim.Get(address+"/path/phase")
		wrong := leas.Submit(form, url.Values{"phase": {"return"}})
		says(t, wrong, http.StatusUnprocessableEntity, "Dites pourquoi vous fixez cette phase")
		if wrong.Values(form).Get("phase") != "return" {
			t.Error("what was chosen is gone")
		}
		says(t, wrong.Submit(form, url.Values{"reason": {hostile}}), http.StatusOK, "La phase est fixée", "Fixée par "+cast.Lea.Name, hostile)
		conflict := karims.Submit(form, url.Values{"phase": {"integration"}, "reason": {"Cours."}})
		says(t, conflict, http.StatusConflict, "Quelqu’un d’autre a fixé la phase", "Cours.", hostile)
		says(t, conflict.Submit(form, nil), http.StatusOK, "Fixée par "+cast.Karim.Name)
		says(t, lea.Get("/dossiers?phase=integration"), http.StatusOK, "Lomidak")
		says(t, lea.Get(address+"/path").Submit("form[action$='/path/phase/destroy']", nil), http.StatusOK, "La phase suit de nouveau les faits", "Découle d’un fait du")
	})

	t.Run("closing waits for what is owed", func(t *testing.T) {
		page := lea.Get(address + "/closure")
		says(t, page, http.StatusOK, "Échéances ouvertes", "Le dossier peut être clôturé une fois réglé")
		if page.Has("#closing") {
			t.Error("it can be closed at once")
		}
		refused := lea.Post(address+"/closure", url.Values{"_csrf": {lea.Token()}, "id": {ids.New[dossiers.Closure]().String()}, "reason": {"return"}, "note": {hostile}})
		says(t, refused, http.StatusUnprocessableEntity, "avant la clôture", hostile)
		for {
			link, ok := lea.Get(address + "/closure").Document.Find("#owed a[href*='/waiver']").Attr("href")
			if !ok {
				break
			}
			form := lea.Get(link)
			says(t, form.Submit("form.pas-form", nil), http.StatusUnprocessableEntity, "Dites pourquoi vous renoncez")
			says(t, form.Submit("form.pas-form", url.Values{"reason": {hostile}}), http.StatusOK, "L’échéance ne compte plus", hostile)
		}
		says(t, lea.Get(address+"/deadlines").Submit("form[action$='/waiver/destroy']", nil), http.StatusOK, "L’échéance compte de nouveau")
		link, _ := lea.Get(address + "/deadlines").Document.Find("a[href*='/waiver']").Attr("href")
		lea.Get(link).Submit("form.pas-form", url.Values{"reason": {"Partie."}})
		says(t, lea.Get(address+"/deadlines/waiver?rule=nonsense&about=x"), http.StatusOK, "Échéances")

		ready := lea.Get(address + "/closure")
		wrong := ready.Submit("#closing", url.Values{"reason": {"other"}})
		says(t, wrong, http.StatusUnprocessableEntity, "Dites en quelques mots")
		done := wrong.Submit("#closing", url.Values{"note": {hostile}})
		says(t, done, http.StatusOK, "Le dossier est clôturé", "Autre raison", hostile)
		says(t, ready.Submit("#closing", url.Values{"reason": {"death"}}), http.StatusOK)
		again := lea.Post(address+"/closure", url.Values{"_csrf": {lea.Token()}, "id": {ids.New[dossiers.Closure]().String()}, "reason": {"death"}})
		says(t, again, http.StatusConflict, "Quelqu’un d’autre a clôturé")
	})

	t.Run("a closed dossier takes no changes", func(t *testing.T) {
		says(t, lea.Get(address), http.StatusOK, "Clôturé le")
		if page := lea.Get(address + "/path"); page.Has("a[href$='/findings/new']") || page.Has("a[href$='/path/phase']") {
			t.Error("what cannot be done is offered")
		}
		edit := lea.Get(address+"/edit").Submit("form.pas-form", url.Values{"phone": {"+41 79 000 00 01"}})
		says(t, edit, http.StatusForbidden, "Commencez un suivi ou rouvrez-le")
		says(t, lea.Get(address+"/closure").Submit("#looking-after", url.Values{"aftercare_note": {"Elle a rappelé."}}), http.StatusOK, "Le suivi a commencé", "Elle a rappelé.")
		says(t, lea.Get(address+"/edit").Submit("form.pas-form", url.Values{"phone": {"+41 79 000 00 01"}}), http.StatusOK, "+41 79 000 00 01")
		closure := lea.Get(address + "/closure")
		says(t, closure.Submit("#taking-up", nil), http.StatusUnprocessableEntity, "Dites pourquoi le dossier est rouvert")
		says(t, closure.Submit("#taking-up", url.Values{"why": {hostile}}), http.StatusOK, "Le dossier est rouvert", "Clôtures précédentes", hostile)
		says(t, lea.Post(address+"/closure/aftercare", url.Values{"_csrf": {lea.Token()}}), http.StatusUnprocessableEntity, "n’est pas clôturé")
	})

	t.Run("the timeline tells it, and is filtered", func(t *testing.T) {
		all := lea.Get(address + "/timeline")
		says(t, all, http.StatusOK, "Dossier clôturé", "Dossier rouvert", "Constat corrigé", "Renonciation à une échéance", "Dossier modifié", "Suivi commencé")
		path := all.Submit(".pas-filter", url.Values{"group": {"path"}, "actor": {cast.Karim.ID.String()}})
		says(t, path, http.StatusOK, "Phase fixée")
		if strings.Contains(path.Text(), "Dossier modifié") || path.Document.Find(".pas-timeline li").Length() != 1 {
			t.Errorf("the filter leaves too much:\n%s", path.Text())
		}
		for _, nonsense := range []string{"group=x", "actor=x", "before=x", "before=%00", "group=referrals&actor=" + cast.Karim.ID.String()} {
			if page := lea.Get(address + "/timeline?" + nonsense); page.Status != http.StatusOK {
				t.Errorf("%s: %d", nonsense, page.Status)
			}
		}
	})

	t.Run("an auditor looks and changes nothing", func(t *testing.T) {
		ruth := site.SignIn(t, cast.Ruth)
		for _, path := range []string{"", "/path", "/closure", "/deadlines", "/timeline", "/person"} {
			if page := ruth.Get(address + path); page.Status != http.StatusOK || page.Has(".pas-dossier form[method=post]") {
				t.Errorf("%s: %d", path, page.Status)
			}
		}
		for _, path := range []string{"/path/phase", "/findings/new", "/deadlines/waiver"} {
			if page := ruth.Get(address + path); page.Status != http.StatusForbidden {
				t.Errorf("%s: %d", path, page.Status)
			}
		}
	})

	t.Run("nobody of the other canton, and no office", func(t *testing.T) {
		for person, want := range map[*cast.Person]int{&cast.Claire: http.StatusNotFound, &cast.Noe: http.StatusForbidden} {
			browser := site.SignIn(t, *person)
			for _, path := range []string{"/path", "/path/phase", "/findings/new", "/closure", "/deadlines", "/deadlines/waiver", "/timeline", "/person"} {
				if page := browser.Get(address + path); page.Status != want || strings.Contains(page.Body, "Lomidak") {
					t.Errorf("%s gets %s: %d, want %d", person.Name, path, page.Status, want)
				}
			}
		}
	})

	if text := site.Log.String(); strings.Contains(text, "Amina") || strings.Contains(text, "Lomidak") || strings.Contains(text, "level=ERROR") {
		t.Errorf("the log says\n%s", text)
	}
}

// What somebody had typed when the session ran out comes back.
func TestPath_Parked(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	_, address := opened(t, site)
	lea := site.SignIn(t, cast.Lea)
	for path, field := range map[string]string{"/path/phase": "reason", "/findings/new": "basis"} {
		typed := lea.Get(address + path).Values("form.pas-form")
		typed.Set(field, "half a sentence")
		back := lea.Post("/parked-forms", typed).Header.Get("Location")
		if got := lea.Get(back).Values("form.pas-form"); got.Get(field) != "half a sentence" || got.Get("id") != typed.Get("id") {
			t.Errorf("%s came back as %v", path, got)
		}
	}
}
