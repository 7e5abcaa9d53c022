package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"passerelle/internal/cast"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// everyEntry is what a canton's journal holds, whoever looks.
func (w *world) everyEntry(t testing.TB, who cast.Person) (entries []uuid.UUID) {
	t.Helper()
	if err := w.Owner.QueryRow(t.Context(), "select coalesce(array_agg(entry_id order by transaction, entry_id), '{}') from journal_entries where tenant_id = $1", who.Tenant.ID).Scan(&entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

// whole checks that each entry of a canton has one leaf, and that the tree is the one that a verifier makes of them.
func (w *world) whole(t testing.TB, who cast.Person, entries int) {
	t.Helper()
	leaves, all := w.leaves(t, who), w.everyEntry(t, who)
	if len(leaves) != entries || len(all) != entries {
		t.Errorf("%s: %d leaves of %d entries, want %d", who.Tenant.Slug, len(leaves), len(all), entries)
	}
	slices.SortFunc(leaves, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if !slices.Equal(leaves, all) {
		t.Errorf("%s: the leaves are not those of the entries", who.Tenant.Slug)
	}
	signed := w.bundle(t, who, 0)
	if verdict, err := verify(w.export(t, who), signed.Key, signed.File); err != nil || verdict.Entries != int64(entries) {
		t.Errorf("%s: %+v, %v", who.Tenant.Slug, verdict, err)
	}
}

func TestEachCantonHasATreeOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 3)
	w.leave(t, cast.Claire, 4)
	w.pass(t)
	w.leave(t, cast.Lea, 2)
	w.pass(t)
	if got := w.leaves(t, cast.Lea); !slices.Equal(got, w.everyEntry(t, cast.Lea)) {
		t.Error("the leaves do not follow the transactions")
	}
	w.whole(t, cast.Lea, 5)
	w.whole(t, cast.Claire, 4)
	// Signed without having been asked, within the hour once.
	w.pass(t)
	var signed []int64
	if err := w.Owner.QueryRow(t.Context(), "select array_agg(size order by checkpoint) from journal_checkpoints where tenant_id = $1", cast.Vaud.ID).Scan(&signed); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(signed, []int64{3, 5}) { // by the first pass, and by whole
		t.Errorf("signed %v", signed)
	}
	// Nobody of either canton sees the tree, and the sequencer sees nobody.
	for _, who := range []cast.Person{cast.Lea, cast.Claire, cast.Noe} {
		err := w.App.View(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
			_, err := tx.Select().Table("journal_leaves").Count(ctx)
			return err
		})
		var refused *tenantdb.Error
		if !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s reads leaves: %v", who.Name, err)
		}
	}
	if _, err := w.Tenant(t.Context(), "zurich"); err == nil || !strings.Contains(err.Error(), "there is no tenant zurich") {
		t.Errorf("got %v", err)
	}
}

// What is hashed is every column of an entry, in a form that never changes.
func TestTheFormOfARecord(t *testing.T) {
	w := newWorld(t)
	w.Exec(t, `insert into journal_entries (tenant_id, transaction, entry_id, at, person_id, role, office_id, action, dossier_id, referral_id, data_classes, reason, request_id)
		values ($1, '3', 'e0000000-0000-4000-8000-000000000001', '2026-05-03 14:10:00.5+02', $2, 'office_member', 'e0000000-0000-4000-8000-000000000002', 'referral_seen',
			'e0000000-0000-4000-8000-000000000003', 'e0000000-0000-4000-8000-000000000004', '{permit,income}', 'asked', null)`, cast.Vaud.ID, cast.Noe.ID)
	lines := strings.Split(w.export(t, cast.Lea), "\n")
	want := `{"v":1,"tenant_id":"` + cast.Vaud.ID.String() + `","transaction":"3","entry_id":"e0000000-0000-4000-8000-000000000001","at":"2026-05-03T12:10:00.500000Z",` +
		`"person_id":"` + cast.Noe.ID.String() + `","role":"office_member","office_id":"e0000000-0000-4000-8000-000000000002","action":"referral_seen",` +
		`"dossier_id":"e0000000-0000-4000-8000-000000000003","referral_id":"e0000000-0000-4000-8000-000000000004","data_classes":["permit","income"],"reason":"asked","request_id":null}`
	if lines[1] != want {
		t.Errorf("got\n%s\nwant\n%s", lines[1], want)
	}
	var columns []string
	if err := w.Owner.QueryRow(t.Context(), "select array_agg(attname::text) from pg_attribute where attrelid = 'journal_entries'::regclass and attnum > 0 and not attisdropped").Scan(&columns); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &fields); err != nil {
		t.Fatal(err)
	}
	for _, column := range columns {
		if _, ok := fields[column]; !ok {
			t.Errorf("%s is not hashed: a new column needs a new version of the record", column)
		}
	}
	if len(fields) != len(columns)+1 {
		t.Errorf("%d fields for %d columns", len(fields), len(columns))
	}
	w.pass(t)
	var hash string
	if err := w.Owner.QueryRow(t.Context(), `select encode(sha256('\x00'::bytea || convert_to($1, 'UTF8')), 'hex') || ' ' || encode(hashes, 'hex') from journal_leaves`, want).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if computed, stored, _ := strings.Cut(hash, " "); computed != stored {
		t.Errorf("the leaf %s is not the hash of the line, %s", stored, computed)
	}
}

// T44: two at once, without the lock that keeps them apart, make one tree without a gap.
func TestTwoSequencersMakeNoFork(t *testing.T) {
	w := newWorld(t)
	two := []*journal.Sequencer{w.Sequencer, w.another(t), w.another(t)}
	writing, stop := context.WithCancel(t.Context())
	var sequencers, writers sync.WaitGroup
	for _, sequencer := range two {
		sequencers.Go(func() {
			for writing.Err() == nil {
				if err := sequencer.Pass(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 3 {
		writers.Go(func() { w.leave(t, cast.Lea, 60); w.leave(t, cast.Claire, 20) })
	}
	// They sign at once as well.
	var mu sync.Mutex
	var held []journal.Held
	for _, sequencer := range two {
		writers.Go(func() {
			for range 5 {
				signed, err := sequencer.Bundle(t.Context(), cast.Vaud.ID, 0)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				held = append(held, journal.Held{Name: fmt.Sprint(len(held)), File: signed.File})
				mu.Unlock()
			}
		})
	}
	writers.Wait()
	stop()
	sequencers.Wait()
	w.pass(t)
	w.whole(t, cast.Lea, 180)
	w.whole(t, cast.Claire, 60)
	// Whatever was signed meanwhile was signed of one tree.
	if _, err := journal.Verify(strings.NewReader(w.export(t, cast.Lea)), held, w.bundle(t, cast.Lea, 0).Key); err != nil || len(held) == 0 {
		t.Errorf("%d checkpoints: %v", len(held), err)
	}
}

// The database itself makes a fork and a gap impossible, whoever writes.
func TestTheDatabaseTakesNoForkAndNoGap(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 3)
	signed := w.bundle(t, cast.Lea, 0)
	leaf := func(leaves string) string {
		return "insert into journal_leaves (tenant_id, leaf, transaction, entry_id, hashes) select '" + cast.Vaud.ID.String() + "', leaf, '9', gen_random_uuid(), sha256('') from unnest(array[" + leaves + "]) as leaf"
	}
	checkpoint := func(values string) string {
		return "insert into journal_checkpoints (tenant_id, checkpoint, size, root, complete_until, note) values ('" + cast.Vaud.ID.String() + "', " + values + ", 'x')"
	}
	for name, c := range map[string]struct{ statement, want string }{
		"a leaf twice":            {leaf("2"), "journal_leaves_pkey"},
		"a gap":                   {leaf("4"), "journal_leaves_follow_each_other"},
		"a gap within":            {leaf("3, 5"), "journal_leaves_follow_each_other"},
		"below zero":              {leaf("-1"), "journal_leaves_are_counted_from_zero"},
		"half a hash":             {"insert into journal_leaves (tenant_id, leaf, transaction, entry_id, hashes) values ('" + cast.Vaud.ID.String() + "', 3, '9', gen_random_uuid(), '\\x00')", "journal_leaves_hold_whole_hashes"},
		"an entry twice":          {"insert into journal_leaves (tenant_id, leaf, transaction, entry_id, hashes) select tenant_id, 3, transaction, entry_id, hashes from journal_leaves where leaf = 1", "journal_leaves_take_each_entry_once"},
		"a checkpoint twice":      {checkpoint("1, 3, sha256(''), now()"), "journal_checkpoints_pkey"},
		"a checkpoint left out":   {checkpoint("3, 3, sha256(''), now()"), "journal_checkpoints_go_on_from_each_other"},
		"a smaller checkpoint":    {checkpoint("2, 2, sha256(''), now()"), "journal_checkpoints_go_on_from_each_other"},
		"another root":            {checkpoint("2, 3, sha256(''), now()"), "journal_checkpoints_go_on_from_each_other"},
		"an older checkpoint":     {"insert into journal_checkpoints (tenant_id, checkpoint, size, root, complete_until, note) select tenant_id, 2, size, root, complete_until - interval '1 second', '' from journal_checkpoints where checkpoint = 1", "journal_checkpoints_go_on_from_each_other"},
		"of leaves not there yet": {checkpoint("2, 4, sha256(''), now()"), "journal_checkpoints_go_on_from_each_other"},
	} {
		_, err := w.Owner.Exec(t.Context(), c.statement) // a superuser
		var refusal *pgconn.PgError
		if !errors.As(err, &refusal) || refusal.ConstraintName != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := verify(w.export(t, cast.Lea), signed.Key, signed.File); err != nil {
		t.Error(err)
	}
}

// T42: nobody changes the journal or its tree; the owner and a superuser are refused as well.
func TestNobodyChangesTheJournalOrItsTree(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 3)
	w.bundle(t, cast.Lea, 0)
	w.Exec(t, "grant all on journal_entries, journal_leaves, journal_checkpoints to passerelle_app, passerelle_sequencer")
	for _, role := range []string{"passerelle_app", "passerelle_sequencer", "passerelle_owner", "postgres"} {
		for _, table := range []string{"journal_entries", "journal_leaves", "journal_checkpoints"} {
			for _, act := range []string{"update " + table + " set tenant_id = tenant_id", "delete from " + table, "truncate " + table} {
				_, err := w.Owner.Exec(t.Context(), "begin; set local role "+role+"; set local app.scope = 'sequencer'; set local app.tenant_id = '"+cast.Vaud.ID.String()+"'; "+
					"set local session_replication_role = default; "+act+"; rollback")
				if err == nil && role != "postgres" { // whom the fence shows no row to change changes none
					continue
				}
				var refusal *pgconn.PgError
				if !errors.As(err, &refusal) || refusal.Code != "42501" {
					t.Errorf("%s as %s: %v", act, role, err)
				}
			}
		}
	}
	w.whole(t, cast.Lea, 3)
}

// T44: whoever hashes is killed between writing and committing; the next one goes on without a gap.
func TestASequencerIsKilledBeforeItCommits(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 3)
	w.pass(t)
	w.leave(t, cast.Lea, 4)
	// Committing waits for a lock that somebody else has.
	w.Exec(t, `create function wait_to_commit() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(44); return null; end $$`)
	w.Exec(t, `create constraint trigger wait_to_commit after insert on journal_leaves deferrable initially deferred for each row execute function wait_to_commit()`)
	w.Exec(t, `grant execute on function wait_to_commit() to passerelle_sequencer; alter role passerelle_sequencer in database `+w.name(t)+` set lock_timeout = '30s'`)
	held, err := w.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	if _, err := held.Exec(t.Context(), "select pg_advisory_lock(44)"); err != nil {
		t.Fatal(err)
	}
	killed, kill := context.WithCancel(t.Context())
	done := make(chan error, 1)
	dying := w.another(t)
	go func() { done <- dying.Pass(killed) }()
	for waiting := false; !waiting; time.Sleep(5 * time.Millisecond) {
		if err := w.Owner.QueryRow(t.Context(), "select exists (select from pg_stat_activity where usename = 'passerelle_sequencer' and datname = current_database() and wait_event = 'advisory')").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	kill()
	w.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'passerelle_sequencer' and datname = current_database() and wait_event = 'advisory'")
	if err := <-done; err == nil {
		t.Error("a pass that was killed says that it went well")
	}
	if _, err := held.Exec(t.Context(), "select pg_advisory_unlock(44)"); err != nil {
		t.Fatal(err)
	}
	w.Exec(t, "drop trigger wait_to_commit on journal_leaves; alter role passerelle_sequencer in database "+w.name(t)+" reset all")
	if got := len(w.leaves(t, cast.Lea)); got != 3 {
		t.Fatalf("%d leaves stay of what was not committed", got)
	}
	w.leave(t, cast.Lea, 1)
	w.pass(t)
	w.whole(t, cast.Lea, 8)
}

func (w *world) name(t testing.TB) (name string) {
	t.Helper()
	if err := w.Owner.QueryRow(t.Context(), "select current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

// T44: while nobody hashes, it is told how long entries have waited; once somebody does, none is missing.
func TestAnIdleSequencerIsTold(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 2)
	w.Exec(t, "insert into journal_entries (tenant_id, entry_id, at, person_id, role, action) values ($1, gen_random_uuid(), now() - interval '1 minute', $2, 'caseworker', 'dossiers_searched')", cast.Vaud.ID, cast.Lea.ID)
	hung, err := w.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hung.Release()
	if _, err := hung.Exec(t.Context(), "select pg_advisory_lock($1)", journal.Sequencing); err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(running) }()
	defer func() { stop(); <-done }()
	await := func(what string, is func() bool) {
		t.Helper()
		for until := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("%s did not happen; told: %s", what, w.log)
			}
		}
	}
	await("telling of the backlog", func() bool { return strings.Contains(w.log.String(), "wait to be hashed") })
	if told := w.log.String(); !strings.Contains(told, "tenant="+cast.Vaud.ID.String()+" entries=3 oldest=1m") {
		t.Errorf("told %s", told)
	}
	standing, err := w.Status(t.Context())
	if err != nil || len(standing) != 2 || standing[1].Slug != "vaud" || standing[1].Backlog.Entries != 3 || standing[1].Backlog.Seconds < 60 || standing[1].Hashed != 0 || standing[0].Backlog.Entries != 0 {
		t.Errorf("%+v, %v", standing, err)
	}
	if _, err := hung.Exec(t.Context(), "select pg_advisory_unlock($1)", journal.Sequencing); err != nil {
		t.Fatal(err)
	}
	await("hashing", func() bool { return len(w.leaves(t, cast.Lea)) == 3 })
	await("signing", func() bool {
		standing, err := w.Status(t.Context())
		return err == nil && standing[1].Signed == 3 && standing[1].Hashed == 3 && standing[1].Backlog.Entries == 0
	})
}

// An entry whose transaction has not ended is waited for, and so is what came after it: nothing is signed as complete.
func TestNothingIsSignedThatMayBeIncomplete(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 1)
	w.pass(t)
	slow, err := w.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := slow.Exec(t.Context(), "insert into journal_entries (tenant_id, entry_id, person_id, role, action) values ($1, gen_random_uuid(), $2, 'caseworker', 'dossiers_searched')", cast.Vaud.ID, cast.Lea.ID); err != nil {
		t.Fatal(err)
	}
	w.leave(t, cast.Lea, 2)
	w.SetPatience(50 * time.Millisecond)
	if _, err := w.Bundle(t.Context(), cast.Vaud.ID, 0); !errors.Is(err, journal.ErrUnsettled) {
		t.Errorf("signed: %v", err)
	}
	w.pass(t)
	if got := len(w.leaves(t, cast.Lea)); got != 1 {
		t.Errorf("%d leaves, and the entry before them may still come", got)
	}
	w.SetPatience(10 * time.Second)
	time.AfterFunc(100*time.Millisecond, func() { _ = slow.Commit(context.WithoutCancel(t.Context())) })
	if signed := w.bundle(t, cast.Lea, 0); signed.Size != 4 {
		t.Errorf("%d entries were signed, of 4", signed.Size)
	}
	w.whole(t, cast.Lea, 4)
}

// A database that was restored into a server which has given out fewer numbers of transactions is hashed on.
func TestARestoredJournalGoesOn(t *testing.T) {
	w := newWorld(t)
	before := "insert into journal_entries (tenant_id, transaction, entry_id, at, person_id, role, action) select $1, (900000000 + n)::text::xid8, gen_random_uuid(), now() - interval '1 hour', $2, 'caseworker', 'dossiers_searched' from generate_series(1, 3) as n"
	w.Exec(t, before, cast.Vaud.ID, cast.Lea.ID)
	w.pass(t)
	w.leave(t, cast.Lea, 2)
	w.pass(t)
	w.whole(t, cast.Lea, 5)
	w.leave(t, cast.Lea, 1)
	w.pass(t)
	w.whole(t, cast.Lea, 6)
}

// The first goal is 500 entries a second.
func TestMeasuredSequencing(t *testing.T) {
	w := newWorld(t)
	const entries = 20_000
	w.Exec(t, `insert into journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id, request_id)
		select $1, gen_random_uuid(), $2, 'caseworker', 'dossier_seen', gen_random_uuid(), gen_random_uuid() from generate_series(1, $3::int)`, cast.Vaud.ID, cast.Lea.ID, entries)
	began := time.Now()
	w.pass(t)
	rate := float64(entries) / time.Since(began).Seconds()
	t.Logf("%.0f entries a second are hashed", rate)
	if got := len(w.leaves(t, cast.Lea)); got != entries {
		t.Fatalf("%d leaves", got)
	}
	if rate < 1500 {
		t.Errorf("%.0f entries a second, want thrice 500 at least", rate)
	}
	began = time.Now()
	signed := w.bundle(t, cast.Lea, 0)
	t.Logf("signing with the fingerprints takes %s, and makes %d kB", time.Since(began).Round(time.Millisecond), len(signed.File)/1000)
	// 100 000 entries have to fit into a mailbox.
	if len(signed.File) > entries*20 {
		t.Errorf("a bundle of %d entries has %d bytes", entries, len(signed.File))
	}
	began = time.Now()
	export := w.export(t, cast.Lea)
	if _, err := verify(export, signed.Key, signed.File); err != nil {
		t.Error(err)
	}
	t.Logf("exporting and verifying takes %s", time.Since(began).Round(time.Millisecond))
}
