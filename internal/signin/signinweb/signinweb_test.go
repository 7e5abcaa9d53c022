package signinweb_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/platform"
	"passerelle/internal/signin"
	"passerelle/internal/signin/signinweb"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestSignInPage(t *testing.T) {
	site := webtest.Start(t)
	t.Run("keeps what was typed, and says what to do", func(t *testing.T) {
		for email, say := range map[string]string{
			"":                     "Saisissez votre adresse électronique professionnelle",
			"lea":                  "adresse complète",
			"lea@unknown.example":  "Aucune organisation",
			`"><script>x</script>`: "adresse complète",
		} {
			page := site.Open(t).Get("/signin").Submit("form:has([name=email])", url.Values{"email": {email}})
			if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text(), say) || page.Document.Find("[name=email]").AttrOr("value", "") != email {
				t.Errorf("%q: %d %s", email, page.Status, page.Text())
			}
			if page.Has("script:contains('x')") {
				t.Errorf("%q became markup", email)
			}
		}
	})
	t.Run("does not say whether a person exists", func(t *testing.T) {
		known := site.Open(t).Get("/signin").Submit("form:has([name=email])", url.Values{"email": {cast.Lea.Email}})
		unknown := site.Open(t).Get("/signin").Submit("form:has([name=email])", url.Values{"email": {"nobody@vaud.example"}})
		if known.Status != http.StatusOK || known.Status != unknown.Status || known.Text() != unknown.Text() {
			t.Errorf("%d %s\n%d %s", known.Status, known.Text(), unknown.Status, unknown.Text())
		}
	})
	t.Run("leads to the organisation that was picked", func(t *testing.T) {
		page := site.Open(t).Get("/signin").SubmitButton("button[value=geneve]")
		if to := page.Header.Get("Refresh"); page.Status != http.StatusOK || !strings.Contains(to, "/geneve/authorize?") || !page.Has("main a[href*='/geneve/authorize?']") {
			t.Errorf("%d %s", page.Status, to)
		}
	})
	t.Run("speaks the reader's language", func(t *testing.T) {
		for language, say := range map[string]string{"fr": "Se connecter", "de-CH": "Anmelden", "it": "Accedere", "en": "Sign in"} {
			browser := site.Open(t)
			browser.Language = language
			if page := browser.Get("/signin"); !strings.Contains(page.Document.Find("h1").Text(), say) {
				t.Errorf("%s: %s", language, page.Text())
			}
		}
	})
	t.Run("leads to no other site", func(t *testing.T) {
		page := site.Open(t).Post("/signin", url.Values{"email": {"x"}, "return": {"//evil.example"}})
		if got := page.Document.Find("input[name=return]").First().AttrOr("value", ""); got != "/" {
			t.Errorf("keeps %q", got)
		}
	})
	t.Run("knows no organisation that there is not", func(t *testing.T) {
		if page := site.Open(t).Post("/signin", url.Values{"connection": {"nowhere"}}); page.Status != http.StatusNotFound {
			t.Errorf("%d", page.Status)
		}
	})
	t.Run("cannot be posted to by another site", func(t *testing.T) {
		browser := site.Open(t)
		browser.Header.Set("Sec-Fetch-Site", "cross-site")
		if page := browser.Post("/signin", url.Values{"connection": {"vaud"}}); page.Status != http.StatusForbidden {
			t.Errorf("%d", page.Status)
		}
	})
}

func TestCallback(t *testing.T) {
	site := webtest.Start(t)
	t.Run("tells every failure the same, in the reader's language", func(t *testing.T) {
		for _, query := range []string{"", "?state=x&code=y", "?error=access_denied&error_description=<script>&state=x", "?state=" + strings.Repeat("x", 2000), "?state=%00&code=%ff"} {
			browser := site.Open(t)
			browser.Language = "de"
			page := browser.Get("/oidc/vaud/callback" + query)
			if page.Status != http.StatusUnauthorized || page.Document.Find("h1").Text() != "Die Anmeldung ist nicht gelungen" || strings.Contains(page.Body, "access_denied") {
				t.Errorf("%q: %d %s", query, page.Status, page.Text())
			}
		}
		if page := site.Open(t).Get("/oidc/nowhere/callback?state=x&code=y"); page.Status != http.StatusNotFound {
			t.Errorf("an unknown connection: %d", page.Status)
		}
	})
	t.Run("logs why, once, and nothing of what was sent", func(t *testing.T) {
		site.Open(t).Get("/oidc/geneve/callback?state=CANARY-STATE&code=CANARY-CODE")
		if logged := site.Log.String(); strings.Count(logged, "connection=geneve reason=no_attempt") != 1 || strings.Contains(logged, "CANARY") {
			t.Error(logged)
		}
	})
	t.Run("keeps the way back for another try", func(t *testing.T) {
		browser := site.Open(t)
		leaving := browser.Get("/signin?return=%2Fdossiers%3Fphase%3Dopen").SubmitButton("button[value=vaud]")
		to, err := url.Parse(strings.TrimPrefix(leaving.Header.Get("Refresh"), "0; url="))
		if err != nil {
			t.Fatal(err)
		}
		page := browser.Get("/oidc/vaud/callback?code=x&iss=x&state=" + to.Query().Get("state"))
		if page.Status != http.StatusUnauthorized || !page.Has("main a[href='/signin?return=%2Fdossiers%3Fphase%3Dopen']") {
			t.Errorf("%d %s", page.Status, page.Body)
		}
	})
	t.Run("goes back to the page that was asked for", func(t *testing.T) {
		browser := site.Open(t)
		for from, want := range map[string]string{"/signin?return=%2Fmemberships%3Freturn%3D%252F": "/memberships", "/signin?return=%2F%2Fevil.example": "/", "/signin?return=https%3A%2F%2Fevil.example": "/"} {
			page := browser.Get(from)
			if got := page.Document.Find("input[name=return]").First().AttrOr("value", ""); !strings.HasPrefix(got, want) {
				t.Errorf("%s keeps %q", from, got)
			}
		}
		page := browser.Get("/memberships")
		if page.URL.Path != "/signin" || page.URL.Query().Get("return") != "/memberships" {
			t.Fatalf("a stranger was sent to %s", page.URL)
		}
	})
}

// cookieOf is the browser's session cookie.
func cookieOf(t *testing.T, b *webtest.Browser) *http.Cookie {
	t.Helper()
	for _, cookie := range b.Cookies() {
		if cookie.Name == "pas" {
			return cookie
		}
	}
	t.Fatal("the browser holds no session")
	return nil
}

// signIn goes from a sign-in page through the provider to wherever that leads.
func signIn(b *webtest.Browser, from string, person cast.Person) *webtest.Page {
	leaving := b.Get(from).Submit("form:has([name=email])", url.Values{"email": {person.Email}})
	return b.Get(strings.TrimPrefix(leaving.Header.Get("Refresh"), "0; url=")).SubmitButton("button:contains('" + person.Email + "')")
}

// enter is a browser in which somebody with one workplace has signed in, wherever their day begins.
func enter(t *testing.T, site *webtest.Site, person cast.Person) *webtest.Browser {
	t.Helper()
	b := site.Open(t)
	signIn(b, "/signin", person)
	if !signedIn(b) {
		t.Fatalf("%s could not sign in", person.Name)
	}
	return b
}

// signedIn says whether a browser gets past the door.
func signedIn(b *webtest.Browser) bool {
	return b.Get("/memberships").URL.Path == "/memberships"
}

func TestSession(t *testing.T) {
	site := webtest.Start(t)
	thief := func(t *testing.T, value string) *webtest.Browser {
		b := site.Open(t)
		b.SetCookie(&http.Cookie{Name: "pas", Value: value, Path: "/"})
		return b
	}
	t.Run("is a new secret after signing in", func(t *testing.T) {
		fixed := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
		if signedIn(thief(t, fixed)) {
			t.Error("a secret that nobody gave out opened the door")
		}
		if lea := enter(t, site, cast.Lea); cookieOf(t, lea).Value == fixed {
			t.Error("the secret is the one chosen before")
		}
	})
	t.Run("ends when the same browser signs in again, and leaves nothing else behind", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		copied := thief(t, cookieOf(t, lea).Value)
		if !signedIn(copied) {
			t.Fatal("not signed in")
		}
		// The page is for strangers; somebody with two windows still has the other one's answer to come back with.
		leaving := lea.Post("/signin", url.Values{"connection": {"vaud"}, "_csrf": lea.Get("/memberships").Values("form[action='/session/destroy']")["_csrf"]})
		lea.Get(strings.TrimPrefix(leaving.Header.Get("Refresh"), "0; url=")).SubmitButton("button:contains('" + cast.Lea.Email + "')")
		if signedIn(copied) || !signedIn(lea) {
			t.Error("the first session goes on, or the second does not")
		}
		for _, cookie := range lea.Cookies() {
			if cookie.Name == "oidc" {
				t.Error("the cookie of the sign-in stays")
			}
		}
	})
	t.Run("is not opened by a stolen row", func(t *testing.T) {
		hash := sha256.Sum256([]byte(cookieOf(t, enter(t, site, cast.Lea)).Value))
		for _, value := range []string{hex.EncodeToString(hash[:]), base64.RawURLEncoding.EncodeToString(hash[:])} {
			if signedIn(thief(t, value)) {
				t.Error("the hash opened the door")
			}
		}
	})
	t.Run("ends at sign-out, whoever else has the cookie", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		copied := thief(t, cookieOf(t, lea).Value)
		if !signedIn(lea) || !signedIn(copied) {
			t.Fatal("not signed in")
		}
		page := lea.Get("/memberships").Submit("form[action='/session/destroy']", nil)
		if page.URL.Path != "/signin" {
			t.Errorf("landed on %s", page.URL)
		}
		if signedIn(lea) || signedIn(copied) {
			t.Error("still signed in")
		}
	})
	t.Run("is cleared from the browser", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		token := lea.Get("/memberships").Values("form[action='/session/destroy']")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/session/destroy", strings.NewReader(token.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		request.AddCookie(cookieOf(t, lea))
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.Header.Get("Clear-Site-Data") != `"cache","cookies","storage"` || response.StatusCode != http.StatusSeeOther {
			t.Errorf("%d %v", response.StatusCode, response.Header)
		}
		cleared := false
		for _, cookie := range response.Cookies() {
			cleared = cleared || cookie.Name == "pas" && cookie.MaxAge < 0
		}
		if !cleared {
			t.Error("the cookie stays")
		}
	})
	t.Run("is not ended by another site, nor without its token", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		lea.Post("/session/destroy", nil)
		lea.Header.Set("Sec-Fetch-Site", "cross-site")
		lea.Post("/session/destroy", lea.Get("/memberships").Values("form[action='/session/destroy']"))
		lea.Post("/session/exit", nil)
		lea.Header.Del("Sec-Fetch-Site")
		if !signedIn(lea) {
			t.Error("the session was ended from outside")
		}
	})
	t.Run("ends in haste", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		copied := thief(t, cookieOf(t, lea).Value)
		if page := lea.Post("/session/exit", nil); page.Status != http.StatusNoContent || page.Header.Get("Clear-Site-Data") == "" {
			t.Errorf("%d", page.Status)
		}
		if signedIn(copied) {
			t.Error("still signed in")
		}
	})
	t.Run("of somebody without a role leads nowhere", func(t *testing.T) {
		site.Database.Exec(t, "update members set ended_at = now() where member_id = $1", cast.Ruth.ID)
		browser := site.Open(t)
		page := signIn(browser, "/signin", cast.Ruth)
		if page.URL.Path != "/memberships" || page.Document.Find("h1").Text() != "Votre compte n’a pas encore de rôle" {
			t.Errorf("%s %s", page.URL, page.Text())
		}
		if page := browser.Get("/"); page.URL.Path != "/memberships" {
			t.Errorf("the first page is %s", page.URL)
		}
	})
}

func TestMemberships(t *testing.T) {
	site := webtest.Start(t)
	jo := enter(t, site, cast.JoVaud)
	if page := jo.Get("/"); page.URL.Path != "/memberships" {
		t.Errorf("somebody with two workplaces was let into %s", page.URL)
	}
	jo.Get("/memberships").SubmitButton("button:contains('" + cast.LegalVaud.Name + "')")
	page := jo.Get("/memberships")
	if !strings.Contains(page.Text(), cast.LegalVaud.Name) || !strings.Contains(page.Text(), cast.LegalGeneve.Name) || strings.Contains(page.Text(), cast.CSR.Name) {
		t.Error(page.Text())
	}
	before := cookieOf(t, jo).Value
	if landed := page.SubmitButton("button:contains('" + cast.LegalGeneve.Name + "')"); landed.URL.Path == "/memberships" {
		t.Error("having chosen leads back to choosing")
	}
	if cookieOf(t, jo).Value == before {
		t.Error("the secret stayed the same")
	}
	values := jo.Get("/memberships").Values("form[action='/memberships']")
	values.Set("membership", cast.JoGeneve.ID.String())
	values.Set("return", "//evil.example")
	if landed := jo.Post("/memberships", values); strings.Contains(landed.URL.Host, "evil") {
		t.Errorf("led to %s", landed.URL)
	}
	header := jo.Get("/memberships").Document.Find("header").Text()
	if !strings.Contains(header, cast.LegalGeneve.Name) || strings.Contains(header, cast.LegalVaud.Name) {
		t.Errorf("the header says %s", header)
	}
	for name, id := range map[string]string{"somebody else's": cast.Noe.ID.String(), "nonsense": "x", "none": ""} {
		values := page.Values("form[action='/memberships']")
		values.Set("_csrf", jo.Get("/memberships").Values("form[action='/memberships']").Get("_csrf"))
		values.Set("membership", id)
		if page := jo.Post("/memberships", values); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, page.Status)
		}
	}
	if lea := enter(t, site, cast.Lea); lea.Get("/memberships").Has("header a[href='/memberships']") {
		t.Error("somebody with one workplace is offered to switch")
	}
	if !jo.Get("/memberships").Has("header a[href='/memberships']") {
		t.Error("somebody with two workplaces is not offered to switch")
	}
}

// TestCookies: on https they take the __Host- prefix; on the demo's http they cannot, and keep the rest.
func TestCookies(t *testing.T) {
	site := webtest.Start(t)
	for origin, want := range map[string]string{
		"https://passerelle.example": "__Host-pas=; max-age=0; path=/; HttpOnly; secure; SameSite=Lax",
		"http://127.0.0.1:8080":      "pas=; max-age=0; path=/; HttpOnly; SameSite=Lax",
	} {
		door, err := signin.New(site.App.DB, nil, signin.Options{Origin: origin, AllowLoopbackHTTP: true})
		if err != nil {
			t.Fatal(err)
		}
		pages := signinweb.New(door, nil, nil)
		server := web.New(web.Options{Origin: origin, Session: pages.Session})
		server.Register(pages.Routes)
		server.Ready()
		set := func(path string, values url.Values) []string {
			request := httptest.NewRequest(http.MethodPost, origin+path, strings.NewReader(values.Encode()))
			request.RequestURI = path
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set("Sec-Fetch-Site", "same-origin")
			response, err := server.App().Test(request, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			return response.Header["Set-Cookie"]
		}
		cleared := set("/session/destroy", nil)
		if len(cleared) != 1 || expires.ReplaceAllString(cleared[0], "") != want {
			t.Errorf("%s sets %q, want %q", origin, cleared, want)
		}
		begun := set("/signin", url.Values{"connection": {"vaud"}})
		name, flags, _ := strings.Cut(want, "pas=; max-age=0")
		if len(begun) != 1 || !strings.HasPrefix(begun[0], name+"oidc=") || !strings.HasSuffix(begun[0], "; max-age=600"+flags) {
			t.Errorf("%s sets %q", origin, begun)
		}
	}
}

var expires = regexp.MustCompile(`(?i)expires=[^;]+; `)

// TestAbandonedScreen: what a page asks for by itself does not keep the session alive.
func TestAbandonedScreen(t *testing.T) {
	site := webtest.Start(t)
	lea := enter(t, site, cast.Lea)
	values := lea.Get("/memberships").Values("form[action='/memberships']")
	site.Database.Exec(t, "update sessions set seen_at = now() - interval '10 minutes'")
	site.App.SignIn.Forget("")
	seen := func() (fresh bool) {
		if err := site.Database.Owner.QueryRow(t.Context(), "select bool_and(seen_at > now() - interval '1 minute') from sessions").Scan(&fresh); err != nil {
			t.Fatal(err)
		}
		return fresh
	}
	lea.Post("/parked-forms", values)
	lea.Header.Set("Accept", "text/event-stream")
	lea.Get("/memberships")
	if seen() {
		t.Error("a request that nobody made counted as somebody being there")
	}
	lea.Header.Del("Accept")
	lea.Get("/memberships")
	if !seen() {
		t.Error("a request that somebody made did not count")
	}
}

// TestParkedForm: what was typed when the session ran out is there again after signing in.
func TestParkedForm(t *testing.T) {
	site := webtest.Start(t)
	expire := func() {
		site.Database.Exec(t, "update sessions set seen_at = now() - interval '20 minutes'")
		site.App.SignIn.Forget("")
	}
	parked := func() (n int) {
		if err := site.Database.Owner.QueryRow(t.Context(), "select count(*) from parked_forms").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	typed := func(page *webtest.Page) url.Values {
		values := page.Values("form[action='/memberships']")
		values.Set("note", "long, and typed with care")
		return values
	}
	t.Run("posted by the browser", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		values := typed(lea.Get("/memberships"))
		expire()
		page := lea.Post("/memberships", values)
		back := page.URL.Query().Get("return")
		if page.URL.Path != "/signin" || !strings.HasPrefix(back, "/memberships?parked=") || !strings.Contains(page.Text(), "est conservé") {
			t.Fatalf("%s %s", page.URL, page.Text())
		}
		if strings.Contains(page.URL.String(), "care") {
			t.Error("what was typed is in the address")
		}
		claire := enter(t, site, cast.Claire)
		if claire.Get(back).Has("#notice *") {
			t.Error("somebody else was given the form")
		}
		if page := signIn(lea, page.URL.String(), cast.Lea); page.URL.RequestURI() != back || !page.Has("#notice *") {
			t.Errorf("landed on %s %s", page.URL, page.Text())
		}
		if lea.Get(back).Has("#notice *") || parked() != 0 {
			t.Error("the form was given back twice")
		}
	})
	t.Run("posted by htmx", func(t *testing.T) {
		lea := enter(t, site, cast.Lea)
		values := typed(lea.Get("/memberships"))
		expire()
		lea.Header.Set("HX-Request", "true")
		if page := lea.Post("/memberships", values); page.Status != http.StatusUnauthorized || !strings.HasPrefix(page.Header.Get("HX-Redirect"), "/signin?return=%2Fmemberships%3Fparked%3D") {
			t.Errorf("%d %v", page.Status, page.Header)
		}
	})
	t.Run("handed in by the page's script", func(t *testing.T) {
		for name, before := range map[string]func(){"in time": func() {}, "too late": expire} {
			lea := enter(t, site, cast.Lea)
			values := typed(lea.Get("/memberships"))
			before()
			if page := lea.Post("/parked-forms", values); page.Status != http.StatusCreated || !strings.HasPrefix(page.Header.Get("Location"), "/signin?return=%2Fmemberships%3Fparked%3D") {
				t.Errorf("%s: %d %v", name, page.Status, page.Header)
			}
		}
	})
	t.Run("is not taken from another site, from strangers, nor from those who signed out", func(t *testing.T) {
		before := parked()
		lea := enter(t, site, cast.Lea)
		values := typed(lea.Get("/memberships"))
		forged := typed(lea.Get("/memberships"))
		forged.Set("_csrf", "forged")
		site.Open(t).Post("/parked-forms", values)
		lea.Post("/parked-forms", forged)
		expire()
		lea.Post("/parked-forms", forged)
		if page := lea.Post("/memberships", forged); page.URL.Path != "/signin" {
			t.Errorf("%s", page.URL)
		}
		lea.Header.Set("Sec-Fetch-Site", "cross-site")
		lea.Post("/parked-forms", values)
		lea.Header.Del("Sec-Fetch-Site")
		out := enter(t, site, cast.Lea)
		values = typed(out.Get("/memberships"))
		cookie := cookieOf(t, out)
		out.Post("/session/exit", nil)
		out.SetCookie(cookie)
		out.Post("/parked-forms", values)
		out.Post("/memberships", values)
		if parked() != before {
			t.Errorf("%d forms were kept", parked()-before)
		}
	})
}

// Somebody whose organisation is suspended is told so, at once, and nobody else notices.
func TestAPausedOrganisationSaysSo(t *testing.T) {
	site := webtest.Start(t)
	lea, claire, noe := site.SignIn(t, cast.Lea), site.SignIn(t, cast.Claire), site.SignIn(t, cast.Noe)
	registry, err := tenantdb.Open(t.Context(), site.Database.PlatformConnString, tenantdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	tenants, err := platform.New(t.Context(), registry, site.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := tenants.Suspend(t.Context(), "vaud", "asked"); err != nil {
		t.Fatal(err)
	}
	for name, browser := range map[string]*webtest.Browser{"Léa": lea, "Noé": noe} {
		// Every process is told; this one hears it within a moment.
		deadline := time.Now().Add(4 * time.Second)
		page := browser.Get("/memberships")
		for page.Has("form[action='/session/destroy']") && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
			page = browser.Get("/memberships")
		}
		if page.Has("form[action='/session/destroy']") {
			t.Errorf("%s is still in: %s", name, page.Text())
		}
	}
	if page := claire.Get("/dossiers"); page.Status != http.StatusOK {
		t.Errorf("Claire of Genève: %d", page.Status)
	}
	for _, person := range []cast.Person{cast.Lea, cast.Noe} {
		page := arrive(t, site, person)
		if page.Status != http.StatusOK || !strings.Contains(page.Text(), "Passerelle Vaud") || !strings.Contains(page.Text(), "est suspendu") || page.Has("[name=membership], [name=code]") {
			t.Errorf("%s: %d %s", person.Name, page.Status, page.Text())
		}
	}
}

// A code that is wrong is said to be.
func TestAWrongCodeIsRefusedOnThePage(t *testing.T) {
	site := webtest.Start(t)
	site.Database.Exec(t, "update members set ended_at = now() where name = 'Claire Dubois'")
	page := arrive(t, site, cast.Claire).Follow("a[href='/join']").Submit("form[action='/join']", url.Values{"code": {"geneve.secret"}})
	if page.Status != http.StatusUnprocessableEntity || !page.Has("#code-error") {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if page := site.Open(t).Post("/join", url.Values{"code": {"x"}}); page.URL.Path != "/signin" && page.Status != http.StatusForbidden {
		t.Errorf("nobody joins: %d", page.Status)
	}
}

// arrive signs somebody in who may have no place to work at, and gives the page on which that ends.
func arrive(t *testing.T, site *webtest.Site, person cast.Person) *webtest.Page {
	t.Helper()
	browser := site.Open(t)
	page := browser.Get("/signin").Submit("form[action='/signin']:has([name=email])", url.Values{"email": {person.Email}})
	_, target, ok := strings.Cut(page.Header.Get("Refresh"), "url=")
	if !ok {
		t.Fatalf("%s is led nowhere: %s", person.Name, page.Text())
	}
	return browser.Get(target).SubmitButton("button:contains('" + person.Email + "')")
}
