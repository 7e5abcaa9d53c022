package signin_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// hostile is an issuer that says whatever a test wants it to.
type hostile struct {
	*httptest.Server
	key      *ecdsa.PrivateKey
	kid      string
	metadata map[string]any
	redeemed atomic.Int32
	// fetched counts how often the keys were asked for, described how often what it says of itself.
	fetched, described atomic.Int32
	// token makes the ID token of the next code.
	token func() string
	// published are the keys, where they are others than the one it signs with; instead answers a path otherwise.
	published []jose.JSONWebKey
	instead   map[string]http.HandlerFunc
	// away has it answer nothing that anybody understands, also while it is being asked.
	away atomic.Bool
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &hostile{key: key, kid: "k1", instead: map[string]http.HandlerFunc{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.described.Add(1)
		answer(w, i.metadata)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.fetched.Add(1)
		if i.published != nil {
			answer(w, jose.JSONWebKeySet{Keys: i.published})
			return
		}
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: i.kid, Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		i.redeemed.Add(1)
		answer(w, map[string]any{"access_token": "the access token", "token_type": "Bearer", "expires_in": 300, "id_token": i.token()})
	})
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.away.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		if handler, ok := i.instead[r.URL.Path]; ok {
			handler(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	i.metadata = map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
	}
	return i
}

// registered is the issuer as the office connection of an organisation called evil.
func (i *hostile) registered(t *testing.T, h *house) signin.ConnectionID {
	return h.connection(t, "evil", "office", tenantdb.TenantID{}, i.URL, "secret", "evil.example")
}

// claims of a token to which nothing can be objected.
func (i *hostile) claims(nonce string) map[string]any {
	now, hash := time.Now().Unix(), sha256.Sum256([]byte("the access token"))
	return map[string]any{
		"iss": i.URL, "sub": "somebody", "aud": "passerelle", "exp": now + 300, "iat": now, "nonce": nonce, "auth_time": now,
		"at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]), "name": "Somebody", "email": "somebody@evil.example",
	}
}

func (i *hostile) sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: i.kid}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// answer begins a sign-in at the hostile issuer and gives the answer to it, with the nonce that was asked for.
func (i *hostile) answer(t *testing.T, h *house) (signin.Answer, string) {
	t.Helper()
	target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil"})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return signin.Answer{Connection: "evil", State: asked.Query().Get("state"), Code: "code", Browser: browser}, asked.Query().Get("nonce")
}

func refusedFor(t *testing.T, err error, want signin.Reason) {
	t.Helper()
	refusal, ok := signin.Refused(err)
	if !ok || refusal.Reason != want {
		t.Errorf("%v, want refused for %q", err, want)
	}
}

// TestT31 tries what is tried with ID tokens.
func TestT31(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	public, err := i.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	const ok = signin.Reason("")
	for name, attack := range map[string]struct {
		change func(map[string]any)
		sign   func(map[string]any) string
		want   signin.Reason
	}{
		"a good one":                         {want: ok},
		"without what is optional":           {change: func(c map[string]any) { delete(c, "at_hash"); delete(c, "auth_time") }, want: ok},
		"two audiences with us as the party": {change: func(c map[string]any) { c["aud"] = []string{"passerelle", "other"}; c["azp"] = "passerelle" }, want: ok},
		"algorithm none":                     {sign: unsigned, want: signin.ReasonToken},
		"HS256 with the client secret": {sign: func(c map[string]any) string {
			return i.sign(t, jose.HS256, []byte("secret secret secret secret secret"), c)
		}, want: signin.ReasonToken},
		"HS256 with the public key":        {sign: func(c map[string]any) string { return i.sign(t, jose.HS256, public, c) }, want: signin.ReasonToken},
		"another key under the same name":  {sign: func(c map[string]any) string { return i.sign(t, jose.ES256, other, c) }, want: signin.ReasonToken},
		"no token at all":                  {sign: func(map[string]any) string { return "" }, want: signin.ReasonToken},
		"another issuer":                   {change: func(c map[string]any) { c["iss"] = h.provider.Issuer("vaud") }, want: signin.ReasonToken},
		"another audience":                 {change: func(c map[string]any) { c["aud"] = "other" }, want: signin.ReasonToken},
		"two audiences and no party":       {change: func(c map[string]any) { c["aud"] = []string{"passerelle", "other"} }, want: signin.ReasonParty},
		"two audiences and another party":  {change: func(c map[string]any) { c["aud"] = []string{"passerelle", "other"}; c["azp"] = "other" }, want: signin.ReasonParty},
		"one audience and another party":   {change: func(c map[string]any) { c["azp"] = "other" }, want: signin.ReasonParty},
		"expired":                          {change: func(c map[string]any) { c["exp"] = now - 1 }, want: signin.ReasonToken},
		"not valid yet":                    {change: func(c map[string]any) { c["nbf"] = now + 3600 }, want: signin.ReasonToken},
		"issued long ago":                  {change: func(c map[string]any) { c["iat"] = now - 660 }, want: signin.ReasonIssuedAt},
		"issued in the future":             {change: func(c map[string]any) { c["iat"] = now + 600 }, want: signin.ReasonIssuedAt},
		"not saying when it was issued":    {change: func(c map[string]any) { delete(c, "iat") }, want: signin.ReasonIssuedAt},
		"of a sign-in that is a day old":   {change: func(c map[string]any) { c["auth_time"] = now - 86400 }, want: signin.ReasonSignedInLong},
		"another sign-in's nonce":          {change: func(c map[string]any) { c["nonce"] = "replayed" }, want: signin.ReasonNonce},
		"no nonce":                         {change: func(c map[string]any) { delete(c, "nonce") }, want: signin.ReasonNonce},
		"the hash of another access token": {change: func(c map[string]any) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }, want: signin.ReasonAccessToken},
		"nobody":                           {change: func(c map[string]any) { c["sub"] = "" }, want: signin.ReasonNobody},
		"a subject as long as a page":      {change: func(c map[string]any) { c["sub"] = string(make([]byte, 300)) }, want: signin.ReasonNobody},
		"another key's name":               {sign: func(c map[string]any) string { return i.signAs(t, "../../../etc/passwd", c) }, want: signin.ReasonToken},
		"two signatures":                   {sign: func(c map[string]any) string { return i.twice(t, other, c) }, want: signin.ReasonToken},
		"claims that are no claims":        {change: func(c map[string]any) { c["azp"] = 7 }, want: signin.ReasonToken},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.count(t, "select count(*) from sessions")
			answer, nonce := i.answer(t, h)
			claims := i.claims(nonce)
			if attack.change != nil {
				attack.change(claims)
			}
			sign := attack.sign
			if sign == nil {
				sign = func(c map[string]any) string { return i.sign(t, jose.ES256, i.key, c) }
			}
			i.token = func() string { return sign(claims) }
			_, err := h.door.Finish(t.Context(), answer)
			if attack.want == ok {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			refusedFor(t, err, attack.want)
			if after := h.count(t, "select count(*) from sessions"); after != before {
				t.Error("a session was made")
			}
		})
	}
}

// signAs signs under the name of a key that there is not.
func (i *hostile) signAs(t *testing.T, kid string, claims map[string]any) string {
	t.Helper()
	own := i.kid
	i.kid = kid
	defer func() { i.kid = own }()
	return i.sign(t, jose.ES256, i.key, claims)
}

// twice signs with the right key and with another.
func (i *hostile) twice(t *testing.T, other *ecdsa.PrivateKey, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewMultiSigner([]jose.SigningKey{
		{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: i.kid}}, {Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: other, KeyID: "other"}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	return signed.FullSerialize()
}

// unsigned is a token of algorithm none.
func unsigned(claims map[string]any) string {
	payload, _ := json.Marshal(claims)
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
}

// TestT29 tries to carry answers from one door to another.
func TestT29(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	i.token = func() string { t.Error("a token was asked for"); return "" }
	untouched := func(t *testing.T) {
		t.Helper()
		if n := i.redeemed.Load(); n != 0 {
			t.Errorf("%d codes were sent to the wrong provider", n)
		}
	}
	t.Run("Vaud's answer at another connection's address", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.Connection, answer.Issuer = "evil", ""
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonOtherDoor)
		untouched(t)
	})
	t.Run("Vaud's code brought to a sign-in at another provider", func(t *testing.T) {
		stolen := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer, _ := i.answer(t, h)
		answer.Code, answer.Issuer = stolen.Code, stolen.Issuer
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonOtherIssuer)
		untouched(t)
	})
	t.Run("a provider that names itself in its answers, and does not", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.Issuer = ""
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonOtherIssuer)
	})
	t.Run("an answer twice", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		if _, err := h.door.Finish(t.Context(), answer); err != nil {
			t.Fatal(err)
		}
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonNoAttempt)
	})
	t.Run("an answer to nothing", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.State = "invented"
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonNoAttempt)
	})
	t.Run("an answer in another browser", func(t *testing.T) {
		for _, browser := range []string{"", "another"} {
			answer := h.answer(t, "vaud", "lea@vaud.example", "/")
			answer.Browser = browser
			_, err := h.door.Finish(t.Context(), answer)
			refusedFor(t, err, signin.ReasonOtherBrowser)
		}
	})
	t.Run("a code from another sign-in of the same provider", func(t *testing.T) {
		stolen := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer := h.answer(t, "vaud", "unknown@vaud.example", "/")
		answer.Code = stolen.Code
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonCode)
	})
	t.Run("a refusal of the provider", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.Code, answer.Denied = "", true
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonDenied)
	})
	t.Run("an answer after ten minutes", func(t *testing.T) {
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		h.clock.pass(11 * time.Minute)
		_, err := h.door.Finish(t.Context(), answer)
		refusedFor(t, err, signin.ReasonNoAttempt)
	})
}

// TestMetadata: a provider that describes itself so as to reach another's is refused before anything is sent.
func TestMetadata(t *testing.T) {
	for name, attack := range map[string]struct {
		change func(*hostile, *house)
		want   signin.Reason
	}{
		"another's token endpoint": {func(i *hostile, h *house) { i.metadata["token_endpoint"] = h.provider.Issuer("vaud") + "/oauth/token" }, signin.ReasonForeignAddress},
		"another's keys":           {func(i *hostile, h *house) { i.metadata["jwks_uri"] = h.provider.Issuer("vaud") + "/keys" }, signin.ReasonForeignAddress},
		"another's authorization endpoint": {func(i *hostile, h *house) {
			i.metadata["authorization_endpoint"] = h.provider.Issuer("vaud") + "/authorize"
		}, signin.ReasonForeignAddress},
		"another's name":      {func(i *hostile, h *house) { i.metadata["issuer"] = h.provider.Issuer("vaud") }, signin.ReasonProvider},
		"plain http":          {func(i *hostile, _ *house) { i.metadata["token_endpoint"] = "http://provider.example/token" }, signin.ReasonProvider},
		"a script for a page": {func(i *hostile, _ *house) { i.metadata["authorization_endpoint"] = "javascript:alert(1)" }, signin.ReasonProvider},
		"a page without end":  {func(i *hostile, _ *house) { i.metadata["padding"] = string(make([]byte, 600<<10)) }, signin.ReasonProvider},
	} {
		t.Run(name, func(t *testing.T) {
			h, i := newHouse(t), newHostile(t)
			i.registered(t, h)
			attack.change(i, h)
			_, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil"})
			refusedFor(t, err, attack.want)
		})
	}
}

// TestT30: another connection's issuer asserts Léa's e-mail, subject and groups (and T32).
func TestT30(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	evil := i.registered(t, h)
	lea := h.signIn(t, "vaud", "lea@vaud.example").Session.Identity
	arrive := func(t *testing.T, change func(map[string]any)) signin.Arrival {
		t.Helper()
		answer, nonce := i.answer(t, h)
		claims := i.claims(nonce)
		change(claims)
		i.token = func() string { return i.sign(t, jose.ES256, i.key, claims) }
		arrival, err := h.door.Finish(t.Context(), answer)
		if err != nil {
			t.Fatal(err)
		}
		return arrival
	}
	for name, change := range map[string]func(map[string]any){
		"her e-mail": func(c map[string]any) { c["email"], c["email_verified"], c["name"] = "lea@vaud.example", true, "Léa" },
		"her e-mail, of which it says itself that nobody has verified it": func(c map[string]any) { c["email"], c["email_verified"] = "lea@vaud.example", false },
		"her e-mail, her subject and her provider's name for us":          func(c map[string]any) { c["email"], c["sub"], c["azp"] = "lea@vaud.example", lea.Subject, "passerelle" },
		"her subject, with a space after it":                              func(c map[string]any) { c["sub"] = lea.Subject + " " },
		"her subject":                                                     func(c map[string]any) { c["sub"] = lea.Subject },
		"an admin group": func(c map[string]any) {
			c["groups"], c["roles"], c["tenant_id"] = []string{"admin"}, []string{"coordinator"}, h.vaud.String()
		},
		"another's place": func(c map[string]any) {
			c["sub"] = h.identities.Subject("offices", "noe@csr.example")
		},
	} {
		t.Run(name, func(t *testing.T) {
			arrival := arrive(t, change)
			if arrival.Session.Identity.ID == lea.ID || arrival.Session.Identity.ConnectionID != evil {
				t.Error("became Léa")
			}
			memberships, err := h.door.Memberships(t.Context(), arrival.Session)
			if err != nil || len(memberships) != 0 || !arrival.Session.Membership.None() || !arrival.Session.Membership.Scope().Empty() {
				t.Errorf("has a place: %+v, %v", memberships, err)
			}
		})
	}
	t.Run("unknown, in a group of administrators (T32)", func(t *testing.T) {
		before := h.count(t, "select count(*) from members where identity_id is not null") + h.count(t, "select count(*) from office_members where identity_id is not null")
		arrival := arrive(t, func(c map[string]any) {
			c["sub"], c["groups"], c["realm_access"] = "new", []string{"admin", "/admins"}, map[string]any{"roles": []string{"admin"}}
		})
		found, err := h.newDoor(t).Find(t.Context(), arrival.Token, true)
		if err != nil || !found.Membership.None() || found.Membership.Role != "" || found.Workplaces != 0 || !found.Membership.Scope().Empty() {
			t.Errorf("%+v, %v", found, err)
		}
		after := h.count(t, "select count(*) from members where identity_id is not null") + h.count(t, "select count(*) from office_members where identity_id is not null")
		if after != before {
			t.Error("a membership was bound")
		}
	})
	t.Run("a changed e-mail does not make somebody new", func(t *testing.T) {
		first := arrive(t, func(c map[string]any) { c["sub"] = "same" })
		second := arrive(t, func(c map[string]any) { c["sub"], c["email"] = "same", "lea@vaud.example" })
		if first.Session.Identity.ID != second.Session.Identity.ID {
			t.Error("two identities")
		}
	})
	t.Run("Léa is who she was", func(t *testing.T) {
		again := h.signIn(t, "vaud", "lea@vaud.example")
		if again.Session.Identity.ID != lea.ID || again.Session.Membership.Person != h.lea {
			t.Errorf("%+v", again.Session)
		}
	})
	t.Run("and a place given through another connection of the same provider is not theirs", func(t *testing.T) {
		second := h.connection(t, "second", "office", tenantdb.TenantID{}, i.URL, "secret", "second.example")
		h.officeMember(t, h.vaud, h.csr, "Somebody", second, "somebody")
		if arrival := arrive(t, func(map[string]any) {}); !arrival.Session.Membership.None() {
			t.Errorf("has a place: %+v", arrival.Session.Membership)
		}
	})
	t.Run("and a connection whose issuer was exchanged does not inherit its people", func(t *testing.T) {
		claire := h.signIn(t, "geneve", "claire@geneve.example").Session
		h.db.Exec(t, "update connections set issuer = $1 where slug = 'geneve'", i.URL)
		target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "geneve"})
		if err != nil {
			t.Fatal(err)
		}
		asked, _ := url.Parse(target)
		claims := i.claims(asked.Query().Get("nonce"))
		claims["sub"] = claire.Identity.Subject
		i.token = func() string { return i.sign(t, jose.ES256, i.key, claims) }
		arrival, err := h.door.Finish(t.Context(), signin.Answer{Connection: "geneve", State: asked.Query().Get("state"), Code: "code", Browser: browser})
		if err != nil {
			t.Fatal(err)
		}
		if arrival.Session.Identity.ID == claire.Identity.ID || !arrival.Session.Membership.None() {
			t.Error("the new issuer's person became Claire")
		}
		h.member(t, h.geneve, "Invited at the new provider", "auditor", claire.Identity.ConnectionID, "invited")
		old := claire
		old.Identity.Subject = "invited"
		if memberships, err := h.door.Memberships(t.Context(), old); err != nil || len(memberships) != 1 || memberships[0].Person != h.claire {
			t.Errorf("the old issuer's person took the new one's place: %+v, %v", memberships, err)
		}
	})
}
