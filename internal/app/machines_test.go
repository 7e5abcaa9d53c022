package app_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/webtest"
)

// TestEveryMachineShowsAToken asks every route that machines call without a token, with one that is none, and with somebody's session
// instead: none is answered, and a session changes nothing about it (T06, T07).
func TestEveryMachineShowsAToken(t *testing.T) {
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	nothing := absent()
	asked := 0
	for _, route := range site.App.Web.Routes() {
		if route.Action != access.ByToken {
			continue
		}
		asked++
		for name, show := range map[string]func(*http.Request){
			"nothing":                  func(*http.Request) {},
			"nonsense":                 func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") },
			"a password":               func(r *http.Request) { r.SetBasicAuth("vaud", "x") },
			"a session":                func(r *http.Request) { cookies(r, anna) },
			"a session, as its token":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+anna.Cookies()[0].Value) },
			"a token that looks right": func(r *http.Request) { r.Header.Set("Authorization", "Bearer vaud."+strings.Repeat("a", 52)) },
		} {
			request, err := http.NewRequestWithContext(t.Context(), route.Method, site.URL+nothing.path(route.Path), nil)
			if err != nil {
				t.Fatal(err)
			}
			show(request)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/scim+json") || response.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s, with %s: %d %s", route.Method, route.Path, name, response.StatusCode, body)
			}
		}
		if page := anna.Get(nothing.path(route.Path)); page.Status < 400 {
			t.Errorf("%s %s: a browser gets %d", route.Method, route.Path, page.Status)
		}
	}
	if asked == 0 {
		t.Fatal("no machine calls anything")
	}
}

func cookies(request *http.Request, of *webtest.Browser) {
	for _, cookie := range of.Cookies() {
		request.AddCookie(cookie)
	}
}
