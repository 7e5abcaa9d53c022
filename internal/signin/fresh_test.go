package signin_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// TestSigningInAnew (T35): what counts is when the provider says that the person signed in, not what the browser was sent with.
func TestSigningInAnew(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	ask := func(fresh bool) (signin.Answer, url.Values) {
		t.Helper()
		target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "evil", Fresh: fresh})
		if err != nil {
			t.Fatal(err)
		}
		asked, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		query := asked.Query()
		return signin.Answer{Connection: "evil", State: query.Get("state"), Code: "code", Browser: browser}, query
	}
	now := time.Now().Unix()
	for name, attack := range map[string]struct {
		at   any
		want signin.Reason
	}{
		"just now":                  {now, ""},
		"by a clock that is behind": {now - 50, ""},
		"a minute and more before":  {now - 70, signin.ReasonNotAnew},
		"in the morning":            {now - 3600, signin.ReasonNotAnew},
		"nobody knows when":         {nil, signin.ReasonNotAnew},
	} {
		answer, query := ask(true)
		if query.Get("prompt") != "login" || query.Get("max_age") != "0" {
			t.Errorf("the provider is asked %v", query)
		}
		i.token = func() string {
			claims := i.claims(query.Get("nonce"))
			if claims["auth_time"] = attack.at; attack.at == nil {
				delete(claims, "auth_time")
			}
			return i.sign(t, jose.ES256, i.key, claims)
		}
		arrival, err := h.door.Finish(t.Context(), answer)
		if attack.want != "" {
			refusedFor(t, err, attack.want)
			continue
		}
		if err != nil || !arrival.Session.Fresh(h.clock.now()) {
			t.Errorf("%s: %v, fresh %t", name, err, arrival.Session.Fresh(h.clock.now()))
		}
	}
	// Whoever was not asked to is not taken for it, however new the sign-in.
	answer, query := ask(false)
	i.token = func() string { return i.sign(t, jose.ES256, i.key, i.claims(query.Get("nonce"))) }
	arrival, err := h.door.Finish(t.Context(), answer)
	if err != nil || arrival.Session.Fresh(h.clock.now()) {
		t.Errorf("an ordinary sign-in: %v, fresh %t", err, arrival.Session.Fresh(h.clock.now()))
	}
}

// TestConfirm goes on in a session with a new secret; the old one is worth nothing, and one that was ended is not brought back.
func TestConfirm(t *testing.T) {
	h := newHouse(t)
	lea := h.signIn(t, "vaud", "lea@vaud.example")
	other := h.signIn(t, "vaud", "lea@vaud.example")
	confirmed, err := h.door.Confirm(t.Context(), lea.Session, false)
	if err != nil {
		t.Fatal(err)
	}
	found, err := h.newDoor(t).Find(t.Context(), confirmed.Token, true)
	if err != nil || !found.Confirmed(h.clock.now()) || found.CSRF != lea.Session.CSRF || !found.ExpiresAt.Equal(lea.Session.ExpiresAt.Truncate(time.Microsecond)) && found.ExpiresAt.Sub(lea.Session.ExpiresAt).Abs() > time.Millisecond {
		t.Errorf("the session goes on as %+v, %v", found, err)
	}
	if _, err := h.door.Find(t.Context(), lea.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("the old secret: %v", err)
	}
	if found, err := h.door.Find(t.Context(), other.Token, true); err != nil || found.Confirmed(h.clock.now()) {
		t.Errorf("another session: %v, confirmed %t", err, found.Confirmed(h.clock.now()))
	}
	if _, err := h.door.Confirm(t.Context(), lea.Session, false); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("confirming in a session that has ended: %v", err)
	}
	h.clock.pass(10 * time.Minute)
	if found, err := h.door.Find(t.Context(), confirmed.Token, true); err != nil || found.Confirmed(h.clock.now()) {
		t.Errorf("ten minutes later: %v, confirmed %t", err, found.Confirmed(h.clock.now()))
	}
	if _, err := h.door.Confirm(t.Context(), found, true); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Find(t.Context(), other.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("when all others end: %v", err)
	}
}

// TestChangingTheWorkplaceConfirmsNothing: having confirmed is of one session, and of one tenant.
func TestChangingTheWorkplaceConfirmsNothing(t *testing.T) {
	h := newHouse(t)
	jo := h.signIn(t, "offices", "jo@legal.example")
	memberships, err := h.door.Memberships(t.Context(), jo.Session)
	if err != nil || len(memberships) != 2 {
		t.Fatal(memberships, err)
	}
	var there signin.Arrival
	for i, membership := range memberships {
		if i > 0 {
			if there, err = h.door.Confirm(t.Context(), there.Session, false); err != nil {
				t.Fatal(err)
			}
		} else {
			there = jo
		}
		if there, err = h.door.Choose(t.Context(), there.Session, tenantdb.PersonID(membership.Person)); err != nil {
			t.Fatal(err)
		}
		if there.Session.Confirmed(h.clock.now()) {
			t.Error("having confirmed went along to another workplace")
		}
	}
}
