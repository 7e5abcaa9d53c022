package signin_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// documented is a provider as its documentation shows it (testdata/providers).
type documented struct {
	Provider  string
	Issuer    string
	ClientID  string `json:"client_id"`
	Discovery map[string]any
	Keys      []map[string]any
	IDToken   map[string]any     `json:"id_token"`
	Times     map[string]float64 // in seconds from now
	AtHash    bool               `json:"at_hash"`
	Extra     map[string]any     `json:"extra_token_response"`
	// AnswersWithIssuer says that iss stands in its answers (RFC 9207).
	AnswersWithIssuer bool `json:"answers_with_issuer"`
	Authentication    string
	SignOutAt         string `json:"sign_out_at"`
	LogoutToken       struct {
		Types  []string
		Claims map[string]any
		Times  map[string]float64
	} `json:"logout_token"`
	Accepted, Refused []struct {
		Why    string
		Claims map[string]any
		Dated  map[string]float64 `json:"claims_in_seconds"`
		Reason signin.Reason
	}
	Misdescribed []struct {
		Why       string
		Discovery map[string]any
	}

	t        *testing.T
	key      *rsa.PrivateKey
	other    *rsa.PrivateKey
	server   *httptest.Server
	mu       sync.Mutex
	changed  map[string]any // of the discovery document
	next     map[string]any // claims of the next ID token
	redeemed *http.Request  // with its form read
}

var rsaKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var keys [2]*rsa.PrivateKey
	for n := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[n] = key
	}
	return keys
})

const documentedKey = "k-2026-11"

// serve has the provider answer at its own addresses, over https.
func serve(t *testing.T, file string) *documented {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &documented{t: t, key: rsaKeys()[0], other: rsaKeys()[1]}
	decoder := json.NewDecoder(strings.NewReader(string(content)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(p); err != nil {
		t.Fatal(err)
	}
	p.server = httptest.NewTLSServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// transport leads every host to the server, as if it were the one that it says.
func (p *documented) transport() http.RoundTripper {
	trusted := x509.NewCertPool()
	trusted.AddCert(p.server.Certificate())
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "example.com"},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, p.server.Listener.Addr().String())
		},
	}
}

func (p *documented) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch at := "https://" + r.Host + r.URL.Path; at {
	case p.Issuer + "/.well-known/openid-configuration":
		document := maps.Clone(p.Discovery)
		maps.Copy(document, p.changed)
		answer(document)
	case p.Discovery["jwks_uri"]:
		answer(map[string]any{"keys": p.published()})
	case p.Discovery["token_endpoint"]:
		_ = r.ParseForm()
		p.redeemed = r
		claims := p.next
		hash := sha256.Sum256([]byte("an opaque access token"))
		if p.AtHash {
			claims["at_hash"] = base64.RawURLEncoding.EncodeToString(hash[:16])
		}
		response := map[string]any{"access_token": "an opaque access token", "token_type": "Bearer", "expires_in": 3599, "id_token": p.sign(claims, "JWT")}
		maps.Copy(response, p.Extra)
		answer(response)
	default:
		http.NotFound(w, r)
	}
}

// published are the keys as the provider describes them: with the members that it adds, and without those that it leaves out.
func (p *documented) published() (keys []map[string]any) {
	for _, described := range p.Keys {
		private, kid := p.key, documentedKey
		if described["other"] == true {
			private, kid = p.other, "another"
		}
		text, err := json.Marshal(jose.JSONWebKey{Key: private.Public(), KeyID: kid})
		if err != nil {
			p.t.Fatal(err)
		}
		key := map[string]any{}
		if err := json.Unmarshal(text, &key); err != nil {
			p.t.Fatal(err)
		}
		maps.Copy(key, described)
		delete(key, "other")
		if without, ok := key["without"].([]any); ok {
			for _, name := range without {
				delete(key, name.(string))
			}
			delete(key, "without")
		}
		keys = append(keys, key)
	}
	return keys
}

func (p *documented) sign(claims map[string]any, typ string) string {
	p.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: documentedKey}}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		p.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}

// dated are claims with their times.
func dated(claims map[string]any, times ...map[string]float64) map[string]any {
	claims = maps.Clone(claims)
	for _, of := range times {
		for name, seconds := range of {
			claims[name] = time.Now().Unix() + int64(seconds)
		}
	}
	return claims
}

// signIn goes to the provider and comes back with an ID token that was changed.
func (p *documented) signIn(t *testing.T, h *house, change map[string]any, times map[string]float64) (signin.Arrival, url.Values, error) {
	t.Helper()
	target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "documented", Language: "fr"})
	if err != nil {
		return signin.Arrival{}, nil, err
	}
	asked, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	if at := asked.Scheme + "://" + asked.Host + asked.Path; at != p.Discovery["authorization_endpoint"] {
		t.Errorf("leads to %s", at)
	}
	query := asked.Query()
	claims := dated(p.IDToken, p.Times, times)
	maps.Copy(claims, change)
	claims["nonce"] = query.Get("nonce")
	p.mu.Lock()
	p.next = claims
	p.mu.Unlock()
	answer := signin.Answer{Connection: "documented", State: query.Get("state"), Code: "0.AXE-code", Browser: browser}
	if p.AnswersWithIssuer {
		answer.Issuer = p.Issuer
	}
	arrival, err := h.door.Finish(t.Context(), answer)
	return arrival, query, err
}

// TestDocumentedProviders signs somebody in through each provider as it documents itself, and refuses what is not this organisation's.
func TestDocumentedProviders(t *testing.T) {
	files, err := filepath.Glob("testdata/providers/*.json")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			h, p := newHouse(t), serve(t, file)
			h.door.Through(p.transport())
			id := h.connection(t, "documented", "staff", h.vaud, p.Issuer, "a secret", strings.SplitN(p.IDToken["email"].(string), "@", 2)[1])
			h.db.Exec(t, "update connections set client_id = $1 where connection_id = $2", p.ClientID, id)
			person := h.member(t, h.vaud, "Somebody", "auditor", id, p.IDToken["sub"].(string))

			arrival, asked, err := p.signIn(t, h, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := arrival.Session; got.Membership.Person != person || got.Identity.Subject != p.IDToken["sub"] || got.Identity.Name != "Léa Morel" || got.Identity.Email != p.IDToken["email"] || got.Identity.Issuer != p.Issuer {
				t.Errorf("arrived as %+v", got)
			}
			for name, want := range map[string]string{
				"client_id": p.ClientID, "response_type": "code", "redirect_uri": origin + "/oidc/documented/callback", "code_challenge_method": "S256", "max_age": "28800", "ui_locales": "fr",
			} {
				if asked.Get(name) != want {
					t.Errorf("asked with %s=%q, want %q", name, asked.Get(name), want)
				}
			}
			if !slices.Contains(strings.Fields(asked.Get("scope")), "openid") {
				t.Errorf("asked for %q", asked.Get("scope"))
			}
			name, secret, basic := p.redeemed.BasicAuth()
			if !basic {
				name, secret = p.redeemed.PostForm.Get("client_id"), p.redeemed.PostForm.Get("client_secret")
			}
			if basic != (p.Authentication == "basic") || name != url.QueryEscape(p.ClientID) && name != p.ClientID || !strings.HasPrefix(secret, "a") {
				t.Errorf("redeemed as %q, %q, in the header: %v", name, secret, basic)
			}
			if form := p.redeemed.PostForm; form.Get("code") != "0.AXE-code" || len(form.Get("code_verifier")) < 43 || form.Get("redirect_uri") != origin+"/oidc/documented/callback" || form.Get("grant_type") != "authorization_code" {
				t.Errorf("redeemed with %v", form)
			}
			for _, variant := range p.Accepted {
				if _, _, err := p.signIn(t, h, variant.Claims, variant.Dated); err != nil {
					t.Errorf("%s: %v", variant.Why, err)
				}
			}
			for _, variant := range p.Refused {
				_, _, err := p.signIn(t, h, variant.Claims, variant.Dated)
				if refusal, ok := signin.Refused(err); !ok || refusal.Reason != variant.Reason {
					t.Errorf("%s: %v, want refused for %s", variant.Why, err, variant.Reason)
				}
			}
			_, target, err := h.door.SignOutAt(t.Context(), "documented")
			if leads, _, _ := strings.Cut(target, "?"); err != nil || leads != p.SignOutAt {
				t.Errorf("signs out at %q, %v", target, err)
			}
			p.logout(t, h)
			for _, variant := range p.Misdescribed {
				p.mu.Lock()
				p.changed = variant.Discovery
				p.mu.Unlock()
				door := h.newDoor(t)
				door.Through(p.transport())
				_, _, err := door.Begin(t.Context(), signin.Departure{Connection: "documented"})
				if refusal, ok := signin.Refused(err); !ok || refusal.Reason != signin.ReasonProvider {
					t.Errorf("%s: %v", variant.Why, err)
				}
			}
		})
	}
}

// logout has the provider say that its session is over, in each of the ways in which its versions say it.
func (p *documented) logout(t *testing.T, h *house) {
	for n, typ := range p.LogoutToken.Types {
		here, _, err := p.signIn(t, h, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		there, _, err := p.signIn(t, h, map[string]any{"sid": "another session of hers"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		claims := dated(p.LogoutToken.Claims, p.LogoutToken.Times)
		claims["jti"] = "jti" + string(rune('a'+n))
		if ended, err := h.hear(t, "documented", p.sign(claims, typ)); err != nil || ended == 0 {
			t.Errorf("%s: %d, %v", typ, ended, err)
		}
		if h.in(t, here) || !h.in(t, there) {
			t.Errorf("%s: not exactly that session ended", typ)
		}
	}
}

// TestTwoProvidersAtOnce mixes them up on purpose: what one signs is worth nothing at the other's door, though both are real
// and both are ours (T29).
func TestTwoProvidersAtOnce(t *testing.T) {
	h, p, q := newHouse(t), serve(t, "testdata/providers/keycloak.json"), serve(t, "testdata/providers/entra.json")
	q.key = p.other
	both := hosts{p.Issuer: p.transport(), q.Issuer: q.transport()}
	h.door.Through(both)
	for slug, provider := range map[string]*documented{"documented": p, "second": q} {
		id := h.connection(t, slug, "office", tenantdb.TenantID{}, provider.Issuer, "a secret", slug+".example")
		h.db.Exec(t, "update connections set client_id = $1 where connection_id = $2", provider.ClientID, id)
	}
	if _, _, err := p.signIn(t, h, nil, nil); err != nil {
		t.Fatal(err)
	}
	// The one asserts the other's issuer, audience and subject.
	_, _, err := p.signIn(t, h, map[string]any{"iss": q.Issuer, "aud": q.ClientID, "azp": q.ClientID, "sub": q.IDToken["sub"], "tid": q.IDToken["tid"]}, nil)
	refusedFor(t, err, signin.ReasonToken)
	// The one's answer at the other's door, and the other way round: before anything is redeemed.
	for _, mixed := range []struct{ begun, ended string }{{"documented", "second"}, {"second", "documented"}} {
		target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: mixed.begun})
		if err != nil {
			t.Fatal(err)
		}
		asked, _ := url.Parse(target)
		p.redeemed, q.redeemed = nil, nil
		_, err = h.door.Finish(t.Context(), signin.Answer{Connection: mixed.ended, State: asked.Query().Get("state"), Code: "code", Browser: browser})
		refusedFor(t, err, signin.ReasonOtherDoor)
		if p.redeemed != nil || q.redeemed != nil {
			t.Error("a code was sent to the wrong provider")
		}
	}
	// Two sign-ins under way at once: the answer of the one with the other's name, the token of the one with the other's nonce, and
	// then each as it should be, the second first.
	type under struct {
		provider *documented
		slug     string
		answer   signin.Answer
		nonce    string
	}
	begin := func(provider *documented, slug string) under {
		t.Helper()
		target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: slug})
		if err != nil {
			t.Fatal(err)
		}
		asked, _ := url.Parse(target)
		u := under{provider, slug, signin.Answer{Connection: slug, State: asked.Query().Get("state"), Code: "code", Browser: browser}, asked.Query().Get("nonce")}
		if provider.AnswersWithIssuer {
			u.answer.Issuer = provider.Issuer
		}
		return u
	}
	finish := func(u under, nonce string) (signin.Arrival, error) {
		claims := dated(u.provider.IDToken, u.provider.Times)
		claims["nonce"] = nonce
		u.provider.next, u.provider.redeemed = claims, nil
		return h.door.Finish(t.Context(), u.answer)
	}
	for _, mixed := range []string{"issuer", "state", "nonce", ""} {
		one, other := begin(p, "documented"), begin(q, "second")
		if mixed == "issuer" {
			one.answer.Issuer, other.answer.Issuer = q.Issuer, p.Issuer
		}
		if mixed == "state" {
			one.answer.State, other.answer.State = other.answer.State, one.answer.State
		}
		identities := map[signin.ConnectionID]bool{}
		for _, u := range []under{other, one} {
			nonce := u.nonce
			if mixed == "nonce" {
				nonce = map[string]string{"documented": other.nonce, "second": one.nonce}[u.slug]
			}
			arrival, err := finish(u, nonce)
			switch mixed {
			case "":
				if err != nil {
					t.Fatalf("%s: %v", u.slug, err)
				}
				if arrival.Session.Identity.Issuer != u.provider.Issuer {
					t.Errorf("%s: became somebody of %s", u.slug, arrival.Session.Identity.Issuer)
				}
				identities[arrival.Session.Identity.ConnectionID] = true
			case "nonce":
				refusedFor(t, err, signin.ReasonNonce)
			default:
				refusedFor(t, err, map[string]signin.Reason{"issuer": signin.ReasonOtherIssuer, "state": signin.ReasonOtherDoor}[mixed])
				if u.provider.redeemed != nil {
					t.Errorf("%s of the other: a code was redeemed", mixed)
				}
			}
		}
		if mixed == "" && len(identities) != 2 {
			t.Error("two sign-ins became one")
		}
	}
	// The one's word that somebody has signed out, at the other's address.
	claims := dated(p.LogoutToken.Claims, p.LogoutToken.Times)
	claims["jti"] = "mixed"
	_, err = h.hear(t, "second", p.sign(claims, "logout+jwt"))
	refusedFor(t, err, signin.ReasonLogoutToken)
}

// hosts leads to the provider whose address it is.
type hosts map[string]http.RoundTripper

func (h hosts) RoundTrip(request *http.Request) (*http.Response, error) {
	for issuer, transport := range h {
		if of, err := url.Parse(issuer); err == nil && of.Host == request.URL.Host {
			return transport.RoundTrip(request)
		}
	}
	return nil, &net.OpError{Op: "dial", Err: os.ErrNotExist}
}
