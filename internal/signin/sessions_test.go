package signin_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"passerelle/internal/live"
	"passerelle/internal/signin"
)

// TestT28 tries what is tried with sessions.
func TestT28(t *testing.T) {
	h := newHouse(t)
	find := func(t *testing.T, token string) error {
		t.Helper()
		_, err := h.door.Find(t.Context(), token, true)
		return err
	}
	gone := func(t *testing.T, what, token string) {
		t.Helper()
		if err := find(t, token); !errors.Is(err, signin.ErrNoSession) {
			t.Errorf("%s: %v, want no session", what, err)
		}
	}
	t.Run("is never one that the browser chose", func(t *testing.T) {
		fixed := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
		gone(t, "before signing in", fixed)
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.Previous = fixed
		arrival, err := h.door.Finish(t.Context(), answer)
		if err != nil || arrival.Token == fixed {
			t.Fatalf("%q, %v", arrival.Token, err)
		}
		gone(t, "after signing in", fixed)
	})
	t.Run("ends when the same browser signs in again", func(t *testing.T) {
		first := h.signIn(t, "vaud", "lea@vaud.example")
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.Previous = first.Token
		if err := find(t, first.Token); err != nil {
			t.Fatal(err)
		}
		if _, err := h.door.Finish(t.Context(), answer); err != nil {
			t.Fatal(err)
		}
		gone(t, "the first session", first.Token)
	})
	t.Run("ends at sign-out, and only that one", func(t *testing.T) {
		here, there := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "vaud", "lea@vaud.example")
		if err := errors.Join(find(t, here.Token), find(t, there.Token)); err != nil {
			t.Fatal(err)
		}
		if err := h.door.End(t.Context(), here.Token); err != nil {
			t.Fatal(err)
		}
		gone(t, "after signing out", here.Token)
		if err := find(t, there.Token); err != nil {
			t.Errorf("the other device: %v", err)
		}
		if err := h.door.End(t.Context(), here.Token); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
	})
	t.Run("ends everywhere", func(t *testing.T) {
		here, there := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "vaud", "lea@vaud.example")
		other := h.signIn(t, "geneve", "claire@geneve.example")
		if err := errors.Join(find(t, here.Token), find(t, there.Token), find(t, other.Token)); err != nil {
			t.Fatal(err)
		}
		if err := h.door.EndAll(t.Context(), here.Session.Identity.ID); err != nil {
			t.Fatal(err)
		}
		gone(t, "this device", here.Token)
		gone(t, "the other device", there.Token)
		if err := find(t, other.Token); err != nil {
			t.Errorf("somebody else: %v", err)
		}
	})
	t.Run("is not opened by what a stolen row says", func(t *testing.T) {
		arrival := h.signIn(t, "vaud", "lea@vaud.example")
		hash := sha256.Sum256([]byte(arrival.Token))
		if n := h.count(t, "select count(*) from sessions where session_hash = $1", hash[:]); n != 1 {
			t.Fatalf("%d rows hold the hash", n)
		}
		if n := h.count(t, "select count(*) from sessions s where s::text like '%' || $1 || '%'", arrival.Token); n != 0 {
			t.Error("the token itself is stored")
		}
		for _, stolen := range []string{hex.EncodeToString(hash[:]), `\x` + hex.EncodeToString(hash[:]), base64.RawURLEncoding.EncodeToString(hash[:]), string(hash[:]), ""} {
			gone(t, "the hash as a cookie", stolen)
		}
	})
	t.Run("ends with the membership", func(t *testing.T) {
		arrival := h.signIn(t, "geneve", "claire@geneve.example")
		if err := find(t, arrival.Token); err != nil {
			t.Fatal(err)
		}
		h.db.Exec(t, "update members set ended_at = now() where member_id = $1", h.claire)
		h.clock.pass(6 * time.Second)
		gone(t, "after Claire left", arrival.Token)
		if again := h.signIn(t, "geneve", "claire@geneve.example"); !again.Session.Membership.None() {
			t.Error("Claire came back in")
		}
	})
	t.Run("ends with the office", func(t *testing.T) {
		arrival := h.signIn(t, "offices", "noe@csr.example")
		h.db.Exec(t, "update offices set closed_at = now() where office_id = $1", h.csr)
		gone(t, "after the office closed", arrival.Token)
	})
	t.Run("is forgotten a day after its end", func(t *testing.T) {
		h.signIn(t, "vaud", "lea@vaud.example")
		h.db.Exec(t, "update sessions set expires_at = now() - interval '25 hours'")
		h.signIn(t, "vaud", "lea@vaud.example")
		if n := h.count(t, "select count(*) from sessions"); n != 1 {
			t.Errorf("%d sessions are kept, of which %d are over", n, n-1)
		}
	})
	t.Run("shows a new role within seconds", func(t *testing.T) {
		arrival := h.signIn(t, "vaud", "lea@vaud.example")
		h.db.Exec(t, "update members set role = 'auditor' where member_id = $1", h.lea)
		h.clock.pass(6 * time.Second)
		if found, err := h.door.Find(t.Context(), arrival.Token, true); err != nil || found.Membership.Role != "auditor" {
			t.Errorf("%s, %v", found.Membership.Role, err)
		}
	})
}

func TestSessionEndsByItself(t *testing.T) {
	t.Run("after a quarter of an hour without a request", func(t *testing.T) {
		h := newHouse(t)
		token := h.signIn(t, "vaud", "lea@vaud.example").Token
		for range 3 {
			h.clock.pass(14 * time.Minute)
			if _, err := h.door.Find(t.Context(), token, true); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.pass(14 * time.Minute)
		if _, err := h.door.Find(t.Context(), token, false); err != nil {
			t.Fatal(err)
		}
		h.clock.pass(2 * time.Minute)
		if _, err := h.door.Find(t.Context(), token, true); !errors.Is(err, signin.ErrExpired) {
			t.Errorf("%v: what a page asks for by itself kept it alive", err)
		}
	})
	t.Run("after eight hours in any case", func(t *testing.T) {
		h := newHouse(t)
		token := h.signIn(t, "vaud", "lea@vaud.example").Token
		for range 47 {
			h.clock.pass(10 * time.Minute)
			if _, err := h.door.Find(t.Context(), token, true); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.pass(10 * time.Minute)
		if _, err := h.door.Find(t.Context(), token, true); !errors.Is(err, signin.ErrExpired) {
			t.Errorf("%v", err)
		}
		h.clock.pass(25 * time.Hour)
		if _, err := h.door.Find(t.Context(), token, true); !errors.Is(err, signin.ErrNoSession) {
			t.Errorf("a day later: %v", err)
		}
	})
	t.Run("and is written to at most once a minute", func(t *testing.T) {
		h := newHouse(t)
		arrival := h.signIn(t, "vaud", "lea@vaud.example")
		version := func() (v string) {
			if err := h.db.Owner.QueryRow(t.Context(), "select xmin::text from sessions").Scan(&v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		before := version()
		for range 5 {
			h.clock.pass(10 * time.Second)
			if _, err := h.door.Find(t.Context(), arrival.Token, true); err != nil {
				t.Fatal(err)
			}
		}
		if version() != before {
			t.Error("it was written to within the minute")
		}
		h.clock.pass(15 * time.Second)
		if _, err := h.door.Find(t.Context(), arrival.Token, true); err != nil {
			t.Fatal(err)
		}
		if version() == before {
			t.Error("it was not written to after the minute")
		}
	})
	t.Run("by all processes together", func(t *testing.T) {
		h := newHouse(t)
		token, other := h.signIn(t, "vaud", "lea@vaud.example").Token, h.newDoor(t)
		find := func(door *signin.Service) {
			t.Helper()
			if _, err := door.Find(t.Context(), token, true); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.pass(58 * time.Second)
		find(h.door)
		find(other)
		h.clock.pass(3 * time.Second)
		find(h.door)
		var seen time.Time
		if err := h.db.Owner.QueryRow(t.Context(), "select seen_at from sessions").Scan(&seen); err != nil {
			t.Fatal(err)
		}
		find(other)
		if n := h.count(t, "select count(*) from sessions where seen_at = $1", seen); n != 1 {
			t.Error("the second process wrote within the minute")
		}
	})
}

func TestForget(t *testing.T) {
	h := newHouse(t)
	arrival := h.signIn(t, "vaud", "lea@vaud.example")
	other := h.newDoor(t)
	if _, err := other.Find(t.Context(), arrival.Token, true); err != nil {
		t.Fatal(err)
	}
	hub := live.NewHub()
	told := make(chan string, 8)
	hub.OnSessionEnd(func(hash string) { told <- hash })
	go hub.Listen(t.Context(), h.db.AppConnString)
	if hash := <-told; hash != "" {
		t.Fatalf("the hub began with %q", hash)
	}
	if err := h.door.End(t.Context(), arrival.Token); err != nil {
		t.Fatal(err)
	}
	hash := <-told
	if _, err := other.Find(t.Context(), arrival.Token, true); err != nil {
		t.Fatalf("the other process asked the database: %v; this test shows nothing", err)
	}
	other.Forget(hash)
	if _, err := other.Find(t.Context(), arrival.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("after the notification: %v", err)
	}

	again := h.signIn(t, "vaud", "lea@vaud.example")
	if _, err := other.Find(t.Context(), again.Token, true); err != nil {
		t.Fatal(err)
	}
	if err := h.door.EndAll(t.Context(), again.Session.Identity.ID); err != nil {
		t.Fatal(err)
	}
	other.Forget(<-told)
	if _, err := other.Find(t.Context(), again.Token, true); !errors.Is(err, signin.ErrNoSession) {
		t.Errorf("after the notification that all ended: %v", err)
	}
}
