// Package dex signs people in through Dex, a real OpenID provider that others wrote, keep and run. It is a module of its own,
// since the program has no use for what Dex brings along: make dex.
package dex

import (
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	gosundheit "github.com/AppsFlyer/go-sundheit"
	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/server/signer"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/bcrypt"

	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	origin   = "http://127.0.0.1:8080"
	callback = origin + "/oidc/dex/callback"
	secret   = "a secret with: colons, and ü"
	password = "the password of an invented person"
	// How Dex calls somebody is made of her user id and of the connector through which she came.
	subject = "CgRsZWExEgVsb2NhbA"
)

var quiet = slog.New(slog.DiscardHandler)

// provider is a running Dex.
type provider struct {
	*httptest.Server
	signer signer.Signer
	stop   context.CancelFunc
}

// rotate has Dex make a new key at once and sign with it; the old one it keeps on publishing.
func (p *provider) rotate() { p.signer.Start(stopped()) }

// stopped is a context that is over, so that no more than the first rotation is done.
func stopped() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func start(t *testing.T) *provider {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var dex *server.Server
	p := &provider{stop: stop, Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { dex.ServeHTTP(w, r) }))}
	t.Cleanup(func() { stop(); p.Close() })
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost+6)
	if err != nil {
		t.Fatal(err)
	}
	kept := memory.New(quiet)
	kept = storage.WithStaticClients(kept, []storage.Client{{ID: "passerelle", Secret: secret, Name: "Passerelle", RedirectURIs: []string{callback}}})
	kept = storage.WithStaticPasswords(kept, []storage.Password{
		{Email: "lea@vaud.example", Hash: hash, Username: "lea", Name: "Léa Morel", UserID: "lea1"},
		{Email: "eve@vaud.example", Hash: hash, Username: "eve", Name: "Eve", UserID: "eve1", Groups: []string{"admin"}},
	}, quiet)
	kept = storage.WithStaticConnectors(kept, []storage.Connector{{ID: "local", Type: server.LocalConnector, Name: "Password"}})
	// A key is older than a nanosecond whenever somebody looks: each start makes a new one.
	local := signer.LocalConfig{KeysRotationPeriod: "1ns"}
	if p.signer, err = local.Open(ctx, kept, time.Hour, time.Now, quiet); err != nil {
		t.Fatal(err)
	}
	p.rotate()
	dex, err = server.NewServer(ctx, server.Config{
		Issuer: p.URL + "/dex", Storage: kept, SkipApprovalScreen: true, Logger: quiet, Signer: p.signer, IDTokensValidFor: 5 * time.Minute,
		PrometheusRegistry: prometheus.NewRegistry(), HealthChecker: gosundheit.New(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// door is a canton with its people, who come through Dex.
type door struct {
	*signin.Service
	t   *testing.T
	db  *pgtest.Database
	lea tenantdb.PersonID
}

func open(t *testing.T, p *provider, clientSecret string) *door {
	t.Helper()
	db := pgtest.New(t)
	tenant, connection, lea := ids.New[tenantdb.Tenant](), ids.New[signin.Connection](), ids.New[tenantdb.Person]()
	db.Exec(t, "insert into tenants (tenant_id, slug, name, canton, live_at) values ($1, 'vaud', 'Vaud', 'VD', now())", tenant)
	db.Exec(t, `insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains)
		values ($1, $2, 'dex', 'Dex', 'staff', $3, 'passerelle', $4, '{vaud.example}')`, connection, tenant, p.URL+"/dex", clientSecret)
	db.Exec(t, `insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject)
		values ($1, $2, 'Léa', 'lea@vaud.example', 'caseworker', $3, $4)`, tenant, lea, connection, subject)
	service, err := signin.New(db.App, db.Ring(t), signin.Options{Origin: origin, AllowLoopbackHTTP: true})
	if err != nil {
		t.Fatal(err)
	}
	return &door{service, t, db, lea}
}

var action = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// answer is what a browser brings back after it has typed a password at Dex.
func (d *door) answer(email, typed string) (signin.Answer, error) {
	d.t.Helper()
	target, browser, err := d.Begin(d.t.Context(), signin.Departure{Connection: "dex", Email: email, Language: "fr"})
	if err != nil {
		return signin.Answer{}, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	var back *url.URL
	client := &http.Client{Jar: jar, CheckRedirect: func(to *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(to.URL.String(), callback+"?") {
			back = to.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	read := func(response *http.Response, err error) (string, *url.URL) {
		d.t.Helper()
		if err != nil {
			d.t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		page, err := io.ReadAll(response.Body)
		if err != nil {
			d.t.Fatal(err)
		}
		return string(page), response.Request.URL
	}
	page, at := read(client.Get(target))
	form := action.FindStringSubmatch(page)
	if form == nil {
		d.t.Fatalf("no form for a password at %s:\n%s", at, page)
	}
	to, err := at.Parse(html.UnescapeString(form[1]))
	if err != nil {
		d.t.Fatal(err)
	}
	page, _ = read(client.PostForm(to.String(), url.Values{"login": {email}, "password": {typed}}))
	if back == nil {
		return signin.Answer{}, errors.New(page)
	}
	query := back.Query()
	return signin.Answer{
		Connection: "dex", State: query.Get("state"), Code: query.Get("code"), Issuer: query.Get("iss"), Denied: query.Get("error") != "", Browser: browser,
	}, nil
}

func (d *door) signIn(email string) (signin.Arrival, error) {
	d.t.Helper()
	answer, err := d.answer(email, password)
	if err != nil {
		return signin.Arrival{}, err
	}
	return d.Finish(d.t.Context(), answer)
}

func refused(t *testing.T, err error, want signin.Reason) {
	t.Helper()
	if refusal, ok := signin.Refused(err); !ok || refusal.Reason != want {
		t.Errorf("%v, want refused for %q", err, want)
	}
}

func TestDex(t *testing.T) {
	dex := start(t)
	d := open(t, dex, secret)
	t.Run("lets Léa in, as whom it vouches for", func(t *testing.T) {
		arrival, err := d.signIn("lea@vaud.example")
		if err != nil {
			t.Fatal(err)
		}
		who := arrival.Session.Identity
		if arrival.Session.Membership.Person != d.lea || who.Subject != subject || who.Name != "Léa Morel" || who.Email != "lea@vaud.example" || who.Issuer != dex.URL+"/dex" {
			t.Errorf("arrived as %+v", arrival.Session)
		}
		if found, err := d.Find(t.Context(), arrival.Token, true); err != nil || found.Membership.Person != d.lea {
			t.Errorf("%+v, %v", found, err)
		}
	})
	t.Run("leaves somebody waiting whom nobody expects, whatever group she is in", func(t *testing.T) {
		arrival, err := d.signIn("eve@vaud.example")
		if err != nil || !arrival.Session.Membership.None() || !arrival.Session.Membership.Scope().Empty() {
			t.Errorf("%+v, %v", arrival.Session.Membership, err)
		}
	})
	t.Run("sends nobody back with a wrong password", func(t *testing.T) {
		if _, err := d.answer("lea@vaud.example", "another password"); err == nil {
			t.Error("it did")
		}
	})
	t.Run("redeems a code once", func(t *testing.T) {
		answer, err := d.answer("lea@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Finish(t.Context(), answer); err != nil {
			t.Fatal(err)
		}
		again, err := d.answer("lea@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		again.Code = answer.Code
		_, err = d.Finish(t.Context(), again)
		refused(t, err, signin.ReasonCode)
	})
	t.Run("takes no code of another's sign-in", func(t *testing.T) {
		stolen, err := d.answer("lea@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.answer("eve@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		answer.Code = stolen.Code // which belongs to another PKCE verifier
		_, err = d.Finish(t.Context(), answer)
		refused(t, err, signin.ReasonCode)
	})
	t.Run("is believed after it has changed its key", func(t *testing.T) {
		for range 2 {
			dex.rotate()
			if arrival, err := d.signIn("lea@vaud.example"); err != nil || arrival.Session.Membership.Person != d.lea {
				t.Errorf("%+v, %v", arrival.Session.Membership, err)
			}
		}
	})
	t.Run("does not let us in with another secret", func(t *testing.T) {
		wrong := open(t, dex, "another secret")
		answer, err := wrong.answer("lea@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		_, err = wrong.Finish(t.Context(), answer)
		refused(t, err, signin.ReasonCode)
	})
	t.Run("offers no way to sign out of it, and none is shown", func(t *testing.T) {
		if _, target, err := d.SignOutAt(t.Context(), "dex"); err != nil || target != "" {
			t.Errorf("%q, %v", target, err)
		}
	})
	t.Run("once it is gone, nobody new comes in, and who is in stays", func(t *testing.T) {
		arrival, err := d.signIn("lea@vaud.example")
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.answer("lea@vaud.example", password)
		if err != nil {
			t.Fatal(err)
		}
		dex.stop()
		dex.Close()
		_, err = d.Finish(t.Context(), answer)
		refused(t, err, signin.ReasonCode)
		if _, err := d.Find(t.Context(), arrival.Token, true); err != nil {
			t.Error(err)
		}
	})
}
