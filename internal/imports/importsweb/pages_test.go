package importsweb_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// send sends a file as a browser would, with the token and the identifier of the form on a page.
func send(t *testing.T, site *webtest.Site, browser *webtest.Browser, name string, body []byte) *webtest.Page {
	t.Helper()
	form := browser.Get("/imports").Values("form[enctype='multipart/form-data']")
	var sent bytes.Buffer
	writer := multipart.NewWriter(&sent)
	for field := range form {
		if err := writer.WriteField(field, form.Get(field)); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := writer.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/imports", &sent)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", writer.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return browser.Do(request)
}

func TestACaseloadThroughThePages(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	karim := site.SignIn(t, cast.Karim)

	t.Run("no file", func(t *testing.T) {
		page := send(t, site, karim, "", nil)
		if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary a[href='#file']") {
			t.Errorf("%d:\n%s", page.Status, page.Text())
		}
	})
	t.Run("what is no caseload", func(t *testing.T) {
		page := send(t, site, karim, "photo.png", []byte("\x89PNG\r\n\x1a\n\x00\x00"))
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text(), "n’est ni un CSV ni un classeur Excel") {
			t.Errorf("%d:\n%s", page.Status, page.Text())
		}
	})
	t.Run("larger than any form", func(t *testing.T) {
		large := "Nom;Remarques\n" + strings.Repeat("Okafor;"+strings.Repeat("x", 4000)+"\n", 200)
		if page := send(t, site, karim, "large.csv", []byte(large)); page.Status != http.StatusOK {
			t.Errorf("%d for a file of 0.8 MB", page.Status)
		}
	})

	page := send(t, site, karim, "liste.csv", []byte("Nom;Genre;Remarques\n<script>alert(1)</script>;Blume;x\nSantos;Homme;y\n"))
	if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Une ligne sur 2 est à corriger") || page.Has("main script") || page.Has("form[action$='/progress']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	address := page.URL.Path

	t.Run("two fields for one column", func(t *testing.T) {
		again := page.Submit("#mapping form", url.Values{"column_2": {"family_name"}})
		if again.Status != http.StatusUnprocessableEntity || !again.Has("#column_2 option[value=family_name][selected]") {
			t.Errorf("%d, what was chosen is lost:\n%s", again.Status, again.Text())
		}
	})
	t.Run("of others there is nothing", func(t *testing.T) {
		if page := site.SignIn(t, cast.Marc).Get(address); page.Status != http.StatusNotFound {
			t.Errorf("Marc: %d", page.Status)
		}
		if page := site.SignIn(t, cast.Lea).Get(address); page.Status != http.StatusForbidden {
			t.Errorf("Léa: %d", page.Status)
		}
		if page := karim.Get("/imports/" + ids.New[imports.Import]().String()); page.Status != http.StatusNotFound {
			t.Errorf("one that there is not: %d", page.Status)
		}
	})
	t.Run("a template", func(t *testing.T) {
		template := karim.Get("/imports/template")
		if template.Status != http.StatusOK || !strings.HasPrefix(template.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(template.Body, "PK") {
			t.Errorf("%d %s", template.Status, template.Header.Get("Content-Disposition"))
		}
	})

	clear := page.Submit("#mapping form", url.Values{"column_1": {""}})
	if clear.Status != http.StatusOK || !strings.Contains(clear.Text(), "Les 2 lignes du fichier sont claires") {
		t.Fatalf("%d:\n%s", clear.Status, clear.Text())
	}
	done := clear.Submit("form[action$='/progress']", nil)
	if done.Status != http.StatusOK || !strings.Contains(done.Text(), "Les 2 dossiers sont repris") {
		t.Fatalf("%d:\n%s", done.Status, done.Text())
	}
	if again := clear.Submit("form[action$='/progress']", nil); !strings.Contains(again.Text(), "Les 2 dossiers sont repris") {
		t.Errorf("sent twice: %d", again.Status)
	}
	found, err := site.App.Dossiers.List(cast.Karim.Context(t.Context()), dossiers.Filter{})
	if err != nil || len(found.Rows) != 2 {
		t.Errorf("%d dossiers, %v", len(found.Rows), err)
	}
}

// A body that is larger than a form's is read from nobody but somebody with a session, and at no other address.
func TestLargeBodiesElsewhere(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	large := url.Values{"code_name": {strings.Repeat("x", 300<<10)}}
	// Nor is one there that is larger than a file may be.
	larger := url.Values{"code_name": {strings.Repeat("x", 2<<20)}}
	if !site.SignIn(t, cast.Karim).Refuses("/imports", larger) {
		t.Error("a file too large is taken")
	}
	for name, browser := range map[string]*webtest.Browser{"a stranger": site.Open(t), "Karim": site.SignIn(t, cast.Karim)} {
		for _, address := range []string{"/dossiers", "/imports/template", "/imports?x=1"} {
			if !browser.Refuses(address, large) {
				t.Errorf("%s at %s: a large form is taken", name, address)
			}
		}
	}
	if !site.Open(t).Refuses("/imports", large) {
		t.Error("a large form is taken of a stranger at /imports")
	}
}
