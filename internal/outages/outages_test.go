package outages_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/outages"
)

// A thing is gone for everybody, an identity provider for its own organisation; room comes back by itself.
func TestBoard(t *testing.T) {
	var log strings.Builder
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := outages.New(func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)))
	vaud, geneve := uuid.New(), uuid.New()
	gone := func(whose uuid.UUID, want ...outages.Thing) {
		t.Helper()
		if got := b.Gone(whose); !slices.Equal(got, want) {
			t.Errorf("%v are gone, want %v", got, want)
		}
	}
	mail := outages.Mark{Thing: outages.Mail}
	own, other := outages.Mark{outages.Provider, uuid.New(), vaud}, outages.Mark{outages.Provider, uuid.New(), vaud}
	shared := outages.Mark{Thing: outages.Provider, ID: uuid.New()}
	gone(vaud)
	for range 3 {
		b.Note(mail, false)
		b.Note(own, false)
		b.Note(other, false)
		b.Note(shared, false)
		b.Full()
	}
	gone(vaud, outages.Room, outages.Provider, outages.Mail)
	gone(geneve, outages.Room, outages.Mail)
	gone(uuid.Nil, outages.Room, outages.Mail)
	b.Note(other, true)
	gone(vaud, outages.Room, outages.Provider, outages.Mail)
	b.Note(own, true)
	gone(vaud, outages.Room, outages.Mail)
	if all := b.Anywhere(); !slices.Equal(all, []outages.Thing{outages.Room, outages.Provider, outages.Mail}) {
		t.Errorf("%v", all)
	}
	now = now.Add(2 * time.Minute)
	b.Note(mail, true)
	b.Note(mail, true)
	b.Note(shared, true)
	gone(vaud)
	if n := strings.Count(log.String(), "out of reach"); n != 4 {
		t.Errorf("%d outages of 4 are in the log:\n%s", n, &log)
	}
	if n := strings.Count(log.String(), "reached again"); n != 4 || !strings.Contains(log.String(), "seconds=120") || strings.Count(log.String(), "no room left") != 1 {
		t.Errorf("%d returns of 4 are in the log:\n%s", n, &log)
	}
}

// Whoever had no answer has it known at once, and not when it would next have been asked; what is back is noticed by itself.
func TestWatch(t *testing.T) {
	for name, test := range map[string]struct {
		every time.Duration
		there bool
	}{"it goes": {time.Hour, true}, "it comes back": {time.Millisecond, false}} {
		t.Run(name, func(t *testing.T) {
			b := outages.New(time.Now, slog.New(slog.DiscardHandler))
			var there, asked atomic.Bool
			there.Store(test.there)
			ctx, stop := context.WithCancel(t.Context())
			var all sync.WaitGroup
			all.Go(func() {
				b.Watch(ctx, outages.Keys, test.every, func(context.Context) error {
					defer asked.Store(true)
					if !there.Load() {
						return errors.New("away")
					}
					return nil
				})
			})
			until := func(what string, is func() bool) {
				t.Helper()
				for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("never: " + what)
					}
				}
			}
			known := func() bool { return len(b.Gone(uuid.Nil)) == 0 }
			until("asked", func() bool { return asked.Load() && known() == test.there })
			there.Store(!test.there)
			b.Doubt(outages.Keys)
			until(name, func() bool { return known() != test.there })
			stop()
			all.Wait()
		})
	}
}
