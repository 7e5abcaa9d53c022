// Package webtest drives the whole application over HTTP as a browser without JavaScript would: real server, real
// Postgres, a real sign-in through the demo's identity provider, forms found on the page and sent as they stand.
package webtest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/console"
	"passerelle/internal/demo"
	"passerelle/internal/demo/idp"
	"passerelle/internal/pgtest"
)

// Site is the application, running, with the cast in its database.
type Site struct {
	URL      string
	Database *pgtest.Database
	App      *app.App
	// Log holds what the application logged.
	Log *Log

	options app.Options
	// Stop ends the application before the test does: once requests and jobs under way have ended.
	Stop func(t testing.TB)
	// StopProvider has the identity provider answer nobody, StartProvider again.
	StopProvider, StartProvider func(t testing.TB)
	// console is where Console will serve, and how it is known to the provider.
	console  net.Listener
	operated console.Options
	// Unclaimed is a provider that no tenant uses yet, and how the application is known to it.
	Unclaimed struct{ Issuer, ClientID, ClientSecret string }
}

// Start runs the application for one test, with what the test wants otherwise.
func Start(t testing.TB, otherwise ...func(*app.Options)) *Site {
	t.Helper()
	return StartOn(t, pgtest.New(t), otherwise...)
}

// StartOn does so over a database that the test has made.
func StartOn(t testing.TB, database *pgtest.Database, otherwise ...func(*app.Options)) *Site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	site := &Site{URL: named(listener), Database: database, Log: &Log{}}

	identities, err := idp.Remember(filepath.Join(t.TempDir(), "identities.json"))
	if err != nil {
		t.Fatal(err)
	}
	if site.console, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.console.Close() })
	issuers := append(demo.Issuers(site.URL), demo.ConsoleIssuer(named(site.console)))
	provider, err := idp.Start(context.Background(), idp.Options{Listen: "127.0.0.1:0", Identities: identities, Issuers: issuers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Stop() })
	site.StopProvider = func(t testing.TB) {
		t.Helper()
		if err := provider.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	at := strings.TrimSuffix(strings.TrimPrefix(provider.Issuer(""), "http://"), "/")
	site.StartProvider = func(t testing.TB) {
		t.Helper()
		if provider, err = idp.Start(context.Background(), idp.Options{Listen: at, Identities: identities, Issuers: issuers}); err != nil {
			t.Fatal(err)
		}
	}
	if err := cast.Insert(t.Context(), database.Owner, demo.Provider(provider, identities)); err != nil {
		t.Fatal(err)
	}

	site.Unclaimed.Issuer, site.Unclaimed.ClientID, site.Unclaimed.ClientSecret = provider.Issuer(demo.Unclaimed), "passerelle-"+demo.Unclaimed, identities.ClientSecret(demo.Unclaimed)
	site.operated = console.Options{
		DatabaseURL: database.PlatformConnString, Origin: named(site.console), Application: site.URL, AllowLoopbackHTTP: true, Version: "test",
		Issuer: provider.Issuer(cast.ConsoleSlug), ClientID: "passerelle-" + cast.ConsoleSlug, ClientSecret: identities.ClientSecret(cast.ConsoleSlug),
		Log: slog.New(slog.NewTextHandler(site.Log, nil)),
	}
	site.options = app.Options{
		Files:       Folder(t),
		DatabaseURL: database.AppConnString, MaxConns: 8, KeysDatabaseURL: database.KeysConnString, Master: pgtest.Master(), AllowLoopbackHTTP: true,
		SequencerDatabaseURL: database.SequencerConnString, Version: "test", Log: slog.New(slog.NewTextHandler(site.Log, nil)),
		RequestsAMinute: math.MaxInt32, // tests are quicker than people
	}
	for _, change := range otherwise {
		change(&site.options)
	}
	site.serve(t, listener)
	site.operated.Clock = site.options.Clock
	return site
}

// Now is the time by the application's own clock.
func (s *Site) Now() time.Time {
	if s.options.Clock == nil {
		return time.Now()
	}
	return s.options.Clock()
}

// Another is the same installation, served by another process, in which a browser's session holds as well (Browser.At).
func (s *Site) Another(t testing.TB) *Site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	other := *s
	other.URL = named(listener)
	other.serve(t, listener)
	return &other
}

// named is where a browser reaches the listener: by a name, since to a number no passkey is bound.
func named(listener net.Listener) string {
	return fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)
}

// Browser keeps cookies and follows redirects, as one person's does.
type Browser struct {
	t     testing.TB
	site  *Site
	http  *http.Client
	token string
	// Passkey answers pages that ask for one by itself; nil leaves them as they are.
	Passkey *Passkey
	person  cast.Person
	busy    bool
	// Language is sent as Accept-Language.
	Language string
	// Header is added to every request.
	Header http.Header
}

// Open is a browser that nobody has signed in with yet.
func (s *Site) Open(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, site: s, Language: "fr-CH", Header: http.Header{}, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// At is the same browser, turned to another process: cookies are of a host, whatever the port.
func (b *Browser) At(site *Site) *Browser {
	other := *b
	other.site = site
	return &other
}

// SignIn is a browser in which person has signed in: e-mail, the provider's page, and, for somebody with several
// memberships, the choice of that one.
func (s *Site) SignIn(t testing.TB, person cast.Person) *Browser {
	t.Helper()
	b := s.Open(t)
	b.Passkey, b.person = NewPasskey(), person
	page := b.Get("/signin").Submit("form[action='/signin']:has([name=email])", url.Values{"email": {person.Email}})
	page = b.continueTo(page)
	if page = page.SubmitButton("button:contains('" + person.Email + "')"); page.Status != http.StatusOK {
		t.Fatalf("%s could not sign in: %d %s\n%s", person.Name, page.Status, page.URL, page.Text())
	}
	if page.URL.Path == "/memberships" {
		where := person.Tenant.Name
		if person.Office != nil {
			where = person.Office.Name
		}
		page = page.SubmitButton("button:contains('" + where + "')")
	}
	if page.Status != http.StatusOK || page.URL.Path == "/signin" {
		t.Fatalf("%s signed in and landed on %d %s\n%s", person.Name, page.Status, page.URL, page.Text())
	}
	return b
}

// continueTo follows a page that sends the browser on by the Refresh header.
func (b *Browser) continueTo(page *Page) *Page {
	_, target, ok := strings.Cut(page.Header.Get("Refresh"), "url=")
	if !ok {
		return page
	}
	return b.Get(target)
}

// Get opens a page.
func (b *Browser) Get(target string) *Page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.resolve(target), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Do(request)
}

// Post sends a form that stands on no page.
func (b *Browser) Post(target string, values url.Values) *Page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.resolve(target), strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.Do(request)
}

// Do sends a request with the browser's cookies and headers. Where it leads to a page that asks for a passkey, that is answered.
func (b *Browser) Do(request *http.Request) *Page {
	b.t.Helper()
	asked := request.URL.Path
	page := b.do(request)
	if b.Passkey == nil || b.busy || !asks(page) || strings.HasPrefix(asked, "/confirmation") || strings.HasPrefix(asked, "/passkeys") {
		return page
	}
	return b.confirm(page)
}

func (b *Browser) do(request *http.Request) *Page {
	b.t.Helper()
	request.Header.Set("Accept-Language", b.Language)
	for name, values := range b.Header {
		request.Header[name] = values
	}
	response, err := b.http.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return &Page{Status: response.StatusCode, URL: response.Request.URL, Header: response.Header, Body: string(body), Document: document, browser: b}
}

// Token is the session's token, as the pages carry it.
func (b *Browser) Token() string {
	b.t.Helper()
	if b.token == "" {
		b.token = b.Get("/").Document.Find("input[name=_csrf]").AttrOr("value", "")
	}
	return b.token
}

// Cookies are those that the browser would send to the application.
func (b *Browser) Cookies() []*http.Cookie {
	u, _ := url.Parse(b.site.URL)
	return b.http.Jar.Cookies(u)
}

// SetCookie puts a cookie into the browser, as a thief would.
func (b *Browser) SetCookie(cookie *http.Cookie) {
	u, _ := url.Parse(b.site.URL)
	b.http.Jar.SetCookies(u, []*http.Cookie{cookie})
}

func (b *Browser) resolve(target string) string {
	if strings.HasPrefix(target, "/") {
		return b.site.URL + target
	}
	return target
}

// Page is an answer.
type Page struct {
	Status   int
	URL      *url.URL
	Header   http.Header
	Body     string
	Document *goquery.Document
	browser  *Browser
}

// Text is what one reads on the page, outside its scripts.
func (p *Page) Text() string {
	return strings.Join(strings.Fields(p.Document.Find("body").Text()), " ")
}

// Has says whether something matches the selector.
func (p *Page) Has(selector string) bool { return p.Document.Find(selector).Length() > 0 }

// Values are what the form that matches the selector would send as it stands.
func (p *Page) Values(form string) url.Values {
	p.browser.t.Helper()
	selection := p.Document.Find(form).First()
	if selection.Length() == 0 {
		p.browser.t.Fatalf("there is no form %s on %d %s:\n%s", form, p.Status, p.URL, p.Text())
	}
	return ValuesOf(selection)
}

// Follow goes where the link that matches the selector leads.
func (p *Page) Follow(link string) *Page {
	p.browser.t.Helper()
	leads, ok := p.Document.Find(link).Attr("href")
	if !ok {
		p.browser.t.Fatalf("there is no link %s on %d %s:\n%s", link, p.Status, p.URL, p.Text())
	}
	return p.browser.Get(leads)
}

// Submit sends the form that matches the selector, with some of its fields filled in.
func (p *Page) Submit(form string, fill url.Values) *Page {
	p.browser.t.Helper()
	values := p.Values(form)
	for name, list := range fill {
		values[name] = list
	}
	return p.send(p.Document.Find(form).First(), values)
}

// SubmitButton presses the button that matches the selector.
func (p *Page) SubmitButton(button string) *Page {
	p.browser.t.Helper()
	pressed := p.Document.Find(button).First()
	form := pressed.Closest("form")
	if form.Length() == 0 {
		p.browser.t.Fatalf("there is no button %s in a form on %d %s:\n%s", button, p.Status, p.URL, p.Text())
	}
	values := ValuesOf(form)
	if name, ok := pressed.Attr("name"); ok {
		values.Set(name, pressed.AttrOr("value", ""))
	}
	return p.send(form, values)
}

func (p *Page) send(form *goquery.Selection, values url.Values) *Page {
	p.browser.t.Helper()
	action, err := p.URL.Parse(form.AttrOr("action", p.URL.String()))
	if err != nil {
		p.browser.t.Fatal(err)
	}
	if !strings.EqualFold(form.AttrOr("method", "get"), "post") {
		action.RawQuery = values.Encode()
		return p.browser.Get(action.String())
	}
	return p.browser.Post(action.String(), values)
}

// ValuesOf are what a form would send as it stands.
func ValuesOf(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, field *goquery.Selection) {
		name, ok := field.Attr("name")
		if _, disabled := field.Attr("disabled"); !ok || disabled {
			return
		}
		switch goquery.NodeName(field) {
		case "textarea":
			values.Add(name, field.Text())
		case "select":
			chosen := field.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = field.Find("option").First()
			}
			values.Add(name, chosen.AttrOr("value", chosen.Text()))
		default:
			kind := field.AttrOr("type", "text")
			_, checked := field.Attr("checked")
			if kind == "submit" || kind == "button" || (kind == "checkbox" || kind == "radio") && !checked {
				return
			}
			values.Add(name, field.AttrOr("value", ""))
		}
	})
	return values
}
