package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/live"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/ui"
)

const origin = "https://passerelle.example"

// site is a server with a few routes of a test's own; the header "As" says who is asking.
type site struct {
	address string
	server  *web.Server
	hub     *live.Hub
	log     *lockedBuffer
	smuggled,
	written atomic.Int64
	seen    sync.Map
	keeping sync.WaitGroup
}

// session is the hash of Léa's.
const session = "0a"

func TestMain(m *testing.M) { pgtest.Main(m) }

var lea = access.Principal{Role: access.Caseworker, Tenant: ids.New[tenantdb.Tenant](), Person: ids.New[tenantdb.Person](), Name: "Léa"}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func start(t *testing.T) *site {
	t.Helper()
	s := &site{hub: live.NewHub(), log: &lockedBuffer{}}
	s.server = web.New(web.Options{
		Origin: origin, Aliases: []string{"alias.example"}, Version: "test", Hub: s.hub, Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Session: func(c *fiber.Ctx) error {
			switch c.Get("As") {
			case "lea":
				principal := lea
				web.Enter(c, web.Visitor{SignedIn: true, Principal: &principal, CSRF: "token-of-lea", Session: session})
			case "waiting":
				web.Enter(c, web.Visitor{SignedIn: true, CSRF: "token-of-waiting"})
			}
			return c.Next()
		},
	})
	s.server.Register(func(r *web.Routes) {
		r.Post("/language", access.Anyone, web.ChooseLanguage)
		r.Get("/smuggled", access.Anyone, func(c *fiber.Ctx) error { s.smuggled.Add(1); return c.SendString("smuggled") })
		r.Get("/open", access.Anyone, func(c *fiber.Ctx) error { return c.SendString("open") })
		r.Get("/dossiers", access.DossierList, func(c *fiber.Ctx) error { return c.SendString("dossiers") })
		r.Get("/inbox", access.InboxList, func(c *fiber.Ctx) error { return c.SendString("inbox") })
		r.Post("/dossiers", access.DossierCreate, func(c *fiber.Ctx) error {
			s.written.Add(1)
			return c.SendString(web.Values(c).Get("name"))
		})
		r.Get("/keep/:id", access.Anyone, func(c *fiber.Ctx) error {
			id := c.Params("id")
			query := c.Query("id")
			s.keeping.Go(func() { s.seen.Store(id, query) })
			return c.SendString(id)
		})
		r.Get("/panic", access.Anyone, func(*fiber.Ctx) error { panic("CANARY-panic") })
		r.Get("/fail", access.Anyone, func(*fiber.Ctx) error { return errors.New("broken inside") })
		r.Get("/refuse", access.Anyone, func(*fiber.Ctx) error { return fault.Refused("ui.refused.role") })
		r.Get("/slow", access.Anyone, func(c *fiber.Ctx) error {
			<-c.UserContext().Done()
			return c.UserContext().Err()
		})
		r.Get("/page", access.Anyone, func(c *fiber.Ctx) error { return c.SendString(ui.FromRequest(c.UserContext()).Since) })
		r.Get("/live", access.Anyone, func(c *fiber.Ctx) error {
			return web.Stream(c, func(live.Change) bool { return true })
		})
	})
	s.server.Ready()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	done := make(chan error, 1)
	go func() { done <- s.server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if err := s.server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

// ask sends a request as a browser would that believes to be at the origin.
func (s *site) ask(t *testing.T, method, path string, header map[string]string, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "passerelle.example"
	for name, value := range header {
		if name == "Host" {
			request.Host = value
			continue
		}
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

// TestT04 keeps ten thousand parameters beyond their requests, as a job would: none must become another request's. In the
// database, of two tenants, it is tenantdb.TestACrowdIsNotMixedUp.
func TestT04(t *testing.T) {
	s := start(t)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for n := range 1250 {
				id := fmt.Sprintf("%d-%d-%s", worker, n, ids.New[site]())
				request, _ := http.NewRequest("GET", "http://"+s.address+"/keep/"+id+"?id="+id, nil)
				request.Host = "passerelle.example"
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	wait.Wait()
	s.keeping.Wait() // what keeps them goes on after the answer
	n := 0
	s.seen.Range(func(id, query any) bool {
		n++
		if id != query {
			t.Errorf("%v was kept with %v", id, query)
		}
		return true
	})
	if n < 10_000 {
		t.Errorf("only %d of 10 000 ids are distinct: they were overwritten", n)
	}
}

// TestT20 sends forms from elsewhere, or with a token that is not the session's.
func TestT20(t *testing.T) {
	s := start(t)
	const right = "_csrf=token-of-lea&name=Amina"
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		want   int
	}{
		"from our page":                    {map[string]string{"Sec-Fetch-Site": "same-origin"}, right, http.StatusOK},
		"an old browser, from our page":    {map[string]string{"Origin": origin}, right, http.StatusOK},
		"from another site":                {map[string]string{"Sec-Fetch-Site": "cross-site"}, right, http.StatusForbidden},
		"from another host of our domain":  {map[string]string{"Sec-Fetch-Site": "same-site"}, right, http.StatusForbidden},
		"an image or a script, elsewhere":  {map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty", "Origin": origin}, right, http.StatusForbidden},
		"typed into the address bar":       {map[string]string{"Sec-Fetch-Site": "none"}, right, http.StatusForbidden},
		"nobody says from where":           {nil, right, http.StatusForbidden},
		"an old browser, from elsewhere":   {map[string]string{"Origin": "https://evil.example"}, right, http.StatusForbidden},
		"an old browser, origin null":      {map[string]string{"Origin": "null"}, right, http.StatusForbidden},
		"an old browser, http":             {map[string]string{"Origin": "http://passerelle.example"}, right, http.StatusForbidden},
		"no token":                         {map[string]string{"Sec-Fetch-Site": "same-origin"}, "name=Amina", http.StatusForbidden},
		"an empty token":                   {map[string]string{"Sec-Fetch-Site": "same-origin"}, "_csrf=&name=Amina", http.StatusForbidden},
		"somebody else's token":            {map[string]string{"Sec-Fetch-Site": "same-origin"}, "_csrf=token-of-waiting", http.StatusForbidden},
		"a token in the address, not sent": {map[string]string{"Sec-Fetch-Site": "same-origin"}, "", http.StatusForbidden},
	} {
		header := map[string]string{"As": "lea", "Content-Type": "application/x-www-form-urlencoded"}
		for k, v := range test.header {
			header[k] = v
		}
		before := s.written.Load()
		response, _ := s.ask(t, "POST", "/dossiers?_csrf=token-of-lea", header, test.body)
		if response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, response.StatusCode, test.want)
		}
		if wrote := s.written.Load() != before; wrote != (test.want == http.StatusOK) {
			t.Errorf("%s: written is %v", name, wrote)
		}
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE", "QUERY", "OPTIONS", "TRACE"} {
		before := s.written.Load()
		for _, from := range []string{"cross-site", "same-origin"} {
			header := map[string]string{"As": "lea", "Sec-Fetch-Site": from, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
			if response, _ := s.ask(t, method, "/dossiers", header, right); response.StatusCode < 400 {
				t.Errorf("%s was answered %d", method, response.StatusCode)
			}
		}
		if s.written.Load() != before {
			t.Errorf("%s has written", method)
		}
	}
}

// TestT23 lets things fail: the answer helps, and says nothing of the inside.
func TestT23(t *testing.T) {
	s := start(t)
	for path, want := range map[string]int{
		"/nowhere": http.StatusNotFound, "/Dossiers": http.StatusNotFound, "/dossiers/": http.StatusNotFound,
		"/panic": http.StatusInternalServerError, "/fail": http.StatusInternalServerError, "/refuse": http.StatusForbidden,
		"/slow": http.StatusServiceUnavailable, "/inbox": http.StatusForbidden,
	} {
		response, body := s.ask(t, "GET", path, map[string]string{"As": "lea", "Accept-Language": "de"}, "")
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, response.StatusCode, want)
		}
		if !strings.Contains(body, `lang="de"`) || !strings.Contains(body, "<h1") {
			t.Errorf("%s: not a page in German: %s", path, body)
		}
		if strings.Contains(body, "broken inside") || strings.Contains(body, "goroutine") || strings.Contains(body, "CANARY") {
			t.Errorf("%s tells the inside: %s", path, body)
		}
	}
	if strings.Contains(s.log.String(), "CANARY") {
		t.Error("what a panic held is in the log")
	}
	response, body := s.ask(t, "GET", "/fail", map[string]string{"As": "lea", "HX-Request": "true"}, "")
	if response.StatusCode != 500 || strings.Contains(body, "<html") {
		t.Errorf("for a part of a page, the whole of an error page: %d %s", response.StatusCode, body)
	}
	if response, _ := s.ask(t, "GET", "/nowhere", map[string]string{"As": "lea", "HX-Request": "true"}, ""); response.StatusCode != 404 || response.Header.Get("HX-Refresh") != "true" {
		t.Errorf("a part that is gone: %d, HX-Refresh %q", response.StatusCode, response.Header.Get("HX-Refresh"))
	}
	if response, _ := s.ask(t, "GET", "/dossiers?x=1", map[string]string{"HX-Request": "true"}, ""); response.StatusCode != 401 || response.Header.Get("HX-Redirect") != "/signin?return="+url.QueryEscape("/dossiers?x=1") {
		t.Errorf("a stranger's part: %d, HX-Redirect %q", response.StatusCode, response.Header.Get("HX-Redirect"))
	}
	if response, _ := s.ask(t, "GET", "/dossiers?x=1", nil, ""); response.StatusCode != 303 || response.Header.Get("Location") != "/signin?return="+url.QueryEscape("/dossiers?x=1") {
		t.Errorf("a stranger: %d, to %q", response.StatusCode, response.Header.Get("Location"))
	}
	if response, _ := s.ask(t, "GET", "/dossiers", map[string]string{"As": "waiting"}, ""); response.StatusCode != 303 || response.Header.Get("Location") != "/memberships" {
		t.Errorf("somebody without a membership: %d, to %q", response.StatusCode, response.Header.Get("Location"))
	}
	if response, _ := s.ask(t, "HEAD", "/inbox", map[string]string{"As": "lea"}, ""); response.StatusCode != http.StatusForbidden {
		t.Errorf("HEAD is not guarded as GET is: %d", response.StatusCode)
	}
}

// TestT25 holds the headers of every answer, one by one.
func TestT25(t *testing.T) {
	s := start(t)
	want := map[string]string{
		"Cache-Control": "no-store", "Vary": "HX-Request, HX-Request-Type", "Referrer-Policy": "same-origin",
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Origin-Agent-Cluster": "?1", "Permissions-Policy": "geolocation=(), camera=(), microphone=(), clipboard-read=(), interest-cohort=()",
		"X-Robots-Tag": "noindex", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
	}
	nonces := map[string]bool{}
	for _, path := range []string{"/open", "/dossiers", "/nowhere", "/fail", "/panic", "/refuse", "/healthz"} {
		response, _ := s.ask(t, "GET", path, map[string]string{"As": "lea"}, "")
		for name, value := range want {
			if got := response.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		policy := response.Header.Get("Content-Security-Policy")
		nonce, _, _ := strings.Cut(strings.TrimPrefix(policy, "default-src 'none'; script-src 'nonce-"), "'")
		if wanted := "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types htmx"; policy != wanted || len(nonce) < 22 {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if nonces[nonce] {
			t.Errorf("%s: the nonce was used before", path)
		}
		nonces[nonce] = true
		if server := response.Header.Get("Server"); server != "" {
			t.Errorf("%s: says that it is %q", path, server)
		}
	}
}

func TestLanguage(t *testing.T) {
	s := start(t)
	response, _ := s.ask(t, "POST", "/language", map[string]string{"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}, "language=it&_page=/dossiers%3Fphase%3Dreturn")
	if response.StatusCode != 303 || response.Header.Get("Location") != "/dossiers?phase=return" {
		t.Errorf("choosing Italian: %d, to %q", response.StatusCode, response.Header.Get("Location"))
	}
	cookie := response.Cookies()[0]
	if cookie.Value != "it" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %+v", cookie)
	}
	if _, body := s.ask(t, "GET", "/nowhere", map[string]string{"Cookie": cookie.Name + "=it", "Accept-Language": "de"}, ""); !strings.Contains(body, `lang="it"`) {
		t.Error("the language that was chosen is not the one shown")
	}
	for _, elsewhere := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"} {
		response, _ := s.ask(t, "POST", "/language", map[string]string{"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}, url.Values{"language": {"fr"}, "_page": {elsewhere}}.Encode())
		if response.Header.Get("Location") != "/" {
			t.Errorf("%q leads to %q", elsewhere, response.Header.Get("Location"))
		}
	}
}

// TestNotice holds that what was done is said on the next page, also when the last one, still open, asks for a part of
// itself at the same moment.
func TestNotice(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		header map[string]string
		taken  bool
	}{
		"the next page":      {map[string]string{"Accept": "text/html"}, true},
		"a part of a page":   {map[string]string{"HX-Request": "true", "HX-Target": "div#reading", "HX-Current-URL": origin + "/nowhere"}, false},
		"no key of a notice": {map[string]string{"Cookie": "pas-notice=<b>"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"Cookie": "pas-notice=ui.restored"}
			maps.Copy(header, c.header)
			response, body := s.ask(t, "GET", "/nowhere", header, "")
			if taken := len(response.Cookies()) == 1 && response.Cookies()[0].MaxAge < 0; taken != c.taken {
				t.Errorf("the notice is taken: %t", taken)
			}
			if shown := strings.Contains(body, "pas-banner--success"); shown != (c.taken && c.header["Cookie"] == "") {
				t.Errorf("the notice is shown: %t", shown)
			}
		})
	}
}

// TestInPlace holds that an act in place is told from a part of a page, and stays on the page where it began.
func TestInPlace(t *testing.T) {
	s := start(t)
	for name, c := range map[string]struct {
		target, open string
		status       int
		led          string
	}{
		"the same page":      {"div#content", origin + "/dossiers?phase=return", 200, ""},
		"another page":       {"div#content", origin + "/inbox", 204, "/dossiers?phase=open"},
		"from below":         {"div#content", origin + "/dossiers/x", 204, "/dossiers?phase=open"},
		"no page":            {"div#content", "", 204, "/dossiers?phase=open"},
		"a part of a page":   {"div#reading", origin + "/inbox", 200, ""},
		"a page by a script": {"", "", 200, ""},
	} {
		header := map[string]string{"As": "lea", "HX-Request": "true", "HX-Target": c.target, "HX-Current-URL": c.open, "Cookie": "pas-notice=ui.restored"}
		response, _ := s.ask(t, "GET", "/dossiers?phase=open", header, "")
		if led := response.Header.Get("HX-Redirect"); response.StatusCode != c.status || led != c.led {
			t.Errorf("%s: %d, to %q", name, response.StatusCode, led)
		}
		if taken, want := len(response.Cookies()) == 1, name == "the same page"; taken != want {
			t.Errorf("%s: the notice is taken: %t", name, taken)
		}
	}
}

// TestShutdownBeforeServe holds that a signal which comes during start does not leave a server behind.
func TestShutdownBeforeServe(t *testing.T) {
	server := web.New(web.Options{Origin: origin, Log: slog.New(slog.DiscardHandler)})
	server.Ready()
	if err := server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it serves on")
	}
}
