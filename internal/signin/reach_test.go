package signin_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"passerelle/internal/signin"
)

// Whether providers answer is found out by whoever signs in, and by asking those that somebody has wanted to sign in through. One that is
// nobody's door any more is missed by nobody.
func TestReach(t *testing.T) {
	h, i := newHouse(t), newHostile(t)
	i.registered(t, h)
	var mu sync.Mutex
	answers, asked := map[string]bool{}, 0
	h.door.OnReach(func(connection signin.Connection, does bool) {
		mu.Lock()
		defer mu.Unlock()
		answers[connection.Slug] = does
		asked++
	})
	until := func(what string, does bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			mu.Lock()
			said, known := answers["evil"]
			mu.Unlock()
			if known && said == does {
				return
			}
			if time.Now().After(deadline) {
				t.Fatal("never: " + what)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() { h.door.Watch(ctx, 20*time.Millisecond) })
	time.Sleep(100 * time.Millisecond)
	mu.Lock()
	if asked > 0 {
		t.Error("a provider was asked through which nobody has wanted to sign in")
	}
	mu.Unlock()
	if err := i.try(t, h, nil); err != nil {
		t.Fatal(err)
	}
	until("it answers", true)
	i.away.Store(true)
	until("it does not", false)
	// People whose provider answers come in all the same.
	h.signIn(t, "vaud", "lea@vaud.example")
	h.db.Exec(t, "update connections set ended_at = now() where slug = 'evil'")
	until("nobody's door any more", true)
}
