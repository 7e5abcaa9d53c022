package passkeysweb_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/webtest"
)

// asked is a recovery that Karim, who has lost his key, has asked for: his browser, and the admins' page of it.
func (h *house) asked(t *testing.T, admins ...cast.Person) (karim *webtest.Browser, address string, browsers []*webtest.Browser) {
	t.Helper()
	karim, _ = h.registered(t)
	for _, admin := range admins {
		browsers = append(browsers, h.SignIn(t, admin))
	}
	page := karim.Get("/passkeys")
	if page = page.Submit("form[action='/passkeys/recovery']", nil); page.Status != http.StatusOK || !page.Has("form[action='/passkeys/recovery/destroy']") {
		t.Fatalf("asking: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	var id string
	if err := h.Database.Owner.QueryRow(t.Context(), "select recovery_id::text from passkey_recoveries where used_at is null and withdrawn_at is null").Scan(&id); err != nil {
		t.Fatal(err)
	}
	return karim, "/passkey-recoveries/" + id, browsers
}

func says(b *webtest.Browser, address, answer, reason string) *webtest.Page {
	return b.Post(address+"/answer", url.Values{"_csrf": {b.Token()}, "_page": {address}, "answer": {answer}, "reason": {reason}})
}

// TestRecovery: two admins grant it, each for a reason; then a new passkey takes the place of the one that was lost.
func TestRecovery(t *testing.T) {
	h := open(t)
	karim, address, admins := h.asked(t, cast.Anna, cast.Boris)
	anna, boris := admins[0], admins[1]

	if page := anna.Get("/passkey-recoveries"); page.Status != http.StatusOK || !strings.Contains(page.Text(), cast.Karim.Name) {
		t.Fatalf("Anna sees %d\n%s", page.Status, page.Text())
	}
	// Who is not one of the tenant's admins finds nothing, as if it had never been.
	diane := h.SignIn(t, cast.Diane)
	if page := diane.Get(address); page.Status != http.StatusNotFound {
		t.Errorf("Diane of Genève sees it: %d", page.Status)
	}
	if page := says(diane, address, "grant", "Je le connais."); page.Status != http.StatusNotFound {
		t.Errorf("Diane of Genève grants it: %d", page.Status)
	}
	if page := h.SignIn(t, cast.Ruth).Get(address); page.Status != http.StatusForbidden {
		t.Errorf("an auditor sees it: %d", page.Status)
	}
	if page := says(karim, address, "grant", "C’est moi."); page.Status != http.StatusForbidden {
		t.Errorf("Karim grants his own: %d", page.Status)
	}
	// Not without a reason, and not one admin twice.
	if page := says(anna, address, "grant", "  "); page.Status != http.StatusUnprocessableEntity || !page.Has("#reason-error, .govuk-error-message") {
		t.Errorf("without a reason: %d\n%s", page.Status, page.Text())
	}
	if page := says(anna, address, "grant", "Vu au bureau ce matin."); page.Status != http.StatusOK {
		t.Fatalf("Anna grants: %d\n%s", page.Status, page.Text())
	}
	if page := says(anna, address, "grant", "Encore."); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("Anna grants twice: %d", page.Status)
	}
	// One is not enough.
	again := func() *webtest.Page {
		page := karim.Get("/passkeys/new")
		if !page.Has("form[action='/signin/again']") {
			return page
		}
		return karim.SignInAgain(page)
	}
	if page := again(); page.URL.Path != "/confirmation" {
		t.Errorf("with one admin: %s", page.URL)
	}
	if page := boris.Get(address); !strings.Contains(page.Text(), "Vu au bureau ce matin.") {
		t.Errorf("Boris does not read why Anna agreed:\n%s", page.Text())
	}
	if page := says(boris, address, "grant", "Rappelé à son numéro."); page.Status != http.StatusOK {
		t.Fatalf("Boris grants: %d\n%s", page.Status, page.Text())
	}

	other := h.SignIn(t, cast.Karim)
	other.Passkey = nil
	page := again()
	if !page.Has("form[data-passkey=register]") {
		t.Fatalf("granted, and signed in anew: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	key := webtest.NewPasskey()
	page = page.Submit("form[data-passkey]", url.Values{"name": {"Nouvelle"}, "answer": {key.Register(t, h.Site, options(page))}})
	if page.URL.Path != "/passkeys" || !strings.Contains(page.Text(), "Nouvelle") || page.Has("form[action='/passkeys/destroy']") {
		t.Fatalf("the new one: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	if page := other.Get("/dossiers"); page.URL.Path != "/signin" {
		t.Errorf("another session of Karim's goes on: %s", page.URL)
	}
	for action, want := range map[string]int{"passkey_recovery_asked": 1, "passkey_recovery_granted": 2, "passkey_recovery_used": 1} {
		if n := entries(t, h, action); n != want {
			t.Errorf("%d entries of %s, want %d", n, action, want)
		}
	}
	// It is used up.
	if page := says(boris, address, "refuse", "Trop tard."); page.Status != http.StatusUnprocessableEntity && page.Status != http.StatusConflict {
		t.Errorf("answered once more: %d", page.Status)
	}
	// All three were told, in words that say nothing.
	deadline := time.Now().Add(20 * time.Second)
	for told := map[string]bool{}; len(told) < 3; {
		if time.Now().After(deadline) {
			t.Fatalf("told were %v", told)
		}
		files, _ := filepath.Glob(filepath.Join(h.mails, "*.eml"))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, person := range []cast.Person{cast.Karim, cast.Anna, cast.Boris} {
				if strings.Contains(string(text), person.Email) {
					told[person.Name] = true
				}
				if strings.Contains(string(text), person.Name) {
					t.Errorf("an e-mail names %s", person.Name)
				}
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// TestRecoveryOfAnAdmin: who is an admin answers nothing of her own.
func TestRecoveryOfAnAdmin(t *testing.T) {
	h := open(t)
	admin := h.SignIn(t, cast.Anna)
	h.SignIn(t, cast.Boris)
	h.Database.Exec(t, `insert into passkey_recoveries (tenant_id, recovery_id, identity_id, person_id, asked_at)
		select tenant_id, '11111111-1111-4111-8111-111111111111', identity_id, member_id, now() from members where member_id = $1`, cast.Anna.ID)
	if page := says(admin, "/passkey-recoveries/11111111-1111-4111-8111-111111111111", "grant", "Moi."); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("Anna grants her own: %d", page.Status)
	}
}

// TestRecoveryWithoutTwoAdmins: where there are not two, the page says so, and nothing can be asked for.
func TestRecoveryWithoutTwoAdmins(t *testing.T) {
	h := open(t)
	marc := h.SignIn(t, cast.Marc)
	h.SignIn(t, cast.Diane)
	if page := marc.Get(exports); page.URL.Path != exports {
		t.Fatalf("Marc: %s", page.URL)
	}
	page := marc.Get("/passkeys")
	if page.Has("form[action='/passkeys/recovery']") || !strings.Contains(page.Text(), "deux autres administrateurs") {
		t.Errorf("the page says\n%s", page.Text())
	}
	if page := marc.Post("/passkeys/recovery", url.Values{"_csrf": {marc.Token()}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("asked all the same: %d", page.Status)
	}
}

// TestRecoveryLapses: what nobody answers for a week, or nobody uses for a day, is over.
func TestRecoveryLapses(t *testing.T) {
	h := open(t)
	karim, address, admins := h.asked(t, cast.Anna, cast.Boris)
	for _, admin := range admins {
		if page := says(admin, address, "grant", "Vu."); page.Status != http.StatusOK {
			t.Fatalf("granting: %d\n%s", page.Status, page.Text())
		}
	}
	h.Database.Exec(t, "alter table passkey_recoveries disable trigger user")
	h.Database.Exec(t, "update passkey_recoveries set asked_at = asked_at - interval '25 hours', first_at = first_at - interval '25 hours', second_at = second_at - interval '25 hours'")
	h.Database.Exec(t, "alter table passkey_recoveries enable trigger user")
	if page := karim.Get("/passkeys/new"); page.URL.Path != "/confirmation" {
		t.Errorf("a day later: %d %s", page.Status, page.URL)
	}
	// It can be asked for anew.
	if page := karim.Get("/passkeys").Submit("form[action='/passkeys/recovery']", nil); !page.Has("form[action='/passkeys/recovery/destroy']") {
		t.Errorf("asked anew: %d\n%s", page.Status, page.Text())
	}
	if page := karim.Get("/passkeys").Submit("form[action='/passkeys/recovery/destroy']", nil); !page.Has("form[action='/passkeys/recovery']") {
		t.Errorf("taken back: %d\n%s", page.Status, page.Text())
	}
}
