package app_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/webtest"
)

// Whoever asks without end is answered no more, in however many sessions; colleagues behind the same address, and others who work at the
// same office, are. What comes back comes back with time.
func TestPace(t *testing.T) {
	now := time.Now()
	site := webtest.Start(t, func(o *app.Options) {
		o.RequestsAMinute, o.Clock = 240, func() time.Time { return now }
	})
	here, there := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Lea)
	others := map[string]*webtest.Browser{"a colleague": site.SignIn(t, cast.Karim), "another tenant": site.SignIn(t, cast.Claire), "an office": site.SignIn(t, cast.Noe)}

	until := func() (answered int) {
		for range 100 {
			switch page := here.Get("/dossiers"); page.Status {
			case http.StatusOK:
				answered++
			case http.StatusTooManyRequests:
				if page.Header.Get("Retry-After") == "" {
					t.Error("it is not said when to come back")
				}
				return answered
			default:
				t.Fatalf("%d", page.Status)
			}
		}
		t.Fatal("a hundred pages are shown in a moment")
		return
	}
	if n := until(); n < 20 || n > 40 {
		t.Errorf("%d pages were shown of 40 requests", n)
	}
	if page := there.Get("/dossiers"); page.Status != http.StatusTooManyRequests {
		t.Errorf("in another session of the same person: %d", page.Status)
	}
	for who, browser := range others {
		if page := browser.Get("/"); page.Status != http.StatusOK {
			t.Errorf("%s: %d", who, page.Status)
		}
	}
	now = now.Add(2 * time.Second)
	if n := until(); n != 8 {
		t.Errorf("after two seconds %d pages are shown, want 8", n)
	}

	// A page that gives back what was typed takes it out of where it was kept: refused, it would be lost.
	now = now.Add(2 * time.Second)
	typed := here.Get("/dossiers/new").Values("form.pas-form")
	typed.Set("contact_note", "half a sentence")
	back, err := url.Parse(here.Post("/parked-forms", typed).Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	until()
	if given := here.Get(back.Query().Get("return")); given.Status != http.StatusOK || given.Values("form.pas-form").Get("contact_note") != "half a sentence" {
		t.Errorf("what was typed is not given back: %d", given.Status)
	}
	if page := here.Get("/dossiers/new"); page.Status != http.StatusTooManyRequests {
		t.Errorf("and then everything is shown: %d", page.Status)
	}
}
