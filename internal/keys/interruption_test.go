package keys_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// world has a file in each of two cantons, and what opens both.
type world struct {
	*pgtest.Database
	files []file
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{Database: pgtest.New(t)}
	pgtest.Cast(t, w.Database)
	p := newProcess(w.Database, w.Ring(t))
	for _, pair := range [][2]cast.Person{{cast.Lea, cast.Noe}, {cast.Claire, cast.Eva}} {
		f, err := write(t.Context(), w.Database, p, pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		w.files = append(w.files, f)
	}
	return w
}

// readable reads everything in a process that remembers nothing.
func (w world) readable(t testing.TB, master keys.Master, when string) {
	t.Helper()
	p := newProcess(w.Database, ringWith(t, w.Database, master))
	for _, f := range w.files {
		if err := read(t.Context(), w.Database, p, f); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
}

// interrupting ends a rotation when it tells of its nth step, which is anywhere: before and after each exchange.
func (w world) interrupting(t testing.TB, master keys.Master, n int) (context.Context, *keys.Rotation) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	step := func() {
		if n--; n == 0 {
			cancel()
		}
	}
	return ctx, chosenRotation(t, w.Database, master, keys.RotationOptions{
		Wait:  func(ctx context.Context, _ string, _ time.Duration) error { step(); return ctx.Err() },
		Begin: func(string, int) func(int) { step(); return func(int) { step() } },
	})
}

// A rotation that is stopped anywhere leaves everything readable, and the next one brings it to its end: one key in use
// everywhere, and that a new one.
func TestWhatIsInterruptedGoesOn(t *testing.T) {
	w := newWorld(t)
	masters := keys.Together(newMaster(t), pgtest.Master())
	interruptions := 0
	for _, level := range []string{"master", "tenants", "dossiers", "referrals", "people", "lodgings", "directories"} {
		before := w.status(t)
		for n, ended := 1, false; !ended && !t.Failed(); n++ {
			t.Run(fmt.Sprintf("%s, stopped at %d", level, n), func(t *testing.T) {
				ctx, rotation := w.interrupting(t, masters, n)
				err := levels(rotation)[level](ctx)
				w.readable(t, masters, level)
				switch {
				case err == nil:
					ended = true
				case errors.Is(err, context.Canceled):
					interruptions++
				default:
					t.Fatal(err)
				}
			})
		}
		after := w.status(t)
		for i, tenant := range after.Tenants {
			for _, holders := range tenant.Holders {
				if (holders.Kind == keys.Connection || holders.Kind == keys.Move) && holders.Keysets == 0 {
					continue // nobody of the cast signs in with a secret here, or moves
				}
				if holders.Added+holders.Promoted+holders.Enabled+holders.Disabled+holders.Lost > 0 || holders.Primary == 0 {
					t.Errorf("%s: %+v", level, holders)
				}
			}
			same := tenant.Master == before.Tenants[i].Master && primary(tenant) == primary(before.Tenants[i])
			if same == (level == "master" || level == "tenants") {
				t.Errorf("%s: %+v, before %+v", level, tenant, before.Tenants[i])
			}
		}
	}
	if interruptions < 30 {
		t.Errorf("stopped %d times only", interruptions)
	}
}

func primary(tenant keys.TenantStatus) string {
	for _, key := range tenant.Keys {
		if key.State == "primary" {
			return key.Key
		}
	}
	return ""
}

func (w world) status(t testing.TB) keys.Status {
	t.Helper()
	status, err := rotationOf(t, w.Database, nil, nobody).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// A key under which something lies is let go of by nobody; it is said how much.
func TestAKeyInUseIsKept(t *testing.T) {
	w := newWorld(t)
	refused := func(what string, count int, err error) {
		t.Helper()
		var refusal *keys.InUseError
		if !errors.As(err, &refusal) || refusal.Count != count {
			t.Errorf("%s: %v, want a refusal for %d", what, err, count)
		}
		w.readable(t, pgtest.Master(), what)
	}
	// Stopped when the new keys are promoted, and nothing is sealed or wrapped anew.
	stopBefore := func(what string) (context.Context, *keys.Rotation) {
		ctx, cancel := context.WithCancel(t.Context())
		return ctx, chosenRotation(t, w.Database, pgtest.Master(), keys.RotationOptions{Begin: func(begun string, _ int) func(int) {
			if strings.HasPrefix(begun, what) {
				cancel()
			}
			return func(int) {}
		}})
	}
	ctx, rotation := stopBefore("Sealing anew")
	if err := rotation.Holders(ctx, keys.Dossier); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// In each canton the particulars, two texts, an interpreter, and why the phase was set.
	refused("dossiers", 10, keys.DisableTooEarly(t.Context(), rotationOf(t, w.Database, pgtest.Master(), nobody), keys.Dossier))
	ctx, rotation = stopBefore("Wrapping")
	if err := rotation.Tenants(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	refused("tenants", 5, keys.DisableTenantsTooEarly(t.Context(), rotationOf(t, w.Database, pgtest.Master(), nobody)))

	// The rest of the way; then a backup of the data comes back, sealed under what is disabled by now.
	w.Exec(t, "create schema backup; create table backup.beneficiaries as select * from beneficiaries")
	rotation = rotationOf(t, w.Database, pgtest.Master(), nobody)
	for name, level := range levels(rotation) {
		if err := level(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	w.Exec(t, "update beneficiaries b set particulars = o.particulars from backup.beneficiaries o where b.dossier_id = o.dossier_id")
	var refusal *keys.InUseError
	if err := rotation.DropHolders(t.Context(), keys.Dossier, 0); !errors.As(err, &refusal) || refusal.Count != 2 {
		t.Fatalf("dropping: %v", err)
	}
	if err := rotation.Holders(t.Context(), keys.Dossier); err != nil {
		t.Fatal(err)
	}
	w.readable(t, pgtest.Master(), "a backup, sealed anew")
	// Keys that were disabled a moment ago are kept.
	if err := rotation.DropHolders(t.Context(), keys.Dossier, time.Hour); err != nil {
		t.Fatal(err)
	}
	several := func() int { return w.status(t).Tenants[0].Holders[0].Several }
	if several() != 1 {
		t.Error("an old key was dropped too early")
	}
	if err := rotation.DropHolders(t.Context(), keys.Dossier, 0); err != nil || several() != 0 {
		t.Errorf("an old key that nothing needs was kept: %v", err)
	}
	w.readable(t, pgtest.Master(), "old keys dropped")
}

// Two at once do no harm: the second is told, and does nothing.
func TestOneRotationAtATime(t *testing.T) {
	w := newWorld(t)
	waiting, goOn := make(chan struct{}), make(chan struct{})
	first := rotationOf(t, w.Database, pgtest.Master(), func(context.Context, string, time.Duration) error {
		select {
		case waiting <- struct{}{}:
			<-goOn
		case <-goOn:
		}
		return nil
	})
	ended := make(chan error)
	go func() { ended <- first.Tenants(t.Context()) }()
	<-waiting
	for name, level := range levels(rotationOf(t, w.Database, pgtest.Master(), nobody)) {
		if err := level(t.Context()); !errors.Is(err, keys.ErrUnderWay) {
			t.Errorf("%s: %v", name, err)
		}
	}
	close(goOn)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := rotationOf(t, w.Database, pgtest.Master(), nobody).Master(t.Context()); err != nil {
		t.Error(err)
	}
}

// What was destroyed stays so; what is broken keeps its old keys, is named, and holds up nobody else; who was not chosen
// is left alone.
func TestWhatARotationLeavesAlone(t *testing.T) {
	w := newWorld(t)
	ring := w.Ring(t)
	gone := keys.Holder{Kind: keys.Dossier, ID: w.files[0].dossier.UUID()}
	another, err := write(t.Context(), w.Database, newProcess(w.Database, ring), cast.Lea, cast.Noe)
	if err != nil {
		t.Fatal(err)
	}
	w.Exec(t, "update beneficiaries set particulars = set_byte(particulars, 30, get_byte(particulars, 30) # 1) where dossier_id = $1", another.dossier)
	before := w.status(t)
	destroyed := false
	rotation := chosenRotation(t, w.Database, pgtest.Master(), keys.RotationOptions{Tenants: []string{cast.Vaud.Slug}, Wait: func(ctx context.Context, _ string, _ time.Duration) error {
		if !destroyed {
			destroyed = true
			return ring.Destroy(as(t, cast.Lea), gone)
		}
		return nil
	}})
	err = rotation.Holders(t.Context(), keys.Dossier)
	if !errors.Is(err, keys.ErrForged) || !strings.Contains(err.Error(), another.dossier.String()) {
		t.Errorf("what is broken is not named: %v", err)
	}
	if _, err := w.Ring(t).Box(as(t, cast.Lea), gone); !errors.Is(err, keys.ErrDestroyed) {
		t.Errorf("made anew: %v", err)
	}
	after := w.status(t)
	for i, tenant := range after.Tenants {
		holders := tenant.Holders[0]
		if tenant.Name == cast.Vaud.Slug && (holders.Keysets != 1 || holders.Promoted != 1) || tenant.Name == cast.Geneve.Slug && holders != before.Tenants[i].Holders[0] {
			t.Errorf("%s: %+v", tenant.Name, holders)
		}
	}
	if _, err := chosenRotation(t, w.Database, nil, keys.RotationOptions{Tenants: []string{"zug"}}).Status(t.Context()); err == nil || !strings.Contains(err.Error(), "there is no tenant zug") {
		t.Errorf("got %v", err)
	}
	if err := rotationOf(t, w.Database, newMaster(t), nobody).Master(t.Context()); err == nil || !strings.Contains(err.Error(), "is this the master key") {
		t.Errorf("another master key: %v", err)
	}
	if err := rotationOf(t, w.Database, keys.Together(newMaster(t), newMaster(t)), nobody).Master(t.Context()); err == nil || !strings.Contains(err.Error(), "which is not set") {
		t.Errorf("two others: %v", err)
	}
}

// A rotation is never stopped for good by somebody who writes meanwhile: what they write is not lost.
func TestWhoWritesMeanwhileIsNotOverwritten(t *testing.T) {
	w := newWorld(t)
	f := w.files[0]
	p := newProcess(w.Database, ringWith(t, w.Database, pgtest.Master()))
	holder := keys.Holder{Kind: keys.Person, ID: cast.Noe.ID.UUID()}
	stale, err := p.ring.Box(as(t, cast.Noe), holder)
	if err != nil {
		t.Fatal(err)
	}
	// Noé's row is locked and changed, under the old key, while it is sealed anew.
	tx, err := w.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	row := parked{f.parked, keys.Of("changed meanwhile")}
	if err := stale.Seal(&row); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "update parked_forms set form_values = $1 where parked_form_id = $2", row.FormValues.Ciphertext(), f.parked); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- rotationOf(t, w.Database, pgtest.Master(), nobody).Holders(t.Context(), keys.Person) }()
	eventually(t, "the rotation waits", func() bool {
		var waits bool
		if err := w.Owner.QueryRow(t.Context(), "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')").Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return waits
	})
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	fresh, err := w.Ring(t).Box(as(t, cast.Noe), holder)
	if err != nil {
		t.Fatal(err)
	}
	var kept []byte
	if err := w.Owner.QueryRow(t.Context(), "select form_values from parked_forms where parked_form_id = $1", f.parked).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	got := parked{ID: f.parked}
	if err := errors.Join(got.FormValues.Scan(kept), fresh.Open(&got)); err != nil || got.FormValues.Get() != "changed meanwhile" {
		t.Errorf("read %q: %v", got.FormValues.Get(), err)
	}
	if status := w.status(t); status.Tenants[0].Holders[2].Enabled+status.Tenants[1].Holders[2].Enabled != 0 {
		t.Errorf("left under the old key: %+v", status)
	}
}
