package signin_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestFinish(t *testing.T) {
	h := newHouse(t)
	t.Run("lets a caseworker straight in", func(t *testing.T) {
		arrival, err := h.door.Finish(t.Context(), h.answer(t, "vaud", "lea@vaud.example", "/dossiers?phase=open"))
		if err != nil {
			t.Fatal(err)
		}
		want := access.Principal{Role: access.Caseworker, Tenant: h.vaud, Person: h.lea, Name: "Léa", TenantName: "vaud", Canton: "VD"}
		if arrival.Session.Membership.Principal != want || arrival.ReturnTo != "/dossiers?phase=open" {
			t.Errorf("arrived as %+v at %q", arrival.Session.Membership, arrival.ReturnTo)
		}
		found, err := h.newDoor(t).Find(t.Context(), arrival.Token, true)
		if err != nil || found.Membership.Principal != want || found.Workplaces != 1 || found.CSRF == "" || found.CSRF != arrival.Session.CSRF {
			t.Errorf("found %+v, %v", found, err)
		}
	})
	t.Run("lets a person of an office into that office alone", func(t *testing.T) {
		arrival := h.signIn(t, "offices", "noe@csr.example")
		found, err := h.newDoor(t).Find(t.Context(), arrival.Token, true)
		if err != nil {
			t.Fatal(err)
		}
		if p := found.Membership.Principal; p != arrival.Session.Membership.Principal || p.Role != access.OfficeMember || p.Office != h.csr || p.OfficeKind != access.IncomeSupport || p.OfficeName != "CSR Lausanne" {
			t.Errorf("arrived as %+v", p)
		}
	})
	t.Run("asks somebody with two workplaces", func(t *testing.T) {
		arrival := h.signIn(t, "offices", "jo@legal.example")
		if !arrival.Session.Membership.None() {
			t.Fatalf("straight into %s", arrival.Session.Membership.OfficeName)
		}
		memberships, err := h.door.Memberships(t.Context(), arrival.Session)
		if err != nil || len(memberships) != 2 || memberships[0].OfficeName != "Droit GE" || memberships[1].OfficeName != "Droit VD" {
			t.Fatalf("%+v, %v", memberships, err)
		}
		chosen, err := h.door.Choose(t.Context(), arrival.Session, memberships[1].Person)
		if err != nil || chosen.Session.Membership.Tenant != h.vaud {
			t.Fatalf("%+v, %v", chosen, err)
		}
		if _, err := h.door.Find(t.Context(), arrival.Token, true); !errors.Is(err, signin.ErrNoSession) {
			t.Errorf("the session from before the choice: %v", err)
		}
		if chosen.Token == arrival.Token || chosen.Session.CSRF == arrival.Session.CSRF {
			t.Error("the secrets did not change with the workplace")
		}
		if !chosen.Session.ExpiresAt.Equal(arrival.Session.ExpiresAt) {
			t.Error("changing the workplace changed the end of the session")
		}
		if _, err := h.door.Choose(t.Context(), chosen.Session, h.lea); !errors.Is(err, fault.NotFound()) {
			t.Errorf("choosing somebody else's workplace: %v", err)
		}
	})
	t.Run("leaves the unknown waiting, until somebody invites them", func(t *testing.T) {
		arrival := h.signIn(t, "vaud", "unknown@vaud.example")
		if memberships, err := h.door.Memberships(t.Context(), arrival.Session); err != nil || len(memberships) != 0 {
			t.Errorf("%+v, %v", memberships, err)
		}
		if !arrival.Session.Membership.Scope().Empty() {
			t.Error("somebody without a role has a scope")
		}
		var vaud signin.ConnectionID
		if err := h.db.Owner.QueryRow(t.Context(), "select connection_id from connections where slug = 'vaud'").Scan(&vaud); err != nil {
			t.Fatal(err)
		}
		h.member(t, h.vaud, "New", "auditor", vaud, h.identities.Subject("vaud", "unknown@vaud.example"))
		if memberships, err := h.door.Memberships(t.Context(), arrival.Session); err != nil || len(memberships) != 1 {
			t.Errorf("%+v, %v", memberships, err)
		}
	})
	t.Run("knows the same person again", func(t *testing.T) {
		first, second := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "vaud", "lea@vaud.example")
		if first.Session.Identity.ID != second.Session.Identity.ID || first.Token == second.Token {
			t.Errorf("%v and %v", first.Session.Identity, second.Session.Identity)
		}
	})
}

// TestMembershipsThroughTheWrongDoor: a membership that was entered with a connection which must not serve it is
// never bound.
func TestMembershipsThroughTheWrongDoor(t *testing.T) {
	h := newHouse(t)
	connection := func(slug string) (id signin.ConnectionID) {
		if err := h.db.Owner.QueryRow(t.Context(), "select connection_id from connections where slug = $1", slug).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	h.member(t, h.vaud, "Claire", "coordinator", connection("geneve"), h.identities.Subject("geneve", "claire@geneve.example"))
	h.member(t, h.vaud, "Noé", "coordinator", connection("offices"), h.identities.Subject("offices", "noe@csr.example"))
	h.officeMember(t, h.vaud, h.csr, "Léa", connection("vaud"), h.identities.Subject("vaud", "lea@vaud.example"))
	for email, slug := range map[string]string{"claire@geneve.example": "geneve", "noe@csr.example": "offices", "lea@vaud.example": "vaud"} {
		memberships, err := h.door.Memberships(t.Context(), h.signIn(t, slug, email).Session)
		if err != nil || len(memberships) != 1 {
			t.Errorf("%s: %+v, %v", email, memberships, err)
		}
	}
}

func TestBegin(t *testing.T) {
	h := newHouse(t)
	target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "vaud", Email: "lea@vaud.example", Language: "it", ReturnTo: "//evil.example"})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "passerelle", "redirect_uri": origin + "/oidc/vaud/callback",
		"code_challenge_method": "S256", "login_hint": "lea@vaud.example", "ui_locales": "it", "max_age": "28800",
	} {
		if got := asked.Query().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	state := asked.Query().Get("state")
	if len(state) < 43 || len(asked.Query().Get("nonce")) < 43 || len(asked.Query().Get("code_challenge")) < 43 || len(browser) < 43 {
		t.Errorf("secrets are short: %s", target)
	}
	if n := h.count(t, "select count(*) from signin_attempts where state_hash = sha256($1) and browser_hash = sha256($2) and return_to = '/'", []byte(state), []byte(browser)); n != 1 {
		t.Errorf("%d attempts are kept by hash, with a harmless return", n)
	}
	if _, again, err := h.door.Begin(t.Context(), signin.Departure{Connection: "vaud", Browser: browser}); err != nil || again != browser {
		t.Errorf("a second window got a binding of its own: %v", err)
	}
	if _, again, err := h.door.Begin(t.Context(), signin.Departure{Connection: "vaud", Browser: "chosen"}); err != nil || again == "chosen" {
		t.Errorf("a binding chosen outside was taken: %v", err)
	}
	if _, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "nowhere"}); !errors.Is(err, fault.NotFound()) {
		t.Errorf("an unknown connection: %v", err)
	}
	h.clock.pass(11 * time.Minute)
	if _, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "vaud"}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "select count(*) from signin_attempts"); n != 1 {
		t.Errorf("%d attempts are kept, of which 3 are out of date", n-1)
	}
}

func TestConnectionOf(t *testing.T) {
	h := newHouse(t)
	for email, want := range map[string]string{
		"lea@vaud.example": "vaud", "nobody-there@vaud.example": "vaud", " noe@CSR.example ": "offices", "a@b@geneve.example": "geneve",
	} {
		if connection, err := h.door.ConnectionOf(t.Context(), email); err != nil || connection.Slug != want {
			t.Errorf("%q: %q, %v", email, connection.Slug, err)
		}
	}
	for email, want := range map[string]string{
		"": "signin.email.missing", "lea": "signin.email.not_an_address", "@vaud.example": "signin.email.not_an_address",
		"lea@": "signin.email.not_an_address", "lea@evil.example": "signin.email.unknown_organisation", "lea@sub.vaud.example": "signin.email.unknown_organisation",
	} {
		_, err := h.door.ConnectionOf(t.Context(), email)
		problems, _ := fault.Correctable(err)
		if problem, ok := problems.Of("email"); !ok || problem.Key != want {
			t.Errorf("%q: %v, want %s", email, err, want)
		}
	}
}

func TestNew(t *testing.T) {
	for _, origin := range []string{"", "passerelle.example", "http://passerelle.example", "http://192.168.1.1:8080", "https://passerelle.example/app", "ftp://127.0.0.1", "ftp://localhost"} {
		if _, err := signin.New(nil, nil, signin.Options{Origin: origin, AllowLoopbackHTTP: true}); err == nil {
			t.Errorf("%q was taken as an origin", origin)
		}
	}
	for origin, secure := range map[string]bool{"https://passerelle.example/": true, "http://127.0.0.1:8080": false, "http://localhost:8080": false} {
		door, err := signin.New(nil, nil, signin.Options{Origin: origin})
		if err != nil || door.Secure() != secure || door.RedirectURI("vaud") != strings.TrimSuffix(origin, "/")+"/oidc/vaud/callback" {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

func TestPark(t *testing.T) {
	h := newHouse(t)
	lea, claire := h.signIn(t, "vaud", "lea@vaud.example").Session, h.signIn(t, "geneve", "claire@geneve.example").Session
	late, out := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "vaud", "lea@vaud.example")
	as := func(s signin.Session) context.Context {
		return access.WithPrincipal(t.Context(), s.Membership.Principal)
	}
	form := url.Values{"request": {"Hébergement, «urgent» '?' {{x}}"}, "classes": {"identity", "health"}, "_csrf": {"secret"}}

	park := func(t *testing.T, page string) signin.ParkedFormID {
		t.Helper()
		path, err := h.door.Park(t.Context(), lea, page, form)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := url.Parse(path)
		if err != nil || parsed.Path != "/referrals/new" {
			t.Fatalf("parked at %s", path)
		}
		id, err := ids.Parse[signin.ParkedForm](parsed.Query().Get("parked"))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	t.Run("gives it back once, to the same person on the same page", func(t *testing.T) {
		id := park(t, "/referrals/new?dossier=1")
		for name, ctx := range map[string]context.Context{"Claire": as(claire), "nobody": t.Context()} {
			if _, err := h.door.Unpark(ctx, id, "/referrals/new"); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s: %v", name, err)
			}
		}
		karim := lea
		karim.Membership.Person = ids.New[tenantdb.Person]()
		if _, err := h.door.Unpark(as(karim), id, "/referrals/new"); !errors.Is(err, fault.NotFound()) {
			t.Errorf("a colleague: %v", err)
		}
		if _, err := h.door.Unpark(as(lea), id, "/dossiers/new"); !errors.Is(err, fault.NotFound()) {
			t.Errorf("another page: %v", err)
		}
		values, err := h.door.Unpark(as(lea), id, "/referrals/new")
		if err != nil || values.Get("request") != form.Get("request") || len(values["classes"]) != 2 || values.Has("_csrf") {
			t.Errorf("%v, %v", values, err)
		}
		if _, err := h.door.Unpark(as(lea), id, "/referrals/new"); !errors.Is(err, fault.NotFound()) {
			t.Errorf("a second time: %v", err)
		}
	})
	t.Run("works for a session that has expired", func(t *testing.T) {
		h.clock.pass(20 * time.Minute)
		expired, err := h.door.Find(t.Context(), late.Token, true)
		if !errors.Is(err, signin.ErrExpired) {
			t.Fatal(err)
		}
		if _, err := h.door.Park(t.Context(), expired, "/dossiers/new", form); err != nil {
			t.Error(err)
		}
	})
	t.Run("does not keep for somebody who signed out", func(t *testing.T) {
		if err := h.door.End(t.Context(), out.Token); err != nil {
			t.Fatal(err)
		}
		ended, _ := h.door.Find(t.Context(), out.Token, true)
		if _, err := h.door.Park(t.Context(), ended, "/dossiers/new", form); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("forgets after a day", func(t *testing.T) {
		id := park(t, "/referrals/new")
		h.clock.pass(25 * time.Hour)
		if _, err := h.door.Unpark(as(lea), id, "/referrals/new"); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%v", err)
		}
		if _, err := h.door.Park(t.Context(), lea, "/dossiers/new", form); err != nil {
			t.Fatal(err)
		}
		if n := h.count(t, "select count(*) from parked_forms"); n != 1 {
			t.Errorf("%d forms are kept, of which %d are out of date", n, n-1)
		}
	})
}
