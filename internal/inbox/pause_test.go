package inbox_test

import (
	"context"
	"testing"
	"time"

	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// TestPaused: whoever is paused sees nothing and does nothing, and others of the office go on.
func TestPaused(t *testing.T) {
	h := open(t)
	id := h.refer(t, cast.CSR, referrals.Normal, "")
	alert := ids.New[alerts.Alert]()
	h.Exec(t, `insert into alerts (tenant_id, alert_id, kind, person_id, role, office_id, since, until, at) values ($1, $2, 'ceiling', $3, 'office_member', $4, now(), now(), now())`, cast.Vaud.ID, alert, cast.Noe.ID, cast.CSR.ID)
	h.Exec(t, `insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) values ($1, gen_random_uuid(), $2, $3, $4, now())`, cast.Vaud.ID, cast.CSR.ID, cast.Noe.ID, alert)
	everything := map[string]func(context.Context) error{
		"list":        func(ctx context.Context) error { _, err := h.inbox.List(ctx, inbox.Ask{}); return err },
		"follow":      func(ctx context.Context) error { _, err := h.inbox.Follow(ctx); return err },
		"open":        func(ctx context.Context) error { _, err := h.inbox.Open(ctx, id); return err },
		"take":        func(ctx context.Context) error { return h.inbox.Take(ctx, id, tenantdb.PersonID{}) },
		"accept":      func(ctx context.Context) error { return h.inbox.Accept(ctx, id) },
		"decline":     func(ctx context.Context) error { return h.inbox.Decline(ctx, id, referrals.NotCompetent, words("no")) },
		"close":       func(ctx context.Context) error { return h.inbox.Close(ctx, id, referrals.Got, words("yes")) },
		"write":       func(ctx context.Context) error { return h.inbox.Write(ctx, id, messages.Plain, words("hello")) },
		"acknowledge": func(ctx context.Context) error { return h.inbox.Acknowledge(ctx, id, time.Now()) },
	}
	version := func() (state string) {
		t.Helper()
		must(t, h.Owner.QueryRow(t.Context(), "select r::text || (select count(*) from messages) || (select count(*) from events) || (select count(*) from journal_entries) from referrals r where referral_id = $1", id).Scan(&state))
		return state
	}
	before := version()
	for name, do := range everything {
		wants(t, name, do(as(t, cast.Noe)), alerts.ErrPaused)
	}
	if version() != before {
		t.Error("somebody who is paused changed something, or left an entry")
	}
	for _, name := range []string{"list", "follow", "open", "accept", "write"} {
		wants(t, name+", a colleague", everything[name](as(t, olga)), nil)
	}
	for _, name := range []string{"open", "take", "accept", "write"} {
		wants(t, name+", Inès", everything[name](as(t, cast.Ines)), fault.NotFound())
		wants(t, name+", Eva", everything[name](as(t, cast.Eva)), fault.NotFound())
	}
	h.Exec(t, "update pauses set lifted_at = now(), lifted_by = $1", cast.Karim.ID)
	wants(t, "open, after the pause", everything["open"](as(t, cast.Noe)), nil)
}
