package live_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/cast"
	"passerelle/internal/live"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	soon    = 5 * time.Second        // by then it has arrived
	nothing = 150 * time.Millisecond // by then it would have
)

// listen starts a hub as a process of its own would have it, and waits until it hears.
func listen(t *testing.T, db *pgtest.Database) *live.Hub {
	t.Helper()
	hub := live.NewHub()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		hub.Listen(ctx, db.AppConnString)
	}()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "the hub hears", hub.Connected)
	return hub
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(soon); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func arrives(t *testing.T, what string, signal <-chan struct{}) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(soon):
		t.Fatalf("never: %s", what)
	}
}

func staysSilent(t *testing.T, what string, signal <-chan struct{}) {
	t.Helper()
	select {
	case <-signal:
		t.Fatalf("a signal: %s", what)
	case <-time.After(nothing):
	}
}

func announce(t *testing.T, db *pgtest.Database, change live.Change) {
	t.Helper()
	if err := db.App.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		return live.Announce(ctx, tx, change)
	}); err != nil {
		t.Fatal(err)
	}
}

func of(dossier uuid.UUID) func(live.Change) bool {
	return func(change live.Change) bool { return change.Dossier == dossier }
}

func TestAChangeArrivesWithItsCommit(t *testing.T) {
	db := pgtest.New(t)
	here, there := listen(t, db), listen(t, db)
	amina, other := uuid.New(), uuid.New()
	signal, leave := here.Subscribe(of(amina), "")
	elsewhere, leaveElsewhere := there.Subscribe(of(amina), "")
	defer leaveElsewhere()
	bystander, leaveBystander := here.Subscribe(of(other), "")
	defer leaveBystander()

	refused := errors.New("the rule says no")
	if err := db.App.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := live.Announce(ctx, tx, live.Change{Tenant: cast.Vaud.ID, Dossier: amina}); err != nil {
			return err
		}
		staysSilent(t, "before the commit", signal)
		return refused
	}); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	staysSilent(t, "after a rollback", signal)

	announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: amina})
	arrives(t, "the change in this process", signal)
	arrives(t, "the change in another process", elsewhere)
	staysSilent(t, "about another dossier", bystander)

	for range 50 { // a page that does not look holds up nobody, and has one signal waiting
		announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: amina})
	}
	arrives(t, "one signal for many changes", signal)
	leave()
	announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: amina})
	arrives(t, "the change in another process", elsewhere)
	select {
	case <-signal: // the last of the fifty may have come after the look
	default:
	}
	staysSilent(t, "after leaving", signal)
}

func TestSubscribeSinceAPosition(t *testing.T) {
	db := pgtest.New(t)
	hub := listen(t, db)
	amina, other := uuid.New(), uuid.New()
	before := hub.Position()
	announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: amina})
	eventually(t, "the position moves on", func() bool { return hub.Position() != before })
	after := hub.Position()

	for name, c := range map[string]struct {
		dossier uuid.UUID
		since   string
		told    bool
	}{
		"missed a change":           {amina, before, true},
		"missed nothing of its own": {other, before, false},
		"missed nothing":            {amina, after, false},
		"begins now":                {amina, "", false},
		"of another process":        {amina, "ABCDEFGH-0", true},
		"from the future":           {amina, after + "000", true},
		"nonsense":                  {amina, "' or 1=1", true},
	} {
		t.Run(name, func(t *testing.T) {
			signal, leave := hub.Subscribe(of(c.dossier), c.since)
			defer leave()
			if told := len(signal) == 1; told != c.told {
				t.Errorf("told: %t", told)
			}
		})
	}

	t.Run("more was missed than is remembered", func(t *testing.T) {
		if err := db.App.Write(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
			for range 1100 {
				if err := live.Announce(ctx, tx, live.Change{Tenant: cast.Vaud.ID, Dossier: uuid.New()}); err != nil {
					return err
				}
			}
			return live.Announce(ctx, tx, live.Change{Tenant: cast.Vaud.ID, Dossier: other})
		}); err != nil {
			t.Fatal(err)
		}
		signal, leave := hub.Subscribe(of(other), "")
		defer leave()
		announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: other})
		arrives(t, "the last change", signal)
		late, leaveLate := hub.Subscribe(of(uuid.New()), after)
		defer leaveLate()
		if len(late) != 1 {
			t.Error("a page that was away for long is not told to look anew")
		}
	})
}

func TestAnInterruptionCountsAsAChange(t *testing.T) {
	db := pgtest.New(t)
	hub := listen(t, db)
	var mu sync.Mutex
	var forgotten []string
	hub.OnSessionEnd(func(hash string) {
		mu.Lock()
		defer mu.Unlock()
		forgotten = append(forgotten, hash)
	})
	count := func(hash string) (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, f := range forgotten {
			if f == hash {
				n++
			}
		}
		return n
	}
	position := hub.Position()
	signal, leave := hub.Subscribe(of(uuid.New()), "")
	defer leave()

	db.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'")
	eventually(t, "the interruption is noticed", func() bool { return !hub.Connected() })
	if count("") == 0 {
		t.Error("sessions are still remembered though their end would not be heard")
	}
	arrives(t, "open pages look again once it is over", signal)
	if !hub.Connected() {
		t.Error("woken before notifications arrive again")
	}
	again, leaveAgain := hub.Subscribe(of(uuid.New()), position)
	defer leaveAgain()
	if len(again) != 1 {
		t.Error("a position from before the interruption still counts")
	}
	if count("") < 2 {
		t.Error("what was remembered during the interruption was not forgotten")
	}

	announce(t, db, live.Change{Session: "0a0b"})
	eventually(t, "the end of a session is heard", func() bool { return count("0a0b") == 1 })
	staysSilent(t, "the end of a session is no change of a page", signal)
}

func TestNonsenseIsSurvived(t *testing.T) {
	db := pgtest.New(t)
	hub := listen(t, db)
	amina := uuid.New()
	db.Exec(t, "select pg_notify('passerelle_changes', 'no change at all')")
	eventually(t, "it connects again", func() bool { return !hub.Connected() })
	eventually(t, "it connects again", hub.Connected)
	signal, leave := hub.Subscribe(of(amina), "")
	defer leave()
	announce(t, db, live.Change{Tenant: cast.Vaud.ID, Dossier: amina})
	arrives(t, "the next change", signal)
}
