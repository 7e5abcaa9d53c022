package members_test

import (
	"encoding/base64"
	"errors"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestRoles(t *testing.T) {
	h := open(t, false)
	lea := h.arrives(cast.VaudStaff, cast.NoProvider.Subject("vaud", cast.Lea.Email))
	h.db.Exec(t, "update members set identity_id = $1 where member_id = $2", lea.ID, cast.Lea.ID)
	h.session(lea, cast.Lea)
	h.session(h.arrives(cast.VaudStaff, "karim"), cast.Karim)
	if err := h.Change(as(h, cast.Anna), cast.Lea.ID, access.Auditor); err != nil {
		t.Fatal(err)
	}
	if h.count(liveSessions, cast.Lea.ID) != 0 || h.count(liveSessions, cast.Karim.ID) != 1 {
		t.Error("her sessions go on with the old role, or somebody else's ended")
	}
	if err := h.Give(as(h, cast.Anna), cast.Lea.ID, access.Caseworker); err != nil {
		t.Fatal(err)
	}
	if err := h.Change(as(h, cast.Anna), cast.Lea.ID, access.Caseworker); key(err) != "members.role.twice" {
		t.Errorf("one role twice: %v", err)
	}
	if n := h.count("select count(*) from members where identity_id = $1", lea.ID); n != 2 {
		t.Errorf("she has %d places", n)
	}
	sheet, err := h.Find(as(h, cast.Anna), cast.Lea.ID)
	if err != nil || len(sheet.Same) != 1 || len(sheet.Acts) != 1 || sheet.Acts[0].Deed != members.RoleChanged {
		t.Errorf("%+v, %v", sheet, err)
	}
	if err := h.Change(as(h, cast.Anna), cast.Anna.ID, access.Caseworker); key(err) != "members.role.own" {
		t.Errorf("her own: %v", err)
	}
	h.db.Exec(t, "update members set identity_id = $1 where member_id = $2", h.arrives(cast.VaudStaff, "anna").ID, cast.Anna.ID)
	if err := h.Give(as(h, cast.Anna), cast.Anna.ID, access.Caseworker); key(err) != "members.role.own" {
		t.Errorf("one more to herself: %v", err)
	}
	if err := h.Give(as(h, cast.Boris), cast.Anna.ID, access.Caseworker); err != nil {
		t.Errorf("by another admin: %v", err)
	}
	if err := h.Change(as(h, cast.Anna), cast.Noe.ID, access.OfficeLead); err != nil {
		t.Errorf("a lead: %v", err)
	}
	for name, who := range strangers {
		for act, err := range map[string]error{
			"changes": h.Change(as(h, who), cast.Ruth.ID, access.Caseworker), "gives": h.Give(as(h, who), cast.Ruth.ID, access.Caseworker),
			"ends": h.End(as(h, who), cast.Ruth.ID, members.Left, nil), "readmits": h.Readmit(as(h, who), cast.Ruth.ID), "signs out": h.SignOut(as(h, who), cast.Ruth.ID),
		} {
			if !refused(err) {
				t.Errorf("%s %s: %v", name, act, err)
			}
		}
		if _, err := h.Find(as(h, who), cast.Ruth.ID); !refused(err) {
			t.Errorf("%s sees Ruth: %v", name, err)
		}
	}
	t.Run("two admins take it from each other", func(t *testing.T) {
		var all sync.WaitGroup
		results := make([]error, 2)
		all.Go(func() { results[0] = h.Change(as(h, cast.Anna), cast.Boris.ID, access.Auditor) })
		all.Go(func() { results[1] = h.Change(as(h, cast.Boris), cast.Anna.ID, access.Auditor) })
		all.Wait()
		if n := h.count("select count(*) from members where role = 'admin' and tenant_id = $1", cast.Vaud.ID); n != 1 || (results[0] == nil) == (results[1] == nil) {
			t.Errorf("%d are left: %v", n, results)
		}
	})
}

func TestEnd(t *testing.T) {
	h := open(t, false)
	identity := h.arrives(cast.VaudStaff, "lea")
	h.db.Exec(t, "update members set identity_id = $1 where member_id = $2", identity.ID, cast.Lea.ID)
	state := func(id tenantdb.PersonID) members.State {
		t.Helper()
		sheet, err := h.Find(as(h, cast.Anna), id)
		if err != nil {
			t.Fatal(err)
		}
		return sheet.StateAt(h.now)
	}
	t.Run("at once, everywhere", func(t *testing.T) {
		h.session(identity, cast.Lea)
		h.session(identity, cast.Lea)
		if err := h.End(as(h, cast.Anna), cast.Lea.ID, members.Disabled, nil); err != nil {
			t.Fatal(err)
		}
		if n := h.count(liveSessions, cast.Lea.ID); n != 0 || state(cast.Lea.ID) != members.ShutOut {
			t.Errorf("%d sessions go on, %s", n, state(cast.Lea.ID))
		}
		if n := h.count("select count(*) from journal_entries where action = 'member_disabled' and person_id = $1", cast.Anna.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
	t.Run("and back", func(t *testing.T) {
		if err := h.Readmit(as(h, cast.Anna), cast.Lea.ID); err != nil || state(cast.Lea.ID) != members.Active {
			t.Errorf("%s, %v", state(cast.Lea.ID), err)
		}
		if err := h.Readmit(as(h, cast.Anna), cast.Lea.ID); key(err) != "members.return.already" {
			t.Errorf("twice: %v", err)
		}
	})
	t.Run("on a day", func(t *testing.T) {
		day := time.Date(h.now.Year(), h.now.Month(), h.now.Day()+3, 0, 0, 0, 0, time.UTC)
		if err := h.End(as(h, cast.Anna), cast.Lea.ID, members.Left, &day); err != nil || state(cast.Lea.ID) != members.Leaving {
			t.Errorf("%s, %v", state(cast.Lea.ID), err)
		}
		var staff []members.Member
		if err := h.db.App.Read(as(h, cast.Karim), members.All(&staff)); err != nil || !accompanies(staff, cast.Lea) {
			t.Errorf("she accompanies until then: %v", err)
		}
		h.db.Exec(t, "update members set ended_at = now() - interval '1 second' where member_id = $1", cast.Lea.ID)
		if err := h.db.App.Read(as(h, cast.Karim), members.All(&staff)); err != nil || accompanies(staff, cast.Lea) {
			t.Errorf("she does not from then on: %v", err)
		}
		h.now = time.Now().Add(time.Hour)
		if got := state(cast.Lea.ID); got != members.LongGone {
			t.Error(got)
		}
	})
	t.Run("not the last one who administers", func(t *testing.T) {
		if err := h.End(as(h, cast.Diane), cast.Diane.ID, members.Left, nil); key(err) != "members.ending.last_admin" {
			t.Errorf("Diane is alone: %v", err)
		}
		if err := h.End(as(h, cast.Anna), cast.Anna.ID, members.Left, nil); err != nil {
			t.Errorf("Boris stays: %v", err)
		}
	})
}

func accompanies(staff []members.Member, who cast.Person) bool {
	for _, member := range staff {
		if member.MemberID == who.ID {
			return member.Accompanies()
		}
	}
	return false
}

// Whoever was shut out is unknown when the answer is given, also to a process that has heard nothing and remembers the session.
func TestShutOutIsKnownBeforeTheAnswer(t *testing.T) {
	h := open(t, false)
	token := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	identity := h.arrives(cast.VaudStaff, "lea")
	h.db.Exec(t, "insert into sessions (session_hash, identity_id, tenant_id, member_id, csrf_token, expires_at) values (sha256(convert_to($1, 'UTF8')), $2, $3, $4, 'x', now() + interval '1 hour')",
		token, identity.ID, cast.Vaud.ID, cast.Lea.ID)
	if session, err := h.door.Find(t.Context(), token, true); err != nil || session.Membership.Person != cast.Lea.ID {
		t.Fatalf("she is not known: %v", err)
	}
	if err := h.End(as(h, cast.Anna), cast.Lea.ID, members.Disabled, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.door.Find(t.Context(), token, true); !errors.Is(err, signin.ErrNoSession) && !errors.Is(err, signin.ErrExpired) {
		t.Errorf("she is still known: %v", err)
	}
}
