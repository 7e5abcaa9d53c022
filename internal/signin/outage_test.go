package signin_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/signin"
)

// try signs somebody in at the hostile issuer, with claims that are changed before they are signed.
func (i *hostile) try(t *testing.T, h *house, change func(map[string]any)) error {
	t.Helper()
	answer, nonce := i.answer(t, h)
	claims := i.claims(nonce)
	if change != nil {
		change(claims)
	}
	i.token = func() string { return i.sign(t, jose.ES256, i.key, claims) }
	_, err := h.door.Finish(t.Context(), answer)
	return err
}

// TestT33 is what a provider, or whoever pretends to be one, can have us do: little, and not often.
func TestT33(t *testing.T) {
	t.Run("a thousand keys that there are not, in logout tokens of strangers", func(t *testing.T) {
		h, i := newHouse(t), newHostile(t)
		i.registered(t, h)
		if err := i.try(t, h, nil); err != nil {
			t.Fatal(err)
		}
		before := i.fetched.Load()
		claims := i.word()
		claims["sub"] = "somebody"
		for n := range 1000 {
			token := i.signAs(t, fmt.Sprintf("unknown-%d", n), claims)
			_, err := h.door.SignedOutByProvider(t.Context(), signin.Notice{Connection: "evil", Token: token, From: fmt.Sprintf("192.0.2.%d", n%50)})
			refusedFor(t, err, signin.ReasonLogoutToken)
		}
		if n := i.fetched.Load() - before; n > 4 {
			t.Errorf("the keys were asked for %d times within the minute", n)
		}
		// They keep nobody from signing in meanwhile, not even after the provider has changed its key.
		i.rotate(t)
		if err := i.try(t, h, nil); err != nil {
			t.Errorf("nobody can sign in: %v", err)
		}
		// And a minute later the provider is heard again.
		h.clock.pass(time.Minute)
		claims = i.word()
		claims["iat"], claims["exp"] = time.Now().Add(time.Minute).Unix(), time.Now().Add(2*time.Minute).Unix()
		claims["sub"] = "somebody"
		if n, err := h.hear(t, "evil", i.logoutToken(t, "logout+jwt", claims)); n == 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("keys that there are not, in ID tokens", func(t *testing.T) {
		h, i := newHouse(t), newHostile(t)
		i.registered(t, h)
		for n := range 40 {
			answer, nonce := i.answer(t, h)
			i.token = func() string { return i.signAs(t, fmt.Sprintf("unknown-%d", n), i.claims(nonce)) }
			_, err := h.door.Finish(t.Context(), answer)
			refusedFor(t, err, signin.ReasonToken)
		}
		if n := i.fetched.Load(); n > 12 {
			t.Errorf("the keys were asked for %d times within the minute", n)
		}
	})
	t.Run("a provider that is down is asked now and then, and is there again by itself", func(t *testing.T) {
		h, i := newHouse(t), newHostile(t)
		i.registered(t, h)
		var asked atomic.Int32
		i.instead["/.well-known/openid-configuration"] = func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		for range 100 {
			_, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil"})
			refusedFor(t, err, signin.ReasonProvider)
		}
		if n := asked.Load(); n > 12 {
			t.Errorf("it was asked %d times within the minute", n)
		}
		delete(i.instead, "/.well-known/openid-configuration")
		h.clock.pass(time.Minute)
		if err := i.try(t, h, nil); err != nil {
			t.Error(err)
		}
		// What it said of itself is known for an hour, and it may be down meanwhile.
		i.instead["/.well-known/openid-configuration"] = http.NotFound
		if err := i.try(t, h, nil); err != nil {
			t.Error(err)
		}
		if err := h.signIn(t, "vaud", "lea@vaud.example").Session.Membership.None(); err {
			t.Error("another organisation's people cannot sign in")
		}
	})
	t.Run("a crowd asks once", func(t *testing.T) {
		h, i := newHouse(t), newHostile(t)
		i.registered(t, h)
		var crowd sync.WaitGroup
		for range 20 {
			crowd.Go(func() {
				if _, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil"}); err != nil {
					t.Error(err)
				}
			})
		}
		crowd.Wait()
		if n := i.described.Load(); n > 2 {
			t.Errorf("it was asked %d times", n)
		}
	})
	t.Run("a provider that never answers keeps nobody longer than they wait", func(t *testing.T) {
		for _, path := range []string{"/.well-known/openid-configuration", "/token", "/keys"} {
			h, i := newHouse(t), newHostile(t)
			i.registered(t, h)
			answer, nonce := i.answer(t, h)
			i.token = func() string { return i.sign(t, jose.ES256, i.key, i.claims(nonce)) }
			door := h.door
			if path == "/.well-known/openid-configuration" {
				door = h.newDoor(t) // which knows nothing of the provider yet
			}
			i.instead[path] = func(w http.ResponseWriter, r *http.Request) {
				// A byte at a time, for ever.
				for {
					select {
					case <-r.Context().Done():
						return
					case <-time.After(20 * time.Millisecond):
						_, _ = w.Write([]byte(" "))
						_ = http.NewResponseController(w).Flush()
					}
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			began := time.Now()
			_, err := door.Finish(ctx, answer)
			cancel()
			if err == nil || time.Since(began) > 3*time.Second {
				t.Errorf("%s: %v after %s", path, err, time.Since(began))
			}
			i.CloseClientConnections()
		}
	})
	t.Run("a provider that redirects, or that does not end", func(t *testing.T) {
		var elsewhere atomic.Int32
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
		defer other.Close()
		for path, want := range map[string]signin.Reason{"/.well-known/openid-configuration": signin.ReasonProvider, "/token": signin.ReasonCode, "/keys": signin.ReasonToken} {
			for name, handler := range map[string]http.HandlerFunc{
				"redirects": func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
				},
				"does not end": func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(`{"padding":"`))
					for range 1 << 11 {
						if _, err := w.Write([]byte(strings.Repeat("x", 1<<10))); err != nil {
							return
						}
					}
					_, _ = w.Write([]byte(`"}`))
				},
			} {
				t.Run(path+" "+name, func(t *testing.T) {
					h, i := newHouse(t), newHostile(t)
					i.registered(t, h)
					if path == "/.well-known/openid-configuration" {
						i.instead[path] = handler
						_, _, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil"})
						refusedFor(t, err, want)
						return
					}
					answer, nonce := i.answer(t, h)
					i.token = func() string { return i.sign(t, jose.ES256, i.key, i.claims(nonce)) }
					i.instead[path] = handler
					_, err := h.door.Finish(t.Context(), answer)
					refusedFor(t, err, want)
				})
			}
		}
		if elsewhere.Load() != 0 {
			t.Error("a redirect was followed")
		}
	})
}

// rotate has the issuer sign with a new key, and publish no other.
func (i *hostile) rotate(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.key, i.kid = key, i.kid+"x"
	i.published = []jose.JSONWebKey{{Key: key.Public(), KeyID: i.kid, Algorithm: "ES256", Use: "sig"}}
}

func TestKeysChange(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	if err := i.try(t, h, nil); err != nil {
		t.Fatal(err)
	}
	old, oldName := i.key, i.kid
	i.rotate(t)
	if err := i.try(t, h, nil); err != nil {
		t.Errorf("with a new key: %v", err)
	}
	current, currentName := i.key, i.kid
	i.key, i.kid = old, oldName
	refusedFor(t, i.try(t, h, nil), signin.ReasonToken)

	// Withdrawn without a new one having been met: known for as long as what the provider says of itself.
	i.key, i.kid = current, currentName
	next, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.published = []jose.JSONWebKey{{Key: next.Public(), KeyID: "next", Algorithm: "ES256", Use: "sig"}}
	h.clock.pass(61 * time.Minute)
	ahead := func(c map[string]any) {
		now := time.Now().Add(61 * time.Minute).Unix()
		c["iat"], c["exp"], c["auth_time"] = now, now+300, now
	}
	refusedFor(t, i.try(t, h, ahead), signin.ReasonToken)
	i.key, i.kid = next, "next"
	if err := i.try(t, h, ahead); err != nil {
		t.Error(err)
	}
	// Two keys at once, as while they change; and one that is for something else, under no name.
	i.published = append([]jose.JSONWebKey{{Key: current.Public(), KeyID: currentName, Use: "sig"}}, i.published...)
	if err := i.try(t, h, ahead); err != nil {
		t.Error(err)
	}
}

func TestClocksDiffer(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	for name, test := range map[string]struct {
		ours   time.Duration // how far our clock is ahead of the provider's
		change func(map[string]any)
		want   signin.Reason
	}{
		"ours is ahead":                {ours: 4 * time.Minute},
		"ours is ahead by too much":    {ours: 20 * time.Minute, want: signin.ReasonToken},
		"the provider's is ahead":      {change: shift(4 * time.Minute)},
		"by too much":                  {change: shift(6 * time.Minute), want: signin.ReasonToken},
		"dated back, as Entra ID does": {change: func(c map[string]any) { c["iat"], c["nbf"] = c["iat"].(int64)-300, c["iat"].(int64)-300 }},
		"and its clock is behind":      {change: func(c map[string]any) { c["iat"] = c["iat"].(int64) - 590 }},
		"too old, and still valid":     {change: func(c map[string]any) { c["iat"], c["exp"] = c["iat"].(int64)-660, c["exp"].(int64)+9000 }, want: signin.ReasonIssuedAt},
		"not valid for another 4 min":  {change: func(c map[string]any) { c["nbf"] = c["iat"].(int64) + 240 }},
		"not valid for another 6 min":  {change: func(c map[string]any) { c["nbf"] = c["iat"].(int64) + 360 }, want: signin.ReasonToken},
		"signed in within eight hours": {change: func(c map[string]any) { c["auth_time"] = c["iat"].(int64) - 8*3600 }},
		"signed in before eight hours": {change: func(c map[string]any) { c["auth_time"] = c["iat"].(int64) - 8*3600 - 400 }, want: signin.ReasonSignedInLong},
		"times that are written as .5": {change: func(c map[string]any) {
			c["exp"] = float64(c["exp"].(int64)) + .5
			c["auth_time"] = float64(c["iat"].(int64)) + .5
		}},
		"no time of expiry at all":      {change: func(c map[string]any) { delete(c, "exp") }, want: signin.ReasonToken},
		"an expiry that is no number":   {change: func(c map[string]any) { c["exp"] = "tomorrow" }, want: signin.ReasonToken},
		"an expiry before the issuance": {change: func(c map[string]any) { c["exp"] = c["iat"].(int64) - 10 }, want: signin.ReasonToken},
	} {
		t.Run(name, func(t *testing.T) {
			h, i := h, i
			if test.ours != 0 {
				h, i = newHouse(t), newHostile(t)
				i.registered(t, h)
				h.clock.pass(test.ours)
			}
			err := i.try(t, h, test.change)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refusedFor(t, err, test.want)
		})
	}
}

// shift dates a whole token by a clock that is ahead.
func shift(by time.Duration) func(map[string]any) {
	return func(c map[string]any) {
		now := time.Now().Add(by).Unix()
		c["iat"], c["nbf"], c["exp"], c["auth_time"] = now, now, now+300, now
	}
}
