package signin_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"passerelle/internal/signin"
)

// T32: a subject that nobody knows, with groups that say admin, waits without a role, and leaves an application at the connection's
// tenant, once however often it signs in.
func TestApplication(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	h.db.Exec(t, "update connections set issuer = $1 where slug = 'vaud'", i.URL)
	for _, groups := range []any{[]string{"admin", "team"}, "admin", []string{"admin"}} {
		target, browser, err := h.door.Begin(t.Context(), signin.Departure{Connection: "vaud"})
		if err != nil {
			t.Fatal(err)
		}
		asked, _ := url.Parse(target)
		claims := i.claims(asked.Query().Get("nonce"))
		claims["groups"], claims["roles"], claims["role"], claims["email"] = groups, []string{"admin"}, "admin", "lea@vaud.example"
		i.token = func() string { return i.sign(t, jose.ES256, i.key, claims) }
		arrival, err := h.door.Finish(t.Context(), signin.Answer{Connection: "vaud", State: asked.Query().Get("state"), Code: "code", Browser: browser})
		if err != nil {
			t.Fatal(err)
		}
		if !arrival.Session.Membership.None() || !arrival.Session.Membership.Scope().Empty() {
			t.Errorf("%v: arrived as %+v", groups, arrival.Session.Membership)
		}
	}
	if n := h.count(t, "select count(*) from applications where tenant_id = $1 and groups = '{admin}' and email = 'lea@vaud.example' and accepted_at is null", h.vaud); n != 1 {
		t.Errorf("%d applications", n)
	}
	if n := h.count(t, "select count(*) from members where identity_id is not null"); n != 0 {
		t.Errorf("%d memberships are bound", n)
	}
	t.Run("not at a connection that several tenants share", func(t *testing.T) {
		h.db.Exec(t, "update office_members set ended_at = now()")
		h.signIn(t, "offices", "noe@csr.example")
		if n := h.count(t, "select count(*) from applications"); n != 1 {
			t.Errorf("%d applications", n)
		}
	})
}

// A membership that ends on a day ahead lasts until then, and no job has to run when it has come.
func TestEndAhead(t *testing.T) {
	h := newHouse(t)
	arrival := h.signIn(t, "vaud", "lea@vaud.example")
	if n := h.count(t, "select count(*) from members where member_id = $1 and seen_at is not null", h.lea); n != 1 {
		t.Error("nobody noted that Léa was there")
	}
	h.db.Exec(t, "update members set ended_at = now() + interval '10 minutes' where member_id = $1", h.lea)
	door := h.newDoor(t)
	if session, err := door.Find(t.Context(), arrival.Token, true); err != nil || session.Workplaces != 1 {
		t.Errorf("until then: %v", err)
	}
	if again := h.signIn(t, "vaud", "lea@vaud.example"); again.Session.Membership.None() {
		t.Error("until then she cannot sign in")
	}
	h.clock.pass(11 * time.Minute)
	if _, err := door.Find(t.Context(), arrival.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("from then on: %v", err)
	}
}
