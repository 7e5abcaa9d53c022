package signinweb_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/webtest"
)

// call sends what a machine sends: no cookie, and nothing of what a browser says of itself.
func call(t *testing.T, method, address, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// TestBackChannel is what the address answers at which providers say that somebody has signed out (T34, T20).
func TestBackChannel(t *testing.T) {
	site := webtest.Start(t)
	lea := enter(t, site, cast.Lea)
	vaud := site.URL + "/oidc/vaud/backchannel-logout"
	for name, test := range map[string]struct {
		method, address, body string
		header                map[string]string
		want                  int
	}{
		"nonsense":              {"POST", vaud, "logout_token=nonsense", nil, http.StatusBadRequest},
		"nothing":               {"POST", vaud, "", nil, http.StatusBadRequest},
		"no such connection":    {"POST", site.URL + "/oidc/nowhere/backchannel-logout", "logout_token=x", nil, http.StatusNotFound},
		"a page asks for it":    {"GET", vaud, "", nil, http.StatusNotFound},
		"another kind of body":  {"POST", vaud, "{}", map[string]string{"Content-Type": "application/json"}, http.StatusUnsupportedMediaType},
		"a packed body":         {"POST", vaud, "x", map[string]string{"Content-Encoding": "gzip"}, http.StatusUnsupportedMediaType},
		"a form of our pages":   {"POST", vaud, "logout_token=x", map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusForbidden},
		"a form of another":     {"POST", vaud, "logout_token=x", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"an old browser's form": {"POST", vaud, "logout_token=x", map[string]string{"Origin": site.URL}, http.StatusForbidden},
		"with Léa's cookie":     {"POST", vaud, "logout_token=x", map[string]string{"Cookie": "pas=" + cookieOf(t, lea).Value}, http.StatusForbidden},
		"another act":           {"POST", site.URL + "/session/destroy", "logout_token=x", nil, http.StatusForbidden},
	} {
		response, body := call(t, test.method, test.address, test.body, test.header)
		if response.StatusCode != test.want || response.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s, want %d", name, response.StatusCode, response.Header.Get("Cache-Control"), test.want)
		}
		if test.want == http.StatusBadRequest && body != `{"error":"invalid_request"}` {
			t.Errorf("%s: answered %s", name, body)
		}
	}
	if !signedIn(lea) {
		t.Error("Léa was signed out")
	}
	if log := site.Log.String(); !strings.Contains(log, `msg="logout refused"`) || !strings.Contains(log, "connection=vaud reason=logout_type") {
		t.Error("the log does not say why")
	}
}

// TestFrameAtTheProvider: nobody but the connection's own provider may show it, and it says nothing.
func TestFrameAtTheProvider(t *testing.T) {
	site := webtest.Start(t)
	lea := enter(t, site, cast.Lea)
	var issuer string
	if err := site.Database.Owner.QueryRow(t.Context(), "select issuer from connections where slug = 'vaud'").Scan(&issuer); err != nil {
		t.Fatal(err)
	}
	provider, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(method, slug string, query url.Values) (*http.Response, string) {
		return call(t, method, site.URL+"/oidc/"+slug+"/frontchannel-logout?"+query.Encode(), "", nil)
	}
	var bodies []string
	for name, query := range map[string]url.Values{
		"a guess": {"iss": {issuer}, "sid": {"guessed"}}, "another issuer": {"iss": {"https://evil.example"}, "sid": {"guessed"}}, "nothing": {},
	} {
		response, body := frame("GET", "vaud", query)
		bodies = append(bodies, body)
		policy := response.Header.Get("Content-Security-Policy")
		if want := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors " + provider.Scheme + "://" + provider.Host; response.StatusCode != http.StatusOK || policy != want {
			t.Errorf("%s: %d %s", name, response.StatusCode, policy)
		}
		if response.Header.Get("Cache-Control") != "no-store" || len(response.Cookies()) > 0 {
			t.Errorf("%s: %v", name, response.Header)
		}
		if page, err := goquery.NewDocumentFromReader(strings.NewReader(body)); err != nil || strings.TrimSpace(page.Find("body").Text()) != "" || page.Find("script, link, form").Length() > 0 {
			t.Errorf("%s: the frame holds something: %s", name, body)
		}
	}
	if bodies[0] != bodies[1] || bodies[0] != bodies[2] {
		t.Error("the answers differ")
	}
	if response, _ := frame("GET", "nowhere", nil); response.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown connection: %d", response.StatusCode)
	}
	if page := lea.Get("/signin"); !strings.Contains(page.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("other pages may be framed")
	}
	if !signedIn(lea) {
		t.Error("Léa was signed out")
	}
	// Looking is not acting.
	sid := "sid of Léa"
	site.Database.Exec(t, "update sessions set provider_session = sha256($1::bytea)", []byte(sid))
	if _, _ = frame("HEAD", "vaud", url.Values{"iss": {issuer}, "sid": {sid}}); !signedIn(lea) {
		t.Error("HEAD signed Léa out")
	}
	if response, body := frame("GET", "vaud", url.Values{"iss": {issuer}, "sid": {sid}}); response.StatusCode != http.StatusOK || body != bodies[0] {
		t.Errorf("%d %s", response.StatusCode, body)
	}
	if signedIn(lea) {
		t.Error("Léa is still signed in")
	}
	// Her open page asks for a part of itself, and the browser is led to the door.
	lea.Header.Set("HX-Request", "true")
	if page := lea.Get("/dossiers"); page.Status != http.StatusUnauthorized || !strings.HasPrefix(page.Header.Get("HX-Redirect"), "/signin") {
		t.Errorf("%d %s", page.Status, page.Header.Get("HX-Redirect"))
	}
}

// TestSigningOutAtTheProvider: the demo's provider ends its own session and says so, and exactly that one is over here.
func TestSigningOutAtTheProvider(t *testing.T) {
	site := webtest.Start(t)
	here, there := enter(t, site, cast.Lea), enter(t, site, cast.Lea)
	other := site.Another(t)
	if !signedIn(here.At(other)) {
		t.Fatal("the session does not hold in another process")
	}
	// Here first, as by the button, in a third browser: the page leads on to the provider.
	third := enter(t, site, cast.Lea)
	page := third.Get("/sessions").Submit("header form[action='/session/destroy']", nil)
	link := page.Document.Find("main .pas-banner a").AttrOr("href", "")
	if page.URL.Path != "/signin" || !strings.Contains(link, "/vaud/end_session?") || !page.Has("form[action='/signin']") {
		t.Fatalf("%s %q %s", page.URL, link, page.Text())
	}
	if page = third.Get(link); page.Status != http.StatusOK || page.URL.String() != site.URL+"/signin" {
		t.Errorf("%d %s", page.Status, page.URL)
	}
	if !signedIn(here) || !signedIn(there) {
		t.Error("signing out in one browser signed out another")
	}
	// At the provider alone: it tells us, and every process knows.
	if page = here.Get(link); page.URL.Path != "/signin" {
		t.Errorf("%s", page.URL)
	}
	began := time.Now()
	for signedIn(here.At(other)) && time.Since(began) < 2*time.Second {
		time.Sleep(10 * time.Millisecond)
	}
	if signedIn(here) || signedIn(here.At(other)) || time.Since(began) > time.Second || !signedIn(there) {
		t.Errorf("not exactly that session ended, after %s", time.Since(began))
	}
	if !strings.Contains(site.Log.String(), `msg="signed out by the provider"`) {
		t.Error("the log does not say so")
	}
	// A page that is asked for with an invented organisation leads nowhere.
	for _, left := range []string{"nowhere", "//evil.example", `"><script>`} {
		if page := site.Open(t).Get("/signin?left=" + url.QueryEscape(left)); page.Status != http.StatusOK || page.Has("main .pas-banner") {
			t.Errorf("%s: %d", left, page.Status)
		}
	}
}

func TestSessionsPage(t *testing.T) {
	site := webtest.Start(t)
	here, there, claire := enter(t, site, cast.Lea), enter(t, site, cast.Lea), enter(t, site, cast.Claire)
	t.Run("shows one's own, and ends another of them", func(t *testing.T) {
		page := here.Get("/work")
		if !page.Has("header a[href='/sessions']") {
			t.Fatal("nothing leads there")
		}
		page = here.Get("/sessions")
		if page.Document.Find("#sessions tbody tr").Length() != 2 || page.Document.Find("#sessions .govuk-tag").Length() != 1 {
			t.Fatal(page.Text())
		}
		if strings.Contains(page.Text(), "Go-http-client") || strings.Contains(page.Text(), cast.Claire.Name) {
			t.Error(page.Text())
		}
		page = page.Submit("#sessions tr:not(:has(.govuk-tag)) form", nil)
		if page.URL.Path != "/sessions" || page.Document.Find("#sessions tbody tr").Length() != 1 || !strings.Contains(page.Text(), "La session est terminée") {
			t.Errorf("%s %s", page.URL, page.Text())
		}
		if signedIn(there) || !signedIn(here) || !signedIn(claire) {
			t.Error("not exactly the other session ended")
		}
	})
	t.Run("is not there for what is another's, or is not", func(t *testing.T) {
		var own string
		if err := site.Database.Owner.QueryRow(t.Context(), "select session_id::text from sessions where member_id = $1 and revoked_at is null", cast.Lea.ID).Scan(&own); err != nil {
			t.Fatal(err)
		}
		token := claire.Get("/sessions").Values("form[action='/session/destroy']")
		foreign := claire.Post("/sessions/"+own+"/destroy", token)
		absent := claire.Post("/sessions/"+ids.New[signin.Session]().String()+"/destroy", token)
		if foreign.Status != http.StatusNotFound || absent.Status != http.StatusNotFound || withoutNumbers(foreign.Text()) != withoutNumbers(absent.Text()) {
			t.Errorf("%d %d\n%s\n%s", foreign.Status, absent.Status, foreign.Text(), absent.Text())
		}
		if page := claire.Post("/sessions/nonsense/destroy", token); page.Status != http.StatusNotFound {
			t.Errorf("%d", page.Status)
		}
		if !signedIn(here) {
			t.Error("Claire signed Léa out")
		}
	})
	t.Run("ends nothing without the session's token, or from another site", func(t *testing.T) {
		second := enter(t, site, cast.Lea)
		here.Post("/sessions/destroy", url.Values{"_csrf": {"x"}})
		here.Header.Set("Sec-Fetch-Site", "cross-site")
		here.Post("/sessions/destroy", here.Get("/sessions").Values("form[action='/session/destroy']"))
		here.Header.Del("Sec-Fetch-Site")
		if !signedIn(second) {
			t.Error("it did")
		}
	})
	t.Run("ends all others at once, and then this one", func(t *testing.T) {
		second, third := enter(t, site, cast.Lea), enter(t, site, cast.Lea)
		page := here.Get("/sessions").Submit("form[action='/sessions/destroy']", nil)
		if signedIn(second) || signedIn(third) || !signedIn(here) || !signedIn(claire) || page.Has("form[action='/sessions/destroy']") {
			t.Error("not exactly the others ended")
		}
		page = page.Submit("#sessions form", nil)
		if signedIn(here) || page.URL.Path != "/signin" {
			t.Errorf("landed on %s", page.URL)
		}
	})
	t.Run("is there for somebody of an office, who sees for whom", func(t *testing.T) {
		if page := enter(t, site, cast.Noe).Get("/sessions"); !strings.Contains(page.Text(), cast.CSR.Name+", pour "+cast.Vaud.Name) {
			t.Error(page.Text())
		}
	})
	t.Run("and not for a stranger", func(t *testing.T) {
		if page := site.Open(t).Get("/sessions"); page.URL.Path != "/signin" {
			t.Errorf("%s", page.URL)
		}
	})
}

// withoutNumbers leaves out the number of the request, which differs.
func withoutNumbers(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' {
			return -1
		}
		return r
	}, text)
}

// TestWorkplaces: one inbox for each canton, and how much waits in each, counted there alone.
func TestWorkplaces(t *testing.T) {
	site := webtest.Start(t)
	sent := func(by cast.Person, office *cast.Office, n int) {
		t.Helper()
		for range n {
			send(t, site, by, office)
		}
	}
	sent(cast.Lea, cast.LegalVaud, 2)
	sent(cast.Claire, cast.LegalGeneve, 1)
	sent(cast.Lea, cast.CSR, 1)
	jo := site.Open(t)
	page := signIn(jo, "/signin", cast.JoVaud)
	if page.URL.Path != "/memberships" {
		t.Fatalf("landed on %s", page.URL)
	}
	count := func(page *webtest.Page, place, of string) string {
		t.Helper()
		return page.Document.Find(place + ":contains('" + of + "') .pas-count").Text()
	}
	if count(page, "main button", cast.LegalVaud.Name) != "2" || count(page, "main button", cast.LegalGeneve.Name) != "1" || strings.Contains(page.Text(), cast.CSR.Name) {
		t.Error(page.Text())
	}
	page = page.SubmitButton("main button:contains('" + cast.LegalGeneve.Name + "')")
	if got := page.Document.Find(".pas-switch summary .pas-count").Text(); got != "2" {
		t.Errorf("the switcher says %q wait elsewhere", got)
	}
	if count(page, ".pas-switch__choice", cast.LegalVaud.Name) != "2" || count(page, ".pas-switch__choice", cast.LegalGeneve.Name) != "1" {
		t.Error(page.Document.Find("header").Text())
	}
	if page.Document.Find("main").Find("a[href^='/inbox/']").Length() != 1 {
		t.Error("the inbox of Genève does not hold the one referral that was sent there")
	}
	page = page.SubmitButton(".pas-switch__choice:contains('" + cast.LegalVaud.Name + "')")
	if page.URL.Path != "/inbox" || page.Document.Find("main").Find("a[href^='/inbox/']").Length() != 2 {
		t.Errorf("%s %s", page.URL, page.Text())
	}
	// What is revoked is counted no more.
	site.Database.Exec(t, "update referrals set visible_until = now() where office_id = $1", cast.LegalVaud.ID)
	if page = jo.Get("/memberships"); count(page, "main button", cast.LegalVaud.Name) != "" || count(page, "main button", cast.LegalGeneve.Name) != "1" {
		t.Error(page.Text())
	}
	if page := enter(t, site, cast.Noe).Get("/inbox"); page.Has(".pas-switch") {
		t.Error("somebody with one workplace has a switcher")
	}
}

// send puts a referral that was sent into the database.
func send(t *testing.T, site *webtest.Site, by cast.Person, office *cast.Office) {
	t.Helper()
	site.Database.Exec(t, `with d as (
			insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, gen_random_uuid(), 'Bo' || translate(left(gen_random_uuid()::text, 8), '0123456789', 'ghijklmnop'), $2) returning tenant_id, dossier_id
		), c as (
			insert into consents (tenant_id, consent_id, dossier_id, office_id, data_classes, purpose, valid_from, valid_until, given_how, recorded_by)
			select tenant_id, gen_random_uuid(), dossier_id, $3, '{identity}', 'x', current_date, current_date + 30, 'orally', $2 from d returning tenant_id, consent_id, dossier_id
		) insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, request, state, slice, created_by, sent_at, sent_by_name, visible_until)
			select tenant_id, gen_random_uuid(), left(gen_random_uuid()::text, 8), dossier_id, $3, consent_id, 'advice', 'x', 'sent', 'x', $2, now(), 'x', now() + interval '1 day' from c`,
		by.Tenant.ID, by.ID, office.ID)
}
