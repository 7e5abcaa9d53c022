package alerts_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// TestCeiling is T13 at the gate: fifteen in an hour, and not one more.
func TestCeiling(t *testing.T) {
	h := open(t)
	noe := as(t, cast.Noe)
	ceiling := access.ReadingOf(access.OfficeMember).Ceiling
	referrals := h.refer(t, cast.CSR, ceiling+2)
	begun := h.clock
	for _, id := range referrals[:ceiling] {
		must(t, h.gate.Admit(noe, id))
		h.clock = h.clock.Add(time.Minute)
	}
	wants(t, "one of the fifteen again", h.gate.Admit(noe, referrals[3]), nil)
	if n := len(h.list(t, cast.Karim)); n > 0 {
		t.Errorf("%d alerts before the ceiling", n)
	}
	wants(t, "the sixteenth", h.gate.Admit(noe, referrals[ceiling]), alerts.ErrPaused)
	lines := h.list(t, cast.Karim)
	if len(lines) != 1 || lines[0].Kind != alerts.Ceiling || lines[0].Opened != ceiling || !lines[0].Since.Equal(begun) || !lines[0].Paused() || lines[0].PersonName != cast.Noe.Name || lines[0].OfficeName != cast.CSR.Name {
		t.Fatalf("raised %+v", lines)
	}
	for name, id := range map[string]ids.ID[journal.Referral]{"one that was open": referrals[0], "the sixteenth again": referrals[ceiling], "another": referrals[ceiling+1], "what is not there": ids.New[journal.Referral]()} {
		wants(t, name+", while paused", h.gate.Admit(noe, id), alerts.ErrPaused)
	}
	h.clock = h.clock.Add(48 * time.Hour)
	wants(t, "two days later", h.gate.Admit(noe, referrals[0]), alerts.ErrPaused)
	if n := len(h.list(t, cast.Karim)); n != 1 {
		t.Errorf("%d alerts of one pause", n)
	}

	// Others of the office, and the same person elsewhere, go on.
	colleague := cast.Noe
	colleague.ID = ids.New[tenantdb.Person]()
	wants(t, "a colleague", h.gate.Admit(as(t, colleague), referrals[ceiling]), nil)
	wants(t, "Inès", h.gate.Admit(as(t, cast.Ines), h.refer(t, cast.ORP, 1)[0]), nil)

	id := lines[0].AlertID
	wants(t, "Noé lifts", h.alerts.Lift(noe, id, alerts.NoReason), fault.Refused(""))
	wants(t, "Léa lifts", h.alerts.Lift(as(t, cast.Lea), id, alerts.NoReason), fault.Refused(""))
	wants(t, "Karim puts it away", h.alerts.Acknowledge(as(t, cast.Karim), id, alerts.NoReason), fault.Refused(""))
	wants(t, "Karim lifts for a reason that is none", h.alerts.Lift(as(t, cast.Karim), id, "bored"), fault.Invalid("", ""))
	wants(t, "Marc of the other canton lifts", h.alerts.Lift(as(t, cast.Marc), id, alerts.NoReason), fault.NotFound())
	must(t, h.alerts.Lift(as(t, cast.Karim), id, alerts.Discussed))
	must(t, h.alerts.Lift(as(t, cast.Karim), id, alerts.Misused))
	line := h.list(t, cast.Karim)[0]
	if line.Open() || line.Paused() || line.AcknowledgedAs != alerts.Discussed || line.AcknowledgedByName != cast.Karim.Name {
		t.Errorf("lifted twice it became %+v", line)
	}
	if n := h.n(t, "select count(*) from journal_entries where action = 'pause_lifted' and person_id = $1 and reason = 'discussed'", cast.Karim.ID); n != 1 {
		t.Errorf("%d entries of one pause lifted", n)
	}

	wants(t, "Inès at the CSR's", h.gate.Admit(as(t, cast.Ines), referrals[0]), fault.NotFound())
	wants(t, "Eva at the other canton's", h.gate.Admit(as(t, cast.Eva), referrals[0]), fault.NotFound())
	if n := len(h.list(t, cast.Marc)); n > 0 {
		t.Errorf("the other canton sees %d alerts", n)
	}
}

// TestAfterAPause: lifted within the hour, the next fifteen may be opened, and the one after pauses again, with an alert.
func TestAfterAPause(t *testing.T) {
	h := open(t)
	noe, karim := as(t, cast.Noe), as(t, cast.Karim)
	ceiling := access.ReadingOf(access.OfficeMember).Ceiling
	referrals := h.refer(t, cast.CSR, 2*ceiling+1)
	for _, id := range referrals[:ceiling] {
		must(t, h.gate.Admit(noe, id))
	}
	h.clock = h.clock.Add(time.Second)
	wants(t, "one too many", h.gate.Admit(noe, referrals[ceiling]), alerts.ErrPaused)
	must(t, h.alerts.Lift(karim, h.list(t, cast.Karim)[0].AlertID, alerts.Expected))
	h.clock = h.clock.Add(time.Second)
	for _, id := range referrals[ceiling : 2*ceiling] {
		must(t, h.gate.Admit(noe, id))
	}
	wants(t, "one too many again", h.gate.Admit(noe, referrals[2*ceiling]), alerts.ErrPaused)
	if lines := h.list(t, cast.Karim); len(lines) != 2 || !lines[0].Paused() || lines[1].Open() {
		t.Errorf("two pauses within the hour raised %+v", lines)
	}
}

// TestTheHourPasses: what was opened an hour ago no longer counts, and is no longer kept but in the journal.
func TestTheHourPasses(t *testing.T) {
	h := open(t)
	noe := as(t, cast.Noe)
	ceiling := access.ReadingOf(access.OfficeMember).Ceiling
	referrals := h.refer(t, cast.CSR, 2*ceiling)
	for i, id := range referrals {
		must(t, h.gate.Admit(noe, id))
		if h.clock = h.clock.Add(4 * time.Minute); h.n(t, "select count(*) from openings") > ceiling {
			t.Fatalf("after %d more are kept than count", i+1)
		}
	}
	if n := len(h.list(t, cast.Karim)); n > 0 {
		t.Errorf("fifteen an hour raised %d alerts", n)
	}
}

// TestABurst: twenty at once, each of another referral, from two processes: fifteen pass and not one more.
func TestABurst(t *testing.T) {
	h := open(t)
	noe := as(t, cast.Noe)
	ceiling := access.ReadingOf(access.OfficeMember).Ceiling
	other := alerts.NewGate(h.another(t), func() time.Time { return h.clock })
	var passed, refused atomic.Int64
	var all sync.WaitGroup
	for i, id := range h.refer(t, cast.CSR, ceiling+5) {
		gate := []*alerts.Gate{h.gate, other}[i%2]
		all.Go(func() {
			switch err := gate.Admit(noe, id); err {
			case nil:
				passed.Add(1)
			default:
				wants(t, "one of many", err, alerts.ErrPaused)
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if passed.Load() != int64(ceiling) || refused.Load() != 5 {
		t.Errorf("%d passed and %d were refused", passed.Load(), refused.Load())
	}
	if n := h.n(t, "select (select count(*) from pauses) * 100 + (select count(*) from alerts)"); n != 101 {
		t.Errorf("pauses and alerts: %d", n)
	}
}

// TestDecoyAtAnOffice: it is shown, and from the next request on nothing is.
func TestDecoyAtAnOffice(t *testing.T) {
	h := open(t)
	noe := as(t, cast.Noe)
	decoy := h.dossier(t, cast.Lea, "Belinda")
	bait, honest := h.referOf(t, decoy, cast.CSR, 1)[0], h.refer(t, cast.CSR, 1)[0]
	must(t, h.alerts.Mark(as(t, cast.Karim), ids.From[journal.Dossier](decoy)))
	wants(t, "an honest one", h.gate.Admit(noe, honest), nil)
	wants(t, "the decoy", h.gate.Admit(noe, bait), nil)
	wants(t, "the next", h.gate.Admit(noe, honest), alerts.ErrPaused)
	lines := h.list(t, cast.Karim)
	if len(lines) != 1 || lines[0].Kind != alerts.Decoy || lines[0].CodeName != "Belinda" || lines[0].Reference != bait.String()[:8] || !lines[0].Paused() {
		t.Fatalf("raised %+v", lines)
	}
	// The watch finds the same look in the journal, and does not tell it again.
	h.Exec(t, `insert into journal_entries (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id) values ($1, gen_random_uuid(), $2, 'office_member', $3, 'referral_seen', $4, $5)`,
		cast.Vaud.ID, cast.Noe.ID, cast.CSR.ID, decoy, bait)
	h.watched(t)
	if n := len(h.list(t, cast.Karim)); n != 1 {
		t.Errorf("%d alerts of one look", n)
	}
	must(t, h.alerts.Lift(as(t, cast.Karim), lines[0].AlertID, alerts.Misused))
	wants(t, "after the pause", h.gate.Admit(noe, honest), nil)
	must(t, h.alerts.Unmark(as(t, cast.Karim), ids.From[journal.Dossier](decoy)))
	wants(t, "what is no decoy any more", h.gate.Admit(noe, bait), nil)
	wants(t, "and the next", h.gate.Admit(noe, honest), nil)
}
