package signin_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/fault"
	"passerelle/internal/live"
	"passerelle/internal/signin"
)

// arrive signs somebody in at the hostile issuer, which for once behaves, in a session that it calls sid.
func (i *hostile) arrive(t *testing.T, h *house, sub, sid string) signin.Arrival {
	t.Helper()
	answer, nonce := i.answer(t, h)
	claims := i.claims(nonce)
	claims["sub"] = sub
	if sid != "" {
		claims["sid"] = sid
	}
	i.token = func() string { return i.sign(t, jose.ES256, i.key, claims) }
	arrival, err := h.door.Finish(t.Context(), answer)
	if err != nil {
		t.Fatal(err)
	}
	return arrival
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

var jtis int

// word are the claims of a logout token to which nothing can be objected, but that it names nobody yet.
func (i *hostile) word() map[string]any {
	jtis++
	now := time.Now().Unix()
	return map[string]any{
		"iss": i.URL, "aud": "passerelle", "iat": now, "exp": now + 120, "jti": fmt.Sprintf("jti-%d", jtis),
		"events": map[string]any{logoutEvent: map[string]any{}},
	}
}

// logoutToken signs claims under a type, or under none.
func (i *hostile) logoutToken(t *testing.T, typ string, claims map[string]any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if typ != "" {
		options = options.WithType(jose.ContentType(typ))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: i.kid}}, options)
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

func (h *house) hear(t *testing.T, connection, token string) (int, error) {
	t.Helper()
	return h.door.SignedOutByProvider(t.Context(), signin.Notice{Connection: connection, Token: token, From: "192.0.2.1"})
}

func (h *house) in(t *testing.T, arrival signin.Arrival) bool {
	t.Helper()
	_, err := h.door.Find(t.Context(), arrival.Token, true)
	if err != nil && !errors.Is(err, signin.ErrNoSession) {
		t.Fatal(err)
	}
	return err == nil
}

// TestT34 tries what is tried with logout tokens: none that is doubtful ends a session, and a good one ends exactly those that
// it speaks of.
func TestT34(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	t.Run("a doubtful one", func(t *testing.T) {
		somebody := i.arrive(t, h, "somebody", "s1")
		now := time.Now().Unix()
		_, idToken := i.answer(t, h)
		for name, attack := range map[string]struct {
			typ    string
			change func(map[string]any)
			token  string
			want   signin.Reason
		}{
			"no token":                     {token: " ", want: signin.ReasonLogoutType},
			"nonsense":                     {token: "a.b.c", want: signin.ReasonLogoutType},
			"a header that is no JSON":     {token: "bm9uc2Vuc2U.b.c", want: signin.ReasonLogoutType},
			"a token as long as a book":    {token: strings.Repeat("a", 20<<10), want: signin.ReasonLogoutType},
			"an access token":              {typ: "at+jwt", want: signin.ReasonLogoutType},
			"a token of another type":      {typ: "secevent+jwt", want: signin.ReasonLogoutType},
			"an ID token":                  {token: i.sign(t, jose.ES256, i.key, i.claims(idToken)), want: signin.ReasonLogoutToken},
			"a nonce":                      {change: func(c map[string]any) { c["nonce"] = "n" }, want: signin.ReasonLogoutToken},
			"a nonce that is null":         {change: func(c map[string]any) { c["nonce"] = nil }, want: signin.ReasonLogoutToken},
			"no event":                     {change: func(c map[string]any) { delete(c, "events") }, want: signin.ReasonLogoutToken},
			"another event":                {change: func(c map[string]any) { c["events"] = map[string]any{"http://other": map[string]any{}} }, want: signin.ReasonLogoutToken},
			"no jti":                       {change: func(c map[string]any) { delete(c, "jti") }, want: signin.ReasonLogoutToken},
			"no exp":                       {change: func(c map[string]any) { delete(c, "exp") }, want: signin.ReasonLogoutToken},
			"expired":                      {change: func(c map[string]any) { c["exp"] = now - 1 }, want: signin.ReasonLogoutToken},
			"no iat":                       {change: func(c map[string]any) { delete(c, "iat") }, want: signin.ReasonIssuedAt},
			"issued three minutes ago":     {change: func(c map[string]any) { c["iat"] = now - 180 }, want: signin.ReasonIssuedAt},
			"issued in three minutes":      {change: func(c map[string]any) { c["iat"] = now + 200 }, want: signin.ReasonIssuedAt},
			"nobody":                       {change: func(c map[string]any) { delete(c, "sub"); delete(c, "sid") }, want: signin.ReasonLogoutToken},
			"another issuer":               {change: func(c map[string]any) { c["iss"] = h.provider.Issuer("vaud") }, want: signin.ReasonLogoutToken},
			"another audience":             {change: func(c map[string]any) { c["aud"] = "other" }, want: signin.ReasonLogoutToken},
			"algorithm none":               {token: unsigned(i.word()), want: signin.ReasonLogoutToken},
			"HS256 with the client secret": {token: i.sign(t, jose.HS256, []byte("secret secret secret secret secret"), i.word()), want: signin.ReasonLogoutToken},
		} {
			t.Run(name, func(t *testing.T) {
				token := attack.token
				if token == "" {
					claims := i.word()
					claims["sub"], claims["sid"] = "somebody", "s1"
					if attack.change != nil {
						attack.change(claims)
					}
					token = i.logoutToken(t, attack.typ, claims)
				}
				_, err := h.hear(t, "evil", token)
				refusedFor(t, err, attack.want)
				if !h.in(t, somebody) {
					t.Fatal("it ended a session")
				}
			})
		}
	})
	t.Run("at another connection's address", func(t *testing.T) {
		lea := h.signIn(t, "vaud", "lea@vaud.example")
		claims := i.word()
		claims["sub"] = lea.Session.Identity.Subject
		_, err := h.hear(t, "vaud", i.logoutToken(t, "logout+jwt", claims))
		refusedFor(t, err, signin.ReasonLogoutToken)
		// And a good one of its own connection reaches nobody else's people, be they called the same.
		claims = i.word()
		claims["sub"] = lea.Session.Identity.Subject
		if n, err := h.hear(t, "evil", i.logoutToken(t, "logout+jwt", claims)); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if !h.in(t, lea) {
			t.Error("another connection's provider signed Léa out")
		}
		if _, err := h.hear(t, "nowhere", i.logoutToken(t, "logout+jwt", i.word())); !errors.Is(err, fault.NotFound()) {
			t.Errorf("an unknown connection: %v", err)
		}
	})
	t.Run("ends exactly one session by its sid, in all processes", func(t *testing.T) {
		one, two, other := i.arrive(t, h, "ana", "a1"), i.arrive(t, h, "ana", "a2"), i.arrive(t, h, "ben", "b1")
		process := h.newDoor(t)
		hub := live.NewHub()
		forgotten := make(chan string, 8)
		hub.OnSessionEnd(func(hash string) { process.Forget(hash); forgotten <- hash })
		go hub.Listen(t.Context(), h.db.AppConnString)
		<-forgotten
		for _, arrival := range []signin.Arrival{one, two, other} {
			if _, err := process.Find(t.Context(), arrival.Token, true); err != nil {
				t.Fatal(err)
			}
		}
		claims := i.word()
		claims["sid"] = "a1"
		began := time.Now()
		if n, err := h.hear(t, "evil", i.logoutToken(t, "logout+jwt", claims)); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		<-forgotten
		if _, err := process.Find(t.Context(), one.Token, true); !errors.Is(err, signin.ErrNoSession) || time.Since(began) > time.Second {
			t.Errorf("in another process after %s: %v", time.Since(began), err)
		}
		if h.in(t, one) || !h.in(t, two) || !h.in(t, other) {
			t.Error("not exactly that session ended")
		}
	})
	t.Run("ends all sessions of a subject when it names none", func(t *testing.T) {
		one, two, other := i.arrive(t, h, "carla", "c1"), i.arrive(t, h, "carla", ""), i.arrive(t, h, "dario", "d1")
		claims := i.word()
		claims["sub"] = "carla"
		if n, err := h.hear(t, "evil", i.logoutToken(t, "", claims)); n != 2 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if h.in(t, one) || h.in(t, two) || !h.in(t, other) {
			t.Error("not exactly the subject's sessions ended")
		}
	})
	t.Run("with both, ends the one that is named and those of the subject that never were", func(t *testing.T) {
		named, unnamed, second := i.arrive(t, h, "emil", "e1"), i.arrive(t, h, "emil", ""), i.arrive(t, h, "emil", "e2")
		stranger := i.arrive(t, h, "fritz", "e1")
		claims := i.word()
		claims["sub"], claims["sid"] = "emil", "e1"
		// Keycloak before version 25 says JWT.
		if n, err := h.hear(t, "evil", i.logoutToken(t, "JWT", claims)); n != 2 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if h.in(t, named) || h.in(t, unnamed) || !h.in(t, second) || !h.in(t, stranger) {
			t.Error("not exactly those sessions ended")
		}
	})
	t.Run("is heard once, by all processes together", func(t *testing.T) {
		claims := i.word()
		claims["sub"] = "gina"
		token := i.logoutToken(t, "logout+jwt", claims)
		before := i.arrive(t, h, "gina", "g1")
		if n, err := h.hear(t, "evil", token); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		after := i.arrive(t, h, "gina", "g2")
		for _, door := range []*signin.Service{h.door, h.newDoor(t)} {
			_, err := door.SignedOutByProvider(t.Context(), signin.Notice{Connection: "evil", Token: token, From: "192.0.2.1"})
			refusedFor(t, err, signin.ReasonReplayed)
		}
		if h.in(t, before) || !h.in(t, after) {
			t.Error("a word that was said again ended a session")
		}
		h.clock.pass(time.Minute)
		claims = i.word()
		claims["sub"] = "nobody"
		if _, err := h.hear(t, "evil", i.logoutToken(t, "logout+jwt", claims)); err != nil {
			t.Fatal(err)
		}
		if h.count(t, "select count(*) from logout_tokens") < 2 {
			t.Error("what could still be said again is forgotten")
		}
	})
	t.Run("a session keeps what the provider calls it when its person changes the workplace", func(t *testing.T) {
		for _, tenant := range []string{"one", "two"} {
			h.officeMember(t, h.vaud, h.office(t, h.vaud, tenant, "legal_aid"), "Hedi", i.connection(t, h), "hedi")
		}
		arrival := i.arrive(t, h, "hedi", "h1")
		memberships, err := h.door.Memberships(t.Context(), arrival.Session)
		if err != nil || len(memberships) != 2 {
			t.Fatal(memberships, err)
		}
		chosen, err := h.door.Choose(t.Context(), arrival.Session, memberships[1].Person)
		if err != nil {
			t.Fatal(err)
		}
		claims := i.word()
		claims["sid"] = "h1"
		if n, err := h.hear(t, "evil", i.logoutToken(t, "logout+jwt", claims)); n != 1 || err != nil || h.in(t, chosen) {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("what the provider calls a session is not stored", func(t *testing.T) {
		i.arrive(t, h, "ida", "the-name-of-a-session")
		if n := h.count(t, "select count(*) from sessions s where s::text like '%the-name-of%' or s::text like '%' || encode('the-name-of', 'hex') || '%'"); n != 0 {
			t.Error("it stands in the table")
		}
	})
	t.Run("too many from one address", func(t *testing.T) {
		h := newHouse(t)
		quiet, refused := h.signIn(t, "vaud", "lea@vaud.example"), 0
		for range 1000 {
			if _, err := h.hear(t, "vaud", "nonsense"); errors.Is(err, signin.ErrTooOften) {
				refused++
			}
		}
		if refused < 700 {
			t.Errorf("%d of 1000 were turned away", refused)
		}
		_, err := h.door.SignedOutByProvider(t.Context(), signin.Notice{Connection: "vaud", Token: "nonsense", From: "192.0.2.2"})
		refusedFor(t, err, signin.ReasonLogoutType)
		if !h.in(t, quiet) {
			t.Error("a session ended")
		}
	})
}

// connection is the id under which the issuer is registered.
func (i *hostile) connection(t *testing.T, h *house) (id signin.ConnectionID) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), "select connection_id from connections where issuer = $1", i.URL).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestFrontChannel(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	frame := func(connection, issuer, sid string) (int, error) {
		return h.door.SignedOutInFrame(t.Context(), signin.Frame{Connection: connection, Issuer: issuer, SID: sid, From: "192.0.2.1"})
	}
	one, other := i.arrive(t, h, "ana", "a1"), i.arrive(t, h, "ana", "a2")
	_, err := frame("evil", h.provider.Issuer("vaud"), "a1")
	refusedFor(t, err, signin.ReasonOtherIssuer)
	_, err = frame("evil", i.URL, "")
	refusedFor(t, err, signin.ReasonNoSID)
	if n, err := frame("vaud", h.provider.Issuer("vaud"), "a1"); n != 0 || err != nil {
		t.Errorf("another connection's session: %d, %v", n, err)
	}
	if n, err := frame("evil", i.URL, "guessed"); n != 0 || err != nil {
		t.Errorf("a guess: %d, %v", n, err)
	}
	if !h.in(t, one) || !h.in(t, other) {
		t.Fatal("a session ended")
	}
	if n, err := frame("evil", i.URL, "a1"); n != 1 || err != nil || h.in(t, one) || !h.in(t, other) {
		t.Errorf("%d, %v", n, err)
	}
	if origin, err := h.door.FramedBy(t.Context(), "evil"); err != nil || origin != i.URL {
		t.Errorf("%s, %v", origin, err)
	}
	for _, issuer := range []string{"https://x.example; script-src *", "http://provider.example", "https://*.example", "nonsense"} {
		h.db.Exec(t, "update connections set issuer = $1 where slug = 'evil'", issuer)
		if origin, err := h.door.FramedBy(t.Context(), "evil"); err == nil {
			t.Errorf("%q became the policy %q", issuer, origin)
		}
	}
}

func TestSignOutAt(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	at := func() string {
		t.Helper()
		organisation, target, err := h.newDoor(t).SignOutAt(t.Context(), "evil")
		if err != nil || organisation == "" != (target == "") {
			t.Fatalf("%q %q %v", organisation, target, err)
		}
		return target
	}
	if target := at(); target != "" {
		t.Errorf("leads to %q, which the provider does not offer", target)
	}
	for _, address := range []string{"javascript:alert(1)", "http://provider.example/logout", "://", "/logout"} {
		i.metadata["end_session_endpoint"] = address
		if target := at(); target != "" {
			t.Errorf("leads to %q", target)
		}
	}
	i.metadata["end_session_endpoint"] = i.URL + "/logout?realm=a"
	target, err := url.Parse(at())
	if err != nil {
		t.Fatal(err)
	}
	query := target.Query()
	if target.Path != "/logout" || query.Get("realm") != "a" || query.Get("client_id") != "passerelle" || query.Get("post_logout_redirect_uri") != origin+"/signin" || len(query) != 3 {
		t.Errorf("leads to %s", target)
	}
}
