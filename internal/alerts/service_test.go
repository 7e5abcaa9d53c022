package alerts_test

import (
	"testing"
	"time"

	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
)

func TestAcknowledge(t *testing.T) {
	h := open(t)
	karim := as(t, cast.Karim)
	h.look(t, cast.Lea, 60, 0)
	h.watched(t)
	id := h.list(t, cast.Karim)[0].AlertID
	waiting := func(who cast.Person, want int) {
		t.Helper()
		if n, err := h.alerts.Waiting(as(t, who)); err != nil || n != want {
			t.Errorf("%s: %d wait, %v", who.Name, n, err)
		}
	}
	waiting(cast.Karim, 1)
	waiting(cast.Ruth, 1)
	waiting(cast.Marc, 0)
	for who, want := range map[cast.Person]error{cast.Lea: fault.Refused(""), cast.Ruth: fault.Refused(""), cast.Noe: fault.Refused(""), cast.Claire: fault.Refused(""), cast.Marc: fault.NotFound()} {
		wants(t, who.Name, h.alerts.Acknowledge(as(t, who), id, alerts.Expected), want)
	}
	wants(t, "a reason that is none", h.alerts.Acknowledge(karim, id, "bored"), fault.Invalid("", ""))
	wants(t, "lifting what is no pause", h.alerts.Lift(karim, id, alerts.Expected), fault.NotFound())
	must(t, h.alerts.Acknowledge(karim, id, alerts.Expected))
	must(t, h.alerts.Acknowledge(karim, id, alerts.Misused))
	line := h.list(t, cast.Karim)[0]
	if line.Open() || line.AcknowledgedAs != alerts.Expected || line.AcknowledgedByName != cast.Karim.Name || !line.AcknowledgedAt.Equal(h.clock) {
		t.Errorf("put away twice it became %+v", line)
	}
	if n := h.n(t, "select count(*) from journal_entries where action = 'alert_acknowledged' and person_id = $1 and reason = 'expected' and dossier_id is null", cast.Karim.ID); n != 1 {
		t.Errorf("%d entries", n)
	}
	waiting(cast.Karim, 0)
}

// TestList: those first that nobody has looked into, then the newest, page by page, each once.
func TestList(t *testing.T) {
	h := open(t)
	h.Exec(t, `insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at, acknowledged_at, acknowledged_by)
		select $1, gen_random_uuid(), 'rate', $2, 'caseworker', at, at, at, case when n % 3 = 0 then now() end, case when n % 3 = 0 then $3::uuid end
		from (select n, now() - n * interval '2 hours' as at from generate_series(1, 80) as n) as all_of_them`, cast.Vaud.ID, cast.Lea.ID, cast.Karim.ID)
	for all, want := range map[bool]int{false: 54, true: 80} {
		met := map[alerts.ID]bool{}
		ask := alerts.Ask{All: all}
		var last alerts.Line
		for pages := 0; ; pages++ {
			list, err := h.alerts.List(as(t, cast.Karim), ask)
			must(t, err)
			for _, line := range list.Lines {
				if met[line.AlertID] || !last.At.IsZero() && (line.Open() && !last.Open() || line.Open() == last.Open() && line.At.After(last.At)) {
					t.Fatalf("out of order, or twice: %+v", line)
				}
				met[line.AlertID], last = true, line
			}
			if list.Next.None() {
				break
			}
			if ask.After = alerts.ParseCursor(list.Next.String()); pages > 5 {
				t.Fatal("there is no end")
			}
		}
		if len(met) != want {
			t.Errorf("all: %t, met %d, want %d", all, len(met), want)
		}
	}
	for who, want := range map[cast.Person]error{cast.Lea: fault.Refused(""), cast.Noe: fault.Refused(""), cast.Eva: fault.Refused(""), cast.Ruth: nil, cast.Marc: nil} {
		list, err := h.alerts.List(as(t, who), alerts.Ask{All: true})
		wants(t, who.Name, err, want)
		if who.Tenant == cast.Geneve && len(list.Lines) > 0 {
			t.Errorf("%s sees %d", who.Name, len(list.Lines))
		}
	}
}

func TestMark(t *testing.T) {
	h := open(t)
	karim := as(t, cast.Karim)
	dossier := ids.From[journal.Dossier](h.dossiers[cast.Vaud])
	for name, do := range map[string]func(cast.Person) error{
		"mark":   func(who cast.Person) error { return h.alerts.Mark(as(t, who), dossier) },
		"unmark": func(who cast.Person) error { return h.alerts.Unmark(as(t, who), dossier) },
	} {
		for who, want := range map[cast.Person]error{cast.Lea: fault.Refused(""), cast.Ruth: fault.Refused(""), cast.Noe: fault.Refused(""), cast.Marc: fault.NotFound()} {
			wants(t, name+", "+who.Name, do(who), want)
		}
	}
	must(t, h.alerts.Mark(karim, dossier))
	must(t, h.alerts.Mark(karim, dossier))
	list, err := h.alerts.List(karim, alerts.Ask{})
	must(t, err)
	if len(list.Marks) != 1 || list.Marks[0].CodeName != "Amina" || list.Marks[0].MarkedByName != cast.Karim.Name {
		t.Errorf("marked %+v", list.Marks)
	}
	for _, who := range []cast.Person{cast.Ruth, cast.Marc} {
		if list, err := h.alerts.List(as(t, who), alerts.Ask{}); err != nil || len(list.Marks) > 0 {
			t.Errorf("%s sees %d decoys, %v", who.Name, len(list.Marks), err)
		}
	}
	// Who may not mark one reads nothing of it where the dossier's account is told, and who may does.
	accounts := journal.New(h.App, time.Now)
	if sheet, err := accounts.SheetOf(karim, dossier); err != nil || len(sheet.Days) > 0 {
		t.Errorf("the sheet tells of it: %+v, %v", sheet.Days, err)
	}
	for who, want := range map[cast.Person]bool{cast.Lea: false, cast.Ruth: false, cast.Karim: true} {
		account, err := accounts.OfDossier(as(t, who), dossier, journal.Filter{})
		must(t, err)
		told := false
		for _, line := range account.Lines {
			told = told || line.Action == journal.DecoyMarked
		}
		if told != want {
			t.Errorf("%s is told that it is a decoy: %t", who.Name, told)
		}
	}
	must(t, h.alerts.Unmark(karim, dossier))
	must(t, h.alerts.Unmark(karim, dossier))
	if n := h.n(t, "select count(*) * 10 + count(*) filter (where action = 'decoy_marked') from journal_entries where action like 'decoy%' and dossier_id = $1", dossier); n != 21 {
		t.Errorf("entries of marking: %d", n)
	}
}
