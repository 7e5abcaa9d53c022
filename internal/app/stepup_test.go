package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, lost) }

// lost is a recovery that somebody of Vaud has asked the admins for.
func lost(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	id := uuid.NewString()
	site.Database.Exec(t, `update passkey_recoveries set withdrawn_at = now() where used_at is null and refused_at is null and withdrawn_at is null`)
	site.Database.Exec(t, `insert into passkey_recoveries (tenant_id, recovery_id, identity_id, person_id, asked_at)
		select $1, $2, identity_id, $3, now() from identities order by first_seen_at limit 1`, cast.Vaud.ID, id, cast.Ruth.ID)
	return map[string]string{"/passkey-recoveries/": id}
}

// TestEveryStepUpIsAskedFor goes to every route whose action stands in policies/step_up.csv, as everybody who may: without having
// confirmed with a passkey nobody gets through, neither with a session of which somebody else has copied the cookie, and nothing
// is done.
func TestEveryStepUpIsAskedFor(t *testing.T) {
	site := webtest.Start(t)
	people := []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Anna, cast.Sami, cast.Noe, cast.Olga}
	browsers := map[string]*webtest.Browser{}
	for _, person := range people {
		browsers[person.Name] = site.SignIn(t, person)
		browsers[person.Name].Passkey = nil
	}
	about := amina(t, site)
	asked := map[access.Action]bool{}
	done := func() (n int) {
		if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action in ('address_shown', 'dossier_exported', 'passkey_recovery_granted')").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, route := range site.App.Web.Routes() {
		if !access.NeedsFactor(route.Action) {
			continue
		}
		for _, person := range people {
			page := browsers[person.Name].Do(request(t, site, browsers[person.Name], route, about))
			switch may := access.May(person.Role, route.Action); {
			case may && (page.URL.Path != "/passkeys/new" || page.Status != http.StatusOK):
				t.Errorf("%s %s: %s, who may, gets %d %s without a passkey", route.Method, route.Path, person.Name, page.Status, page.URL)
			case !may && page.Status != http.StatusForbidden:
				t.Errorf("%s %s: %s, who may not, gets %d %s", route.Method, route.Path, person.Name, page.Status, page.URL)
			case may:
				asked[route.Action] = true
			}
			if strings.Contains(page.Body, "Canary") {
				t.Errorf("%s %s: %s reads of Amina", route.Method, route.Path, person.Name)
			}
		}
	}
	if n := done(); n != 0 {
		t.Errorf("%d things were done", n)
	}
	for _, action := range access.Actions {
		if access.NeedsFactor(action) && !asked[action] {
			t.Errorf("no route asks for the second factor of %s", action)
		}
	}
}

// TestWhatAdminsDoNeedsAFactor: whatever changes something and is an admin's alone stands in policies/step_up.csv.
func TestWhatAdminsDoNeedsAFactor(t *testing.T) {
	site := webtest.Start(t)
	for _, route := range site.App.Web.Routes() {
		if route.Method != http.MethodPost || !access.May(access.Admin, route.Action) || access.NeedsFactor(route.Action) {
			continue
		}
		switch route.Action {
		case access.PasskeyKeep: // One's own passkeys ask by themselves, where they have to.
		case access.OfficeManage, access.AgreementManage: // A directory is kept every day, and tells nobody anything about a person.
		default:
			t.Errorf("%s %s (%s) changes something as an admin, without a second factor: add it to policies/step_up.csv", route.Method, route.Path, route.Action)
		}
	}
}

func request(t *testing.T, site *webtest.Site, browser *webtest.Browser, route web.Route, about things) *http.Request {
	t.Helper()
	body := ""
	if route.Method == http.MethodPost {
		body = url.Values{"_csrf": {browser.Token()}, "_page": {"/"}, "reason": {"visit"}, "address_reason": {"visit"}, "answer": {"grant"}}.Encode()
	}
	request, err := http.NewRequestWithContext(t.Context(), route.Method, site.URL+about.path(route.Path), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if route.Method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return request
}
