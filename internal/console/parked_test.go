package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/webtest"
)

// TestAFormSurvivesTheEndOfASession: what an operator had typed when the session ran out is there again after signing in, once, for the
// same operator, and on no disk.
func TestAFormSurvivesTheEndOfASession(t *testing.T) {
	house := webtest.Start(t)
	site, _ := house.Console(t)
	// away is everybody, for longer than a session lasts.
	away := func() {
		house.Database.Exec(t, "update console.sessions set seen_at = seen_at - interval '16 minutes'")
	}
	hers, his := webtest.NewPasskey(), webtest.NewPasskey()
	ada := site.Operate(t, cast.Ada, hers)
	const typed = "Passerelle Zugvogel"
	form := ada.Get("/tenants/new")
	away()
	asked := form.Submit("main form", url.Values{"name": {typed}, "canton": {"FR"}, "slug": {"zugvogel"}})
	if asked.URL.Path != "/signin" || !strings.Contains(asked.URL.Query().Get("return"), "/tenants/new?parked=") {
		t.Fatalf("%d %s", asked.Status, asked.URL)
	}
	parked := asked.URL.Query().Get("return")
	var n int
	if err := house.Database.Owner.QueryRow(t.Context(), "select count(*) from tenants where slug = 'zugvogel'").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d tenants: %v", n, err)
	}

	// Tom, who comes by the same address, is given an empty form, and takes nothing away.
	tom := site.Operate(t, cast.Tom, his)
	if got := tom.Get(parked); got.Status != http.StatusOK || strings.Contains(got.Body, typed) {
		t.Errorf("%d: Tom reads what Ada typed", got.Status)
	}
	again := site.Operate(t, cast.Ada, hers)
	if got := again.Get(strings.Replace(parked, "/tenants/new", "/tenants", 1)); strings.Contains(got.Body, typed) {
		t.Error("another page gives it back")
	}
	page := again.Get(parked)
	if page.Document.Find("#name").AttrOr("value", "") != typed || page.Document.Find("#slug").AttrOr("value", "") != "zugvogel" {
		t.Fatalf("%d %s", page.Status, page.Text())
	}
	if got := again.Get(parked); strings.Contains(got.Body, typed) {
		t.Error("it is given back twice")
	}
	if done := page.Submit("main form", nil); done.Status != http.StatusOK || !strings.Contains(done.Text(), typed) {
		t.Errorf("%d %s", done.Status, done.URL)
	}

	// What a page's script hands in before the screen goes dark is kept too, and keeps no session alive. Nobody else hands anything in.
	values := again.Get("/tenants/new").Values("main form")
	values.Set("name", typed)
	if got := again.Post("/parked-forms", values); got.Status != http.StatusCreated || !strings.HasPrefix(got.Header.Get("Location"), "/signin?return=%2Ftenants%2Fnew%3Fparked%3D") {
		t.Errorf("%d %s", got.Status, got.Header.Get("Location"))
	}
	away()
	if got := again.Post("/parked-forms", values); got.Status != http.StatusCreated {
		t.Errorf("after the end: %d", got.Status)
	}
	forged := url.Values{"_csrf": {"x"}, "name": {typed}}
	for who, browser := range map[string]*webtest.Browser{"a stranger": site.Open(t), "a forger": again} {
		if got := browser.Post("/parked-forms", forged); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", who, got.Status)
		}
	}
}
