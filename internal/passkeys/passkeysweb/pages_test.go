package passkeysweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/mail"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// house is the application with a clock that a test moves on, and e-mails in a folder.
type house struct {
	*webtest.Site
	ahead atomic.Int64
	mails string
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{mails: t.TempDir()}
	h.Site = webtest.Start(t, func(o *app.Options) {
		o.Clock = func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
		o.Post = mail.Folder(h.mails)
	})
	t.Cleanup(func() {
		if t.Failed() {
			for line := range strings.Lines(h.Log.String()) {
				if !strings.Contains(line, "msg=request") {
					t.Log(line)
				}
			}
		}
	})
	return h
}

func (h *house) pass(d time.Duration) { h.ahead.Add(int64(d)) }

// byHand is a browser that answers no page by itself.
func byHand(b *webtest.Browser) (*webtest.Browser, *webtest.Passkey) {
	other, key := *b, b.Passkey
	other.Passkey = nil
	return &other, key
}

func options(page *webtest.Page) string {
	return page.Document.Find("form[data-passkey]").AttrOr("data-options", "")
}

func entries(t *testing.T, h *house, action string) (n int) {
	t.Helper()
	if err := h.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = $1", action).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const exports = "/exports/new"

// registered is Karim with a passkey, in a session in which he has not confirmed.
func (h *house) registered(t *testing.T) (*webtest.Browser, *webtest.Passkey) {
	t.Helper()
	first := h.SignIn(t, cast.Karim)
	if page := first.Get(exports); page.URL.Path != exports || page.Status != http.StatusOK {
		t.Fatalf("Karim cannot register: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	second := h.SignIn(t, cast.Karim)
	second.Passkey = first.Passkey
	return byHand(second)
}

// TestTheFirstPasskey: whoever has none signs in at the provider once more, registers one, and goes on to where she wanted to go.
func TestTheFirstPasskey(t *testing.T) {
	h := open(t)
	karim, key := byHand(h.SignIn(t, cast.Karim))
	page := karim.Get(exports)
	if page.URL.Path != "/passkeys/new" || page.Has("form[data-passkey]") || !page.Has("form[action='/signin/again']") {
		t.Fatalf("without having signed in anew Karim gets %d %s\n%s", page.Status, page.URL, page.Text())
	}
	// A session that was left open, or stolen, registers nothing, even by hand.
	if page := karim.Post("/passkeys", url.Values{"_csrf": {karim.Token()}, "challenge": {""}, "answer": {"{}"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("registered by hand: %d", page.Status)
	}
	page = karim.SignInAgain(page)
	if page.URL.Path != "/passkeys/new" || !page.Has("form[data-passkey=register]") {
		t.Fatalf("having signed in anew: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	cookie := karim.Cookies()
	page = page.Submit("form[data-passkey]", url.Values{"name": {"  Clé du  bureau "}, "answer": {key.Register(t, h.Site, options(page))}})
	if page.URL.Path != exports || page.Status != http.StatusOK {
		t.Fatalf("with a passkey: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	if karim.Cookies()[0].Value == cookie[0].Value {
		t.Error("the session's secret is the same as before")
	}
	page = karim.Get("/passkeys")
	if !strings.Contains(page.Text(), "Clé du bureau") || page.Has("form[action='/passkeys/destroy']") {
		t.Errorf("the list says\n%s", page.Text())
	}
	if n := entries(t, h, "passkey_added"); n != 1 {
		t.Errorf("%d entries", n)
	}
	other, _ := byHand(h.SignIn(t, cast.Karim))
	// For ten minutes it counts, in this session.
	h.pass(9 * time.Minute)
	if page := karim.Get(exports); page.URL.Path != exports {
		t.Errorf("after nine minutes: %s", page.URL)
	}
	h.pass(2 * time.Minute)
	if page := karim.Get(exports); page.URL.Path != "/confirmation" {
		t.Errorf("after eleven minutes: %s", page.URL)
	}
	// Ten minutes after signing in anew no other can be registered without one.
	if page := other.Get("/passkeys/new"); page.URL.Path != "/confirmation" {
		t.Errorf("a second one without the first: %d %s", page.Status, page.URL)
	}
}

// TestConfirming: what somebody had typed goes on by itself once she has confirmed, and having confirmed counts in no other session.
func TestConfirming(t *testing.T) {
	h := open(t)
	karim, key := h.registered(t)
	page := karim.Post("/exports", url.Values{"_csrf": {karim.Token()}, "_page": {exports}, "id": {uuid.NewString()}, "reason": {"nonsense typed"}})
	if page.URL.Path != "/confirmation" || !strings.Contains(page.URL.Query().Get("return"), "/confirmation/onward?parked=") {
		t.Fatalf("the form led to %d %s\n%s", page.Status, page.URL, page.Text())
	}
	if strings.Contains(page.Body, "nonsense") || strings.Contains(page.URL.String(), "nonsense") {
		t.Error("what was typed stands on the page, or in its address")
	}
	page = page.Submit("form[data-passkey]", url.Values{"answer": {key.Sign(t, h.Site, options(page))}})
	if page.URL.Path != "/confirmation/onward" {
		t.Fatalf("having confirmed: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	values := page.Values("form[data-onward]")
	if values.Get("reason") != "nonsense typed" || values.Get("_page") != exports || values.Has("factor.act") {
		t.Errorf("the form goes on as %v", values)
	}
	if page = page.Submit("form[data-onward]", nil); page.Status != http.StatusUnprocessableEntity || page.URL.Path != "/exports" {
		t.Errorf("the act: %d %s", page.Status, page.URL)
	}
	if other, _ := byHand(h.SignIn(t, cast.Karim)); other.Get(exports).URL.Path != "/confirmation" {
		t.Error("another session of the same person counts as confirmed")
	}
	if n := entries(t, h, "passkey_used"); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// TestT35 tries what somebody tries who has a session and no passkey, or a passkey that is not the person's.
func TestT35(t *testing.T) {
	h := open(t)
	karim, key := h.registered(t)
	ask := func(b *webtest.Browser) *webtest.Page {
		t.Helper()
		page := b.Get("/confirmation?return=" + exports)
		if !page.Has("form[data-passkey=confirm]") {
			t.Fatalf("not asked to confirm: %d %s\n%s", page.Status, page.URL, page.Text())
		}
		return page
	}
	refused := func(what string, page *webtest.Page) {
		t.Helper()
		if page.Status != http.StatusUnprocessableEntity || !page.Has(".govuk-error-summary") || !page.Has("form[data-passkey=confirm]") {
			t.Errorf("%s: %d %s", what, page.Status, page.URL)
		}
		if page := karim.Get(exports); page.URL.Path != "/confirmation" {
			t.Errorf("%s: the way is open", what)
		}
	}
	send := func(page *webtest.Page, answer string) *webtest.Page {
		t.Helper()
		return page.Submit("form[data-passkey]", url.Values{"answer": {answer}})
	}

	page := ask(karim)
	refused("no answer", send(page, ""))
	refused("no answer that is one", send(ask(karim), `{"id":"x"}`))
	page = ask(karim)
	other := h.SignIn(t, cast.Marc)
	if got := other.Get(exports); got.URL.Path != exports {
		t.Fatalf("Marc: %s", got.URL)
	}
	marc, marcs := byHand(other)
	// Marc's key signs what Karim's session asks.
	stranger := webtest.NewPasskey()
	stranger.Authenticator.AddCredential(marcs.Authenticator.Credentials[0])
	stranger.Authenticator.Credentials[0].ID = key.Authenticator.Credentials[0].ID
	refused("another's key", send(page, stranger.Sign(t, h.Site, options(page))))

	page = ask(karim)
	key.Origin = "http://localhost.evil.example:8080"
	refused("another origin", send(page, key.Sign(t, h.Site, options(page))))
	page = ask(karim)
	key.Origin = strings.Replace(h.URL, "localhost:", "localhost:1", 1)
	refused("another port", send(page, key.Sign(t, h.Site, options(page))))
	key.Origin = ""

	page = ask(karim)
	key.Authenticator.Options.UserNotVerified = true
	refused("a key without PIN, finger or face", send(page, key.Sign(t, h.Site, options(page))))
	key.Authenticator.Options.UserNotVerified = false

	// What another session of the same person was asked answers nothing here.
	second, _ := byHand(h.SignIn(t, cast.Karim))
	elsewhere := ask(second)
	answer := key.Sign(t, h.Site, options(elsewhere))
	page = ask(karim)
	refused("another session's challenge", page.Submit("form[data-passkey]", url.Values{"challenge": {elsewhere.Values("form[data-passkey]").Get("challenge")}, "answer": {answer}}))
	// Nor is it there for Marc, in another canton, who has confirmed and is led on.
	if got := marc.Post("/confirmation", url.Values{"_csrf": {marc.Token()}, "challenge": page.Values("form[data-passkey]")["challenge"], "answer": {answer}}); got.Status != http.StatusUnprocessableEntity && got.URL.Path != "/work" {
		t.Errorf("Marc answers Karim's challenge: %d %s", got.Status, got.URL)
	}

	// A copy of the key counts by itself: its count goes back.
	page = ask(karim)
	count := key.Count
	key.Count = 50
	thief, _ := byHand(h.SignIn(t, cast.Karim))
	if got := send(ask(thief), key.Sign(t, h.Site, options(ask(thief)))); got.Status == http.StatusOK && got.URL.Path == exports {
		t.Error("an answer to another challenge of the same session opened the way")
	}
	fresh := ask(thief)
	if got := send(fresh, key.Sign(t, h.Site, options(fresh))); got.URL.Path != exports {
		t.Fatalf("the real one: %d %s\n%s", got.Status, got.URL, got.Text())
	}
	key.Count = count
	refused("a count that goes back", send(page, key.Sign(t, h.Site, options(page))))
	if n := entries(t, h, "passkey_refused"); n < 6 {
		t.Errorf("%d entries of what was refused", n)
	}

	// What was signed once opens nothing again; and with it the old secret of the session is dead, whoever had copied it.
	key.Count = 100
	stolen := h.Open(t)
	for _, cookie := range karim.Cookies() {
		stolen.SetCookie(cookie)
	}
	page = ask(karim)
	values := page.Values("form[data-passkey]")
	values.Set("answer", key.Sign(t, h.Site, options(page)))
	if got := stolen.Get(exports); got.URL.Path != "/confirmation" {
		t.Errorf("a stolen session: %s", got.URL)
	}
	if got := karim.Post("/confirmation", values); got.URL.Path != exports {
		t.Fatalf("Karim himself: %d %s\n%s", got.Status, got.URL, got.Text())
	}
	if got := stolen.Get(exports); got.URL.Path != "/signin" {
		t.Errorf("the stolen session is %s", got.URL)
	}
	h.pass(11 * time.Minute)
	refused("the same answer again", karim.Post("/confirmation", values))
	page = ask(karim)
	h.pass(5*time.Minute + time.Second)
	refused("an answer after five minutes", send(page, key.Sign(t, h.Site, options(page))))
}

// TestPasskeys: further ones need one that is there; the last one stays.
func TestPasskeys(t *testing.T) {
	h := open(t)
	karim, key := h.registered(t)
	page := karim.Get("/passkeys/new")
	if page.URL.Path != "/confirmation" {
		t.Fatalf("a further one without the first: %s", page.URL)
	}
	page = page.Submit("form[data-passkey]", url.Values{"answer": {key.Sign(t, h.Site, options(page))}})
	second := webtest.NewPasskey()
	page = page.Submit("form[data-passkey=register]", url.Values{"name": {""}, "answer": {second.Register(t, h.Site, options(page))}})
	if page.URL.Path != "/passkeys" || page.Document.Find("form[action='/passkeys/destroy']").Length() != 2 {
		t.Fatalf("two passkeys: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	mine := page.Values("form[action='/passkeys/destroy']")
	// Nobody else's: not there.
	marc := h.SignIn(t, cast.Marc)
	if got := marc.Get(exports); got.Status != http.StatusOK {
		t.Fatal(got.Status)
	}
	mine.Set("_csrf", marc.Token())
	if got := marc.Post("/passkeys/destroy", mine); got.Status != http.StatusNotFound && got.Status != http.StatusUnprocessableEntity {
		t.Errorf("Marc removes Karim's: %d", got.Status)
	}
	h.pass(11 * time.Minute)
	page = page.Submit("form[action='/passkeys/destroy']", nil)
	if page.URL.Path != "/confirmation" {
		t.Fatalf("removing without having confirmed: %d %s", page.Status, page.URL)
	}
	page = page.Submit("form[data-passkey]", url.Values{"answer": {second.Sign(t, h.Site, options(page))}})
	page = page.Submit("form[data-onward]", nil)
	if page.URL.Path != "/passkeys" || strings.Contains(page.Text(), "destroy") || page.Has("form[action='/passkeys/destroy']") {
		t.Errorf("after removing one: %d %s\n%s", page.Status, page.URL, page.Text())
	}
	var left string
	if err := h.Database.Owner.QueryRow(t.Context(), "select passkey_id::text from passkeys where tenant_id = $1", cast.Vaud.ID).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if got := karim.Post("/passkeys/destroy", url.Values{"_csrf": {karim.Token()}, "passkey": {left}}); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("removing the last one: %d", got.Status)
	}
	if n := entries(t, h, "passkey_removed"); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// TestWithoutScripts: the page says that it needs one, and lets nobody past.
func TestWithoutScripts(t *testing.T) {
	h := open(t)
	karim, _ := h.registered(t)
	page := karim.Get(exports)
	if !page.Has("noscript") || page.Document.Find("form[data-passkey] button[type=submit]").Length() != 1 {
		t.Errorf("the page does not say that it needs a script:\n%s", page.Body)
	}
	if got := page.Submit("form[data-passkey]", nil); got.Status != http.StatusUnprocessableEntity || !got.Has(".govuk-error-summary") {
		t.Errorf("sent without a script: %d", got.Status)
	}
}
