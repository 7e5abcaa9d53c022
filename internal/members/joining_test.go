package members_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/signin"
)

func TestJoin(t *testing.T) {
	h := open(t, false)
	nina := h.arrives(cast.VaudStaff, "nina", "team")
	code := h.invite(cast.Anna, access.Coordinator, nil)
	join := func(identity signin.Identity, code string) error {
		_, err := h.Join(t.Context(), identity, code)
		return err
	}
	t.Run("through the right door alone", func(t *testing.T) {
		for name, identity := range map[string]signin.Identity{
			"another canton's": h.arrives(cast.GeneveStaff, "nina"), "the offices'": h.arrives(cast.Offices, "nina"),
		} {
			if err := join(identity, code); key(err) != "members.join.invalid" {
				t.Errorf("through %s door: %v", name, err)
			}
		}
		if err := join(nina, strings.Replace(code, "vaud.", "geneve.", 1)); key(err) != "members.join.invalid" {
			t.Errorf("at another tenant: %v", err)
		}
		if err := join(nina, strings.Replace(code, "vaud.", "nowhere.", 1)); key(err) != "members.join.invalid" {
			t.Errorf("at none: %v", err)
		}
	})
	t.Run("once, whoever is quicker", func(t *testing.T) {
		others := []signin.Identity{nina}
		for _, subject := range []string{"a", "b", "c"} {
			others = append(others, h.arrives(cast.VaudStaff, subject))
		}
		var all sync.WaitGroup
		results := make([]error, len(others))
		for i, identity := range others {
			all.Go(func() { results[i] = join(identity, code) })
		}
		all.Wait()
		joined := 0
		for _, err := range results {
			if err == nil {
				joined++
			} else if key(err) != "members.join.invalid" {
				t.Error(err)
			}
		}
		if n := h.count("select count(*) from members where name = 'Nina Roth'"); joined != 1 || n != 1 {
			t.Errorf("%d joined, %d are there", joined, n)
		}
		if err := join(nina, code); key(err) != "members.join.invalid" {
			t.Errorf("again: %v", err)
		}
	})
	t.Run("is hers to say", func(t *testing.T) {
		code := h.invite(cast.Anna, access.Caseworker, nil)
		nina := h.arrives(cast.VaudStaff, "d", "team")
		id, err := h.Join(t.Context(), nina, code)
		if err != nil {
			t.Fatal(err)
		}
		if n := h.count("select count(*) from members where member_id = $1 and role = 'caseworker' and identity_id = $2 and expected_subject = 'd'", id, nina.ID); n != 1 {
			t.Error("she is no caseworker")
		}
		if n := h.count("select count(*) from journal_entries where person_id = $1 and action = 'member_joined' and role = 'caseworker' and tenant_id = $2", id, cast.Vaud.ID); n != 1 {
			t.Errorf("%d entries", n)
		}
		if n := h.count("select count(*) from applications where identity_id = $1 and accepted_at is null", nina.ID); n != 0 {
			t.Error("she waits still")
		}
	})
	t.Run("not by whoever has invited", func(t *testing.T) {
		anna := h.arrives(cast.VaudStaff, cast.NoProvider.Subject("vaud", cast.Anna.Email))
		if err := join(anna, h.invite(cast.Anna, access.Caseworker, nil)); key(err) != "members.join.invalid" {
			t.Errorf("Anna made herself a caseworker: %v", err)
		}
		if err := join(anna, h.invite(cast.Boris, access.Caseworker, nil)); err != nil {
			t.Errorf("invited by Boris: %v", err)
		}
	})
	t.Run("not too late", func(t *testing.T) {
		code := h.invite(cast.Anna, access.Caseworker, nil)
		h.now = h.now.Add(7 * 24 * time.Hour)
		if err := join(h.arrives(cast.VaudStaff, "late"), code); key(err) != "members.join.invalid" {
			t.Errorf("after a week: %v", err)
		}
	})
	t.Run("not by an invitation from before being shut out", func(t *testing.T) {
		id, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "twice"), h.invite(cast.Anna, access.Auditor, nil))
		if err != nil {
			t.Fatal(err)
		}
		identity := signin.Identity{ConnectionID: ids.MustParse[signin.Connection](cast.VaudStaff.ID), Issuer: "https://vaud.invalid", Subject: "twice"}
		if err := h.db.Owner.QueryRow(t.Context(), "select identity_id from members where member_id = $1", id).Scan(&identity.ID); err != nil {
			t.Fatal(err)
		}
		before := h.invite(cast.Anna, access.Auditor, nil)
		h.now = h.now.Add(time.Minute)
		if err := h.End(as(h, cast.Anna), id, members.Disabled, nil); err != nil {
			t.Fatal(err)
		}
		if err := join(identity, before); key(err) != "members.join.invalid" {
			t.Errorf("by an old code: %v", err)
		}
		h.now = h.now.Add(time.Minute)
		again, err := h.Join(t.Context(), identity, h.invite(cast.Anna, access.Auditor, nil))
		if err != nil || again != id {
			t.Errorf("by a new one: %v, %v", again, err)
		}
		if n := h.count("select count(*) from journal_entries where person_id = $1 and action = 'member_joined'", id); n != 2 {
			t.Errorf("%d entries of who came back", n)
		}
	})
	t.Run("not as whom an exchanged issuer calls the same", func(t *testing.T) {
		before := h.arrives(cast.VaudStaff, "exchanged")
		id, err := h.Join(t.Context(), before, h.invite(cast.Anna, access.Auditor, nil))
		if err != nil {
			t.Fatal(err)
		}
		h.db.Exec(t, "update connections set issuer = 'https://new.invalid' where connection_id = $1", cast.VaudStaff.ID)
		defer h.db.Exec(t, "update connections set issuer = $2 where connection_id = $1", cast.VaudStaff.ID, before.Issuer)
		if err := join(before, h.invite(cast.Anna, access.Caseworker, nil)); key(err) != "members.join.invalid" {
			t.Errorf("at the old issuer: %v", err)
		}
		after := before
		after.ID, after.Issuer = ids.New[signin.Identity](), "https://new.invalid"
		h.db.Exec(t, "insert into identities (identity_id, connection_id, issuer, subject) values ($1, $2, $3, $4)", after.ID, after.ConnectionID, after.Issuer, after.Subject)
		if err := join(after, h.invite(cast.Anna, access.Auditor, nil)); key(err) != "members.join.invalid" {
			t.Errorf("at the new one: %v", err)
		}
		if n := h.count("select count(*) from members where member_id = $1 and identity_id = $2", id, before.ID); n != 1 {
			t.Error("somebody else took the place")
		}
	})
	t.Run("an office", func(t *testing.T) {
		code := h.invite(cast.Anna, access.OfficeLead, cast.CSR)
		if err := join(h.arrives(cast.VaudStaff, "office"), code); key(err) != "members.join.invalid" {
			t.Errorf("through the door of the staff: %v", err)
		}
		id, err := h.Join(t.Context(), h.arrives(cast.Offices, "office"), code)
		if err != nil {
			t.Fatal(err)
		}
		if n := h.count("select count(*) from office_members where office_member_id = $1 and role = 'office_lead' and office_id = $2", id, cast.CSR.ID); n != 1 {
			t.Error("she does not lead it")
		}
	})
}
