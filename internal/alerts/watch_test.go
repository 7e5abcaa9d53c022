package alerts_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// kinds are the alerts about somebody, with how many were opened.
func kinds(lines []alerts.Line, person cast.Person) map[alerts.Kind]int {
	found := map[alerts.Kind]int{}
	for _, line := range lines {
		if line.PersonID == person.ID {
			found[line.Kind] += line.Opened
		}
	}
	return found
}

func TestTheWatchRaises(t *testing.T) {
	h := open(t)
	h.watched(t)
	h.look(t, cast.Lea, access.ReadingOf(access.Caseworker).AlertAt-1, 0)
	h.look(t, cast.Ruth, 10, 0)
	h.watched(t)
	if lines := h.list(t, cast.Karim); len(lines) > 0 {
		t.Fatalf("too early: %+v", lines)
	}
	h.look(t, cast.Lea, 1, 0)
	h.look(t, cast.Noe, access.ReadingOf(access.OfficeMember).AlertAt, 0)
	h.look(t, cast.Claire, 100, 0)
	for range 3 {
		h.watched(t)
	}
	lines := h.list(t, cast.Karim)
	if len(lines) != 2 || kinds(lines, cast.Lea)[alerts.Rate] != 60 || kinds(lines, cast.Noe)[alerts.Rate] != 12 || lines[0].Paused() || !lines[0].Open() {
		t.Errorf("raised %+v", lines)
	}
	// More of the same is not told again within the hour.
	h.look(t, cast.Lea, 30, 0)
	h.watched(t)
	if n := len(h.list(t, cast.Karim)); n != 2 {
		t.Errorf("%d alerts of one burst", n)
	}
	if lines := h.list(t, cast.Marc); len(lines) != 1 || lines[0].PersonName != cast.Claire.Name {
		t.Errorf("the other canton sees %+v", lines)
	}
}

// TestWhatWasShownCounts: whichever page showed it, once for each dossier or referral; what nobody could read was not shown.
func TestWhatWasShownCounts(t *testing.T) {
	h := open(t)
	one := h.dossiers[cast.Vaud]
	for range 100 {
		h.seen(t, cast.Lea, journal.DossierSeen, one, 0)
	}
	h.Exec(t, `insert into journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id) select $1, gen_random_uuid(), $2, 'auditor', 'dossier_found', gen_random_uuid() from generate_series(1, 60)`, cast.Vaud.ID, cast.Ruth.ID)
	h.Exec(t, `insert into journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id) select $1, gen_random_uuid(), $2, 'coordinator', 'unreadable', gen_random_uuid() from generate_series(1, 60)`, cast.Vaud.ID, cast.Karim.ID)
	h.watched(t)
	lines := h.list(t, cast.Karim)
	if len(kinds(lines, cast.Lea)) != 0 || kinds(lines, cast.Ruth)[alerts.Rate] != 60 || kinds(lines, cast.Karim)[alerts.Rate] != 0 {
		t.Errorf("raised %+v", lines)
	}
	if n := kinds(lines, cast.Karim)[alerts.Unreadable]; n != 1 {
		t.Errorf("sixty that could not be read raised %d", n)
	}
}

// TestBeyondTheUsual: eight weeks of four a day, and then thirty; and a newcomer's thirty.
func TestBeyondTheUsual(t *testing.T) {
	h := open(t)
	for day := 2; day <= 50; day++ {
		h.look(t, cast.Lea, 4, time.Duration(day)*24*time.Hour)
		h.look(t, cast.Ruth, 20, time.Duration(day)*24*time.Hour)
	}
	for _, person := range []cast.Person{cast.Lea, cast.Ruth, cast.Karim} {
		h.look(t, person, 15, 5*time.Hour)
		h.look(t, person, 15, 0)
	}
	h.watched(t)
	lines := h.list(t, cast.Karim)
	if len(lines) != 1 || kinds(lines, cast.Lea)[alerts.BeyondUsual] != 30 || lines[0].Usual != 4 {
		t.Errorf("raised %+v", lines)
	}
	h.look(t, cast.Lea, 5, 0)
	h.watched(t)
	if n := len(h.list(t, cast.Karim)); n != 1 {
		t.Errorf("%d alerts of one day", n)
	}
}

// TestDecoy: whoever looks at one raises an alert, the coordinator who marked it as well, by whichever page.
func TestDecoy(t *testing.T) {
	h := open(t)
	karim := as(t, cast.Karim)
	decoy := h.dossier(t, cast.Lea, "Belinda")
	h.seen(t, cast.Lea, journal.DossierSeen, decoy, time.Second)
	must(t, h.alerts.Mark(karim, ids.From[journal.Dossier](decoy)))
	h.watched(t)
	if lines := h.list(t, cast.Karim); len(lines) > 0 {
		t.Fatalf("what was looked at before it was a decoy, or marking it, raised %+v", lines)
	}
	for person, action := range map[cast.Person]journal.Action{cast.Lea: journal.DossierFound, cast.Ruth: journal.SheetSeen, cast.Karim: journal.JournalSeen} {
		h.seen(t, person, action, decoy, 0)
		h.seen(t, person, action, decoy, 0)
		h.seen(t, person, action, h.dossiers[cast.Vaud], 0)
	}
	h.clock = h.clock.Add(time.Minute)
	h.watched(t)
	lines := h.list(t, cast.Karim)
	if len(lines) != 3 || lines[0].CodeName != "Belinda" || lines[0].Kind != alerts.Decoy || lines[0].Paused() {
		t.Errorf("raised %+v", lines)
	}
	if n := len(h.list(t, cast.Marc)); n > 0 {
		t.Errorf("the other canton sees %d", n)
	}
}

// TestTheWatchIsKilled: what it did not finish it does again, what happened while nobody watched it finds, and nothing twice.
func TestTheWatchIsKilled(t *testing.T) {
	h := open(t)
	decoy := h.dossier(t, cast.Lea, "Belinda")
	must(t, h.alerts.Mark(as(t, cast.Karim), ids.From[journal.Dossier](decoy)))
	h.Exec(t, "update decoys set marked_at = now() - interval '10 days'")
	h.watched(t)
	// It was last seen three days ago. Two days ago somebody read a lot, within an hour, and opened the decoy.
	h.Exec(t, "update watches set until = now() - interval '3 days'")
	for quarter := range 4 {
		h.look(t, cast.Lea, 16, 48*time.Hour+time.Duration(quarter)*14*time.Minute)
	}
	h.seen(t, cast.Ruth, journal.DossierSeen, decoy, 50*time.Hour)
	// Killed while it writes: at the end, where it notes how far it has come.
	h.Exec(t, `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$; `)
	h.Exec(t, `create trigger die before update on watches for each row execute function die()`)
	if err := h.watch.Look(t.Context()); err == nil {
		t.Fatal("it was not killed")
	}
	if n := len(h.list(t, cast.Karim)); n != 0 {
		t.Fatalf("half of a look left %d alerts", n)
	}
	h.Exec(t, `drop trigger die on watches`)
	for range 3 {
		must(t, alerts.NewWatch(h.another(t)).Look(t.Context()))
	}
	lines := h.list(t, cast.Karim)
	if len(lines) != 2 || kinds(lines, cast.Lea)[alerts.Rate] < 60 || kinds(lines, cast.Ruth)[alerts.Decoy] != 1 {
		t.Errorf("raised %+v", lines)
	}
}

// TestALateCommit: an entry is dated when it is written and seen when it commits, which may be after a look.
func TestALateCommit(t *testing.T) {
	h := open(t)
	decoy := h.dossier(t, cast.Lea, "Belinda")
	must(t, h.alerts.Mark(as(t, cast.Karim), ids.From[journal.Dossier](decoy)))
	h.Exec(t, "update decoys set marked_at = now() - interval '1 day'")
	h.watched(t)
	writing, err := h.Owner.Begin(t.Context())
	must(t, err)
	defer func() { _ = writing.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = writing.Exec(t.Context(), `insert into journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id) values ($1, gen_random_uuid(), $2, 'caseworker', 'dossier_seen', $3)`, cast.Vaud.ID, cast.Lea.ID, decoy)
	must(t, err)
	h.watched(t)
	if n := len(h.list(t, cast.Karim)); n > 0 {
		t.Fatalf("%d alerts about what may never commit", n)
	}
	must(t, writing.Commit(t.Context()))
	h.watched(t)
	h.watched(t)
	if n := len(h.list(t, cast.Karim)); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

// TestManyWatch: of all processes one looks at a time, and what it raises is raised once.
func TestManyWatch(t *testing.T) {
	h := open(t)
	h.look(t, cast.Lea, 80, 0)
	var all sync.WaitGroup
	for range 4 {
		watch := alerts.NewWatch(h.another(t))
		all.Go(func() {
			for range 5 {
				if err := watch.Look(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := len(h.list(t, cast.Karim)); n != 1 {
		t.Errorf("%d alerts", n)
	}
	// While somebody is at it, another one leaves at once, and misses nothing of its own.
	err := h.App.Alone(t.Context(), 0x70617373616c6572, func(ctx context.Context) error { return alerts.NewWatch(h.another(t)).Look(ctx) })
	if err != nil {
		t.Error(err)
	}
}

// TestOneTenantsTrouble keeps nobody from watching the others.
func TestOneTenantsTrouble(t *testing.T) {
	h := open(t)
	h.look(t, cast.Lea, 80, 0)
	h.look(t, cast.Claire, 80, 0)
	h.Exec(t, `create function die() returns trigger language plpgsql as $$ begin if new.tenant_id = '`+cast.Geneve.ID.String()+`' then raise exception 'killed'; end if; return new; end $$`)
	h.Exec(t, `create trigger die before insert on watches for each row execute function die()`)
	var broken *tenantdb.Error
	if err := h.watch.Look(t.Context()); !errors.As(err, &broken) {
		t.Errorf("the trouble is told as %v", err)
	}
	if n, m := len(h.list(t, cast.Karim)), len(h.list(t, cast.Marc)); n != 1 || m != 0 {
		t.Errorf("Karim sees %d, Marc %d", n, m)
	}
}
