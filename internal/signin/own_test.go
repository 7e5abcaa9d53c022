package signin_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestOwnSessions(t *testing.T) {
	h := newHouse(t)
	with := func(agent string) signin.Arrival {
		t.Helper()
		answer := h.answer(t, "vaud", "lea@vaud.example", "/")
		answer.UserAgent = agent
		arrival, err := h.door.Finish(t.Context(), answer)
		if err != nil {
			t.Fatal(err)
		}
		return arrival
	}
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	here, phone := with(firefox), with("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1")
	unknown, claire := with("curl/8 "+strings.Repeat("x", 5000)+"\xff"), h.signIn(t, "geneve", "claire@geneve.example")
	list := func(of signin.Arrival) []signin.OwnSession {
		t.Helper()
		found, err := h.door.Find(t.Context(), of.Token, true)
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.door.OwnSessions(t.Context(), found)
		if err != nil {
			t.Fatal(err)
		}
		return own
	}
	t.Run("are the person's alone, and say which one this is", func(t *testing.T) {
		devices := map[signin.SessionID]signin.Device{}
		for _, own := range list(here) {
			devices[own.ID] = own.Device
			if own.Here != (own.ID == here.Session.ID) || own.Workplace != "vaud" || own.For != "" || own.CreatedAt.IsZero() || own.SeenAt.IsZero() {
				t.Errorf("%+v", own)
			}
		}
		if len(devices) != 3 || devices[here.Session.ID] != (signin.Device{Browser: "firefox", System: "linux"}) ||
			devices[phone.Session.ID] != (signin.Device{Browser: "safari", System: "ios"}) || devices[unknown.Session.ID] != (signin.Device{Browser: "other", System: "other"}) {
			t.Errorf("%v", devices)
		}
		if own := list(claire); len(own) != 1 || own[0].ID != claire.Session.ID {
			t.Errorf("Claire sees %+v", own)
		}
		if n := h.count(t, "select count(*) from sessions s where s::text like '%Gecko%' or s::text like '%140.0%' or s::text like '%curl%'"); n != 0 {
			t.Error("more than the family of the browser is stored")
		}
	})
	t.Run("are not ended by anybody else", func(t *testing.T) {
		for name, id := range map[string]signin.SessionID{"Léa's": here.Session.ID, "one that there is not": ids.New[signin.Session]()} {
			if err := h.door.EndOwn(t.Context(), claire.Session, id); !errors.Is(err, fault.NotFound()) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if !h.in(t, here) {
			t.Error("Claire ended Léa's session")
		}
	})
	t.Run("end one by one, and once", func(t *testing.T) {
		if err := h.door.EndOwn(t.Context(), here.Session, phone.Session.ID); err != nil {
			t.Fatal(err)
		}
		if h.in(t, phone) || !h.in(t, here) || !h.in(t, unknown) || len(list(here)) != 2 {
			t.Error("not exactly that one ended")
		}
		if err := h.door.EndOwn(t.Context(), here.Session, phone.Session.ID); !errors.Is(err, fault.NotFound()) {
			t.Errorf("a second time: %v", err)
		}
	})
	t.Run("all end but this one", func(t *testing.T) {
		if err := h.door.EndOthers(t.Context(), here.Session); err != nil {
			t.Fatal(err)
		}
		if !h.in(t, here) || h.in(t, unknown) || !h.in(t, claire) || len(list(here)) != 1 {
			t.Error("not exactly the others ended")
		}
	})
	t.Run("are left out when they have run out", func(t *testing.T) {
		idle := with(firefox)
		h.clock.pass(10 * time.Minute)
		if len(list(here)) != 2 {
			t.Error("one is missing")
		}
		h.clock.pass(6 * time.Minute)
		if own := list(here); len(own) != 1 || own[0].ID == idle.Session.ID {
			t.Errorf("%+v", own)
		}
	})
}

// TestSessionsEndWithTheMembership: whoever ends it, and however, at once in this process and in any other (T28).
func TestSessionsEndWithTheMembership(t *testing.T) {
	h := newHouse(t)
	told := h.told(t)
	jo := h.signIn(t, "offices", "jo@legal.example")
	memberships, err := h.door.Memberships(t.Context(), jo.Session)
	if err != nil {
		t.Fatal(err)
	}
	geneve, err := h.door.Choose(t.Context(), jo.Session, memberships[0].Person)
	if err != nil {
		t.Fatal(err)
	}
	again := h.signIn(t, "offices", "jo@legal.example")
	vaud, err := h.door.Choose(t.Context(), again.Session, memberships[1].Person)
	if err != nil {
		t.Fatal(err)
	}
	lea := h.signIn(t, "vaud", "lea@vaud.example")
	for _, arrival := range []signin.Arrival{geneve, vaud, lea} {
		if !h.in(t, arrival) {
			t.Fatal("not signed in")
		}
	}
	h.db.Exec(t, "update office_members set ended_at = now() where office_member_id = $1", memberships[0].Person)
	told(geneve)
	if h.in(t, geneve) || !h.in(t, vaud) || !h.in(t, lea) {
		t.Error("not exactly the session of that membership ended")
	}
	h.db.Exec(t, "update members set ended_at = now() where member_id = $1", h.lea)
	told(lea)
	if h.in(t, lea) || !h.in(t, vaud) {
		t.Error("not exactly Léa's session ended")
	}
}

// told waits until this process has been told of a session's end.
func (h *house) told(t *testing.T) func(signin.Arrival) {
	hub, ends := liveHub(t, h), make(chan string, 64)
	hub.OnSessionEnd(func(hash string) { h.door.Forget(hash); ends <- hash })
	return func(of signin.Arrival) {
		t.Helper()
		limit := time.After(5 * time.Second)
		for {
			select {
			case <-ends:
				if !h.in(t, of) {
					return
				}
			case <-limit:
				t.Error("nobody told of the end")
				return
			}
		}
	}
}

// TestEndSessionsOf is what others call within a transaction of theirs.
func TestEndSessionsOf(t *testing.T) {
	h := newHouse(t)
	told := h.told(t)
	lea, claire, noe := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "geneve", "claire@geneve.example"), h.signIn(t, "offices", "noe@csr.example")
	all := []signin.Arrival{lea, claire, noe}
	for _, arrival := range all {
		if !h.in(t, arrival) {
			t.Fatal("not signed in")
		}
	}
	door := tenantdb.WithScope(t.Context(), tenantdb.SignIn())
	failed := errors.New("failed afterwards")
	if err := h.db.App.Write(door, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := signin.EndSessionsOf(ctx, tx, time.Now(), lea.Session.Membership.Person); err != nil {
			return err
		}
		return failed
	}); !errors.Is(err, failed) || !h.in(t, lea) {
		t.Errorf("what was not committed ended a session: %v", err)
	}
	if err := h.db.App.Write(door, func(ctx context.Context, tx tenantdb.Tx) error {
		return signin.EndSessionsOf(ctx, tx, time.Now(), lea.Session.Membership.Person, noe.Session.Membership.Person)
	}); err != nil {
		t.Fatal(err)
	}
	told(lea)
	told(noe)
	if h.in(t, lea) || h.in(t, noe) || !h.in(t, claire) {
		t.Error("not exactly those ended")
	}
	// An administration reaches the people of its own canton, at the NGO and in its offices; and can do no more than end.
	vaudois, genevoise, office := h.signIn(t, "vaud", "lea@vaud.example"), h.signIn(t, "geneve", "claire@geneve.example"), h.signIn(t, "offices", "noe@csr.example")
	administration := tenantdb.WithScope(t.Context(), tenantdb.Administration(h.vaud, ids.New[tenantdb.Person]()))
	if err := h.db.App.Write(administration, func(ctx context.Context, tx tenantdb.Tx) error {
		return signin.EndSessionsOf(ctx, tx, time.Now(), h.lea, h.claire, office.Session.Membership.Person)
	}); err != nil {
		t.Fatal(err)
	}
	told(vaudois)
	told(office)
	if h.in(t, vaudois) || h.in(t, office) || !h.in(t, genevoise) {
		t.Error("not exactly the people of that canton were signed out")
	}
	if err := h.db.App.Write(administration, func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Update().TableExpr("sessions").Set("revoked_at = null").Where("true").Exec(ctx)
		return err
	}); err == nil {
		t.Error("an administration opened a session again")
	}
	// A case role reaches no session, whosever it is.
	fresh := h.signIn(t, "vaud", "lea@vaud.example")
	staff := tenantdb.WithScope(t.Context(), tenantdb.Staff(h.vaud, h.lea))
	if err := h.db.App.Write(staff, func(ctx context.Context, tx tenantdb.Tx) error {
		return signin.EndSessionsOf(ctx, tx, time.Now(), h.lea)
	}); err != nil || !h.in(t, fresh) {
		t.Errorf("%v: a caseworker's scope ended a session", err)
	}
}
