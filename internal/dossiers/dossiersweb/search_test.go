package dossiersweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
)

const searchForm = "form.pas-search"

func TestSearch(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	born := dossiers.Particulars{
		CodeName: "Lomidak", Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID, Beneficiary: dossiers.Beneficiary{GivenNames: "Oleksandra <b>", FamilyName: "Шевченко"},
	}
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, born); err != nil {
		t.Fatal(err)
	}
	lea := site.SignIn(t, cast.Lea)

	t.Run("somebody is found by a name that was heard", func(t *testing.T) {
		page := lea.Get("/dossiers").Submit(searchForm, url.Values{"sought": {"schewtschenko aleksandra"}})
		if page.Status != http.StatusOK || page.URL.RawQuery != "" || page.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %s, %s", page.Status, page.URL, page.Header.Get("Cache-Control"))
		}
		for _, want := range []string{"1 dossier trouvé", "Oleksandra <b> Шевченко", "Lomidak", "nom proche", cast.Lea.Name} {
			if !strings.Contains(page.Text(), want) {
				t.Errorf("%q is not shown", want)
			}
		}
		if !page.Has("#hits a[href='/dossiers/"+id.String()+"']") || page.Values(searchForm).Get("sought") != "schewtschenko aleksandra" {
			t.Error("the dossier, or what was typed, is not there")
		}
		if title := page.Document.Find("title").Text(); strings.Contains(title, "schewt") || strings.Contains(title, "Oleksandra") {
			t.Errorf("the title is %q", title)
		}
		if list := lea.Get("/dossiers/search"); list.URL.Path != "/dossiers" || list.Values(searchForm).Get("sought") != "" {
			t.Errorf("the address of the answer leads to %s", list.URL)
		}
	})

	t.Run("what cannot be sought is said", func(t *testing.T) {
		for typed, said := range map[string]string{
			"": "Tapez un nom", "x": "au moins deux lettres", strings.Repeat("é", 101): "100", "a b c d e f g h i": "8 mots",
		} {
			page := lea.Get("/dossiers").Submit(searchForm, url.Values{"sought": {typed}})
			if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary a[href='#sought']") || !strings.Contains(page.Text(), said) ||
				page.Values(searchForm).Get("sought") != typed {
				t.Errorf("%q: %d %s", typed, page.Status, page.Text())
			}
		}
	})

	t.Run("T40: another canton's person is like nobody", func(t *testing.T) {
		claire := site.SignIn(t, cast.Claire)
		answers := map[string]string{}
		for _, typed := range []string{"Oleksandra Шевченко", "Tarquinia Bvumbe"} {
			page := claire.Post("/dossiers/search", url.Values{"sought": {typed}, "_csrf": {claire.Token()}, "_page": {"/dossiers"}})
			if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Aucune personne trouvée") {
				t.Errorf("%d %s", page.Status, page.Text())
			}
			page.Document.Find("[hx-nonce]").RemoveAttr("hx-nonce")
			content, err := page.Document.Find("#content").Html()
			if err != nil {
				t.Fatal(err)
			}
			answers[strings.ReplaceAll(content, typed, "")] = typed
		}
		if len(answers) != 1 {
			t.Errorf("the answers differ: %v", answers)
		}
	})

	t.Run("offices have no search", func(t *testing.T) {
		noe := site.SignIn(t, cast.Noe)
		values := url.Values{"sought": {"Oleksandra"}, "_csrf": {noe.Token()}}
		if page := noe.Post("/dossiers/search", values); page.Status != http.StatusForbidden || strings.Contains(page.Text(), "Lomidak") {
			t.Errorf("%d", page.Status)
		}
		if page := noe.Get("/dossiers/search"); page.Status != http.StatusForbidden {
			t.Errorf("%d", page.Status)
		}
	})

	t.Run("without its token nothing is sought", func(t *testing.T) {
		if page := lea.Post("/dossiers/search", url.Values{"sought": {"Oleksandra"}}); page.Status != http.StatusForbidden {
			t.Errorf("%d", page.Status)
		}
	})

	t.Run("nothing is parked when the session runs out", func(t *testing.T) {
		ruth := site.SignIn(t, cast.Ruth)
		page := ruth.Get("/dossiers")
		values := page.Values(searchForm)
		values.Set("sought", "Oleksandra")
		if kept := ruth.Post("/parked-forms", values); strings.Contains(kept.Header.Get("Location"), "parked") {
			t.Errorf("the screen that went dark kept it: %s", kept.Header.Get("Location"))
		}
		site.Database.Exec(t, "update sessions set seen_at = now() - interval '20 minutes'")
		site.App.SignIn.Forget("")
		if out := page.Submit(searchForm, values); out.URL.Path != "/signin" || strings.Contains(out.URL.RawQuery, "parked") {
			t.Errorf("the answer is %s", out.URL)
		}
		var parked int
		if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from parked_forms").Scan(&parked); err != nil || parked != 0 {
			t.Errorf("%d forms are kept: %v", parked, err)
		}
	})
}
