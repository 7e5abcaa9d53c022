package app_test

import (
	"net/http"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestEverybodySignsIn takes each of the cast through the real provider to the page where their day begins.
func TestEverybodySignsIn(t *testing.T) {
	site := webtest.Start(t)
	for _, person := range append(append([]cast.Person{}, cast.Staff...), cast.OfficeMembers...) {
		browser := site.SignIn(t, person)
		page := browser.Get("/")
		want := map[bool]string{true: "/inbox", false: "/work"}[person.Office != nil]
		if elsewhere := map[access.Role]string{access.Auditor: "/dossiers", access.Admin: "/members", access.Statistician: "/year"}[person.Role]; elsewhere != "" {
			want = elsewhere
		}
		if page.URL.Path != want || page.Status != http.StatusOK {
			t.Errorf("%s begins at %d %s, want %s", person.Name, page.Status, page.URL.Path, want)
		}
	}
}
