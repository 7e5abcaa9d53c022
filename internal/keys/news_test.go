package keys_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// eventually waits for what another process has to hear of first.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

// gone says whether a ring opens the keys of a holder no more.
func gone(t testing.TB, ring *keys.Ring, who cast.Person, holder keys.Holder) bool {
	t.Helper()
	_, err := ring.Box(as(t, who), holder)
	if err != nil && !errors.Is(err, keys.ErrDestroyed) {
		t.Fatal(err)
	}
	return err != nil
}

func TestEveryProcessForgetsWhatIsDestroyed(t *testing.T) {
	db := pgtest.New(t)
	here, there := db.Ring(t), db.Ring(t)
	holder, sibling := created(t, here, cast.Lea, referral()), created(t, here, cast.Lea, referral())
	created(t, here, cast.Claire, holder)
	for _, ring := range []*keys.Ring{here, there} {
		box(t, ring, cast.Lea, holder)
		box(t, ring, cast.Noe, holder)
		box(t, ring, cast.Lea, sibling)
		box(t, ring, cast.Claire, holder)
	}
	// What nobody was told of is still remembered: the memory is there.
	silently := created(t, here, cast.Lea, referral())
	box(t, there, cast.Lea, silently)
	db.Exec(t, "delete from keys.keysets where holder_id = $1", silently.ID)
	if gone(t, there, cast.Lea, silently) {
		t.Fatal("nothing is remembered, so that nothing is shown by forgetting")
	}
	if err := here.Destroy(as(t, cast.Lea), holder); err != nil {
		t.Fatal(err)
	}
	for _, who := range []cast.Person{cast.Lea, cast.Noe} {
		eventually(t, "the other process forgets for "+who.Name, func() bool { return gone(t, there, who, holder) })
	}
	if gone(t, there, cast.Lea, silently) || gone(t, there, cast.Claire, holder) {
		t.Error("it forgot more than it was told")
	}
}

// Who is cut off cannot hear what is destroyed, and remembers nothing until it hears again.
func TestWhoIsCutOffRemembersNothing(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	holder := created(t, ring, cast.Lea, dossier())
	box(t, ring, cast.Lea, holder)
	// The database lets nobody in who would listen: the pool has its connection.
	db.Exec(t, "do $$ begin execute format('alter database %I connection limit 0', current_database()); end $$")
	db.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'")
	eventually(t, "the ring notices", func() bool { return !ring.Hears() })
	db.Exec(t, "delete from keys.keysets where holder_id = $1", holder.ID)
	if !gone(t, ring, cast.Lea, holder) {
		t.Error("it remembers what it had opened before")
	}
	another := created(t, ring, cast.Lea, dossier())
	box(t, ring, cast.Lea, another)
	db.Exec(t, "delete from keys.keysets where holder_id = $1", another.ID)
	if !gone(t, ring, cast.Lea, another) {
		t.Error("it remembers what it opened while it heard nothing")
	}
	db.Exec(t, "do $$ begin execute format('alter database %I connection limit -1', current_database()); end $$")
	eventually(t, "the ring hears again", ring.Hears)
	third := created(t, ring, cast.Lea, dossier())
	box(t, ring, cast.Lea, third)
	db.Exec(t, "delete from keys.keysets where holder_id = $1", third.ID)
	if gone(t, ring, cast.Lea, third) {
		t.Error("it hears, and remembers nothing")
	}
}

// A Box that has read its keyset before it was destroyed, here or elsewhere, does not put it back into memory.
func TestWhatIsBeingOpenedWhileItIsDestroyedIsNotRemembered(t *testing.T) {
	db := pgtest.New(t)
	other := db.Ring(t)
	for name, destroyer := range map[string]func(*keys.Ring) *keys.Ring{
		"here":      func(ring *keys.Ring) *keys.Ring { return ring },
		"elsewhere": func(*keys.Ring) *keys.Ring { return other },
	} {
		t.Run(name, func(t *testing.T) {
			holder := created(t, other, cast.Lea, dossier())
			read, goOn := make(chan struct{}), make(chan struct{})
			ring := ringWith(t, db, pausing{pgtest.Master(), func() { close(read); <-goOn }})
			pgtest.Hear(t, ring, db)
			opened := make(chan error)
			go func() {
				_, err := ring.Box(as(t, cast.Lea), holder)
				opened <- err
			}()
			<-read
			if err := destroyer(ring).Destroy(as(t, cast.Lea), holder); err != nil {
				t.Fatal(err)
			}
			if name == "elsewhere" {
				eventually(t, "it hears of it", func() bool { return keys.Forgot(ring) > 0 })
			}
			close(goOn)
			if err := <-opened; err != nil {
				t.Fatalf("what was read before may still be opened: %v", err)
			}
			if !gone(t, ring, cast.Lea, holder) {
				t.Error("it was remembered after it was destroyed")
			}
		})
	}
}

// pausing is a master key that takes its time: something else happens meanwhile, once.
type pausing struct {
	keys.Master
	meanwhile func()
}

func (p pausing) DecryptWithContext(ctx context.Context, ciphertext, associated []byte) ([]byte, error) {
	p.meanwhile()
	return p.Master.DecryptWithContext(ctx, ciphertext, associated)
}

// A referral that is revoked, or ends, is dropped from memory everywhere; whoever may still read it has it unwrapped anew.
func TestEveryProcessForgetsWhatIsDropped(t *testing.T) {
	db := pgtest.New(t)
	here, there := db.Ring(t), db.Ring(t)
	dropped, sibling := created(t, here, cast.Lea, referral()), created(t, here, cast.Lea, referral())
	created(t, here, cast.Claire, dropped)
	everywhere := []*keys.Ring{here, there}
	remembers := func(ring *keys.Ring, who cast.Person, holder keys.Holder) bool {
		var wrapped []byte
		if err := db.Owner.QueryRow(t.Context(), "select wrapped from keys.keysets where tenant_id = $1 and holder_id = $2", who.Tenant.ID, holder.ID).Scan(&wrapped); err != nil {
			t.Fatal(err)
		}
		// What opens while the database holds something else was remembered.
		db.Exec(t, "update keys.keysets set wrapped = '' where tenant_id = $1 and holder_id = $2", who.Tenant.ID, holder.ID)
		defer db.Exec(t, "update keys.keysets set wrapped = $3 where tenant_id = $1 and holder_id = $2", who.Tenant.ID, holder.ID, wrapped)
		_, err := ring.Box(as(t, who), holder)
		return err == nil
	}
	for _, ring := range everywhere {
		for _, who := range []cast.Person{cast.Lea, cast.Noe} {
			box(t, ring, who, dropped)
			box(t, ring, who, sibling)
			if !remembers(ring, who, dropped) {
				t.Fatal("nothing is remembered, so that nothing is shown by forgetting")
			}
		}
		box(t, ring, cast.Claire, dropped)
	}
	drop := func(who cast.Person, outcome error) error {
		return db.App.Write(as(t, who), func(ctx context.Context, tx tenantdb.Tx) error {
			return errors.Join(keys.Drop(ctx, tx, dropped), outcome)
		})
	}
	// What another canton drops, and what is undone, drops nothing: both have been heard when the last one has.
	if err := drop(cast.Lea, errors.New("undone")); err == nil {
		t.Fatal("it was not undone")
	}
	if err := drop(cast.Claire, nil); err != nil {
		t.Fatal(err)
	}
	for _, ring := range everywhere {
		eventually(t, "forgotten in Genève", func() bool { return !remembers(ring, cast.Claire, dropped) })
		if !remembers(ring, cast.Lea, dropped) || !remembers(ring, cast.Noe, dropped) {
			t.Error("it forgot what is another canton's, or what was undone")
		}
	}
	if err := drop(cast.Noe, nil); err != nil {
		t.Fatal(err)
	}
	for _, ring := range everywhere {
		for _, who := range []cast.Person{cast.Lea, cast.Noe} {
			eventually(t, "forgotten for "+who.Name, func() bool { return !remembers(ring, who, dropped) })
			if !remembers(ring, who, sibling) {
				t.Error("it forgot more than it was told")
			}
			box(t, ring, who, dropped)
		}
	}
}

// A ring that hears the keys and not the data would not hear what is dropped: it remembers nothing either.
func TestWhoHearsHalfRemembersNothing(t *testing.T) {
	db, other := pgtest.New(t), pgtest.New(t)
	ring := ringWith(t, db, pgtest.Master())
	half := *other
	half.KeysConnString = db.KeysConnString
	pgtest.Hear(t, ring, &half)
	other.Exec(t, "do $$ begin execute format('alter database %I connection limit 0', current_database()); end $$")
	other.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'")
	eventually(t, "the ring notices", func() bool { return !ring.Hears() })
	holder := created(t, ring, cast.Lea, referral())
	box(t, ring, cast.Lea, holder)
	db.Exec(t, "delete from keys.keysets where holder_id = $1", holder.ID)
	if !gone(t, ring, cast.Lea, holder) {
		t.Error("it remembers although it hears half")
	}
}

// What a person has typed is sealed under keys that no process remembers: neither the end of a session nor another
// workplace leaves any behind.
func TestAPersonsKeysAreNotRemembered(t *testing.T) {
	db := pgtest.New(t)
	ring := db.Ring(t)
	for _, who := range []cast.Person{cast.Lea, cast.Noe} {
		holder := created(t, ring, who, keys.Holder{Kind: keys.Person, ID: who.ID.UUID()})
		box(t, ring, who, holder)
		db.Exec(t, "delete from keys.keysets where holder_id = $1", holder.ID)
		if !gone(t, ring, who, holder) {
			t.Errorf("the keys of %s are remembered", who.Name)
		}
	}
}
