// Package outages remembers, for one process, what cannot be reached at present, so that pages can say what does not work and what to do
// meanwhile, and those who run the installation hear of it. It holds nobody up: whoever needs what is gone is told when it is tried.
package outages

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Thing is something that work depends on and that others run. It is the last word of a message key.
type Thing string

// What may be gone: the database; room to write into it; what keeps the keys; where documents lie; what looks through them; an
// organisation's identity provider; the mail server.
const (
	Database  Thing = "database"
	Room      Thing = "room"
	Keys      Thing = "keys"
	Documents Thing = "documents"
	Scanner   Thing = "scanner"
	Provider  Thing = "provider"
	Mail      Thing = "mail"
)

// Things are all of them, those first that matter most.
var Things = []Thing{Database, Room, Keys, Provider, Documents, Scanner, Mail}

const (
	// fullFor is for how long there counts as no room after something could not be written: whatever is tried next says so again.
	fullFor = time.Minute
	// patience is how long something may take to say that it is there.
	patience = 10 * time.Second
	// rarer is how much less often something is asked that was there the last time.
	rarer = 4
)

// Mark names what is gone: a thing that everybody needs, or with an ID one of several, which the people of its tenant need.
type Mark struct {
	Thing      Thing
	ID, Tenant uuid.UUID
}

// Board knows what is gone.
type Board struct {
	clock func() time.Time
	log   *slog.Logger
	// doubts wake those who ask.
	doubts map[Thing]chan struct{}

	mu    sync.Mutex
	since map[Mark]time.Time
	full  time.Time
}

// New makes a board on which nothing is gone. What goes and comes back is logged.
func New(clock func() time.Time, log *slog.Logger) *Board {
	b := &Board{clock: clock, log: log, since: map[Mark]time.Time{}, doubts: map[Thing]chan struct{}{}}
	for _, thing := range Things {
		b.doubts[thing] = make(chan struct{}, 1)
	}
	return b
}

// Note says whether something works.
func (b *Board) Note(mark Mark, works bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	since, gone := b.since[mark]
	switch {
	case works && gone:
		delete(b.since, mark)
		b.log.Info("reached again", "what", mark.Thing, "id", mark.ID, "seconds", int(b.clock().Sub(since).Seconds()))
	case !works && !gone:
		b.since[mark] = b.clock()
		b.log.Error("out of reach", "what", mark.Thing, "id", mark.ID)
	}
}

// Full says that something could not be written for want of room.
func (b *Board) Full() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full.IsZero() || b.clock().Sub(b.full) > fullFor {
		b.log.Error("no room left", "what", Room)
	}
	b.full = b.clock()
}

// ReadOnly says that what room is left has to be kept for what is read.
func (b *Board) ReadOnly() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, full := b.since[Mark{Thing: Room}]
	return full
}

// Doubt has a thing asked at once whether it works: somebody had no answer.
func (b *Board) Doubt(thing Thing) {
	select {
	case b.doubts[thing] <- struct{}{}:
	default:
	}
}

// Gone is what people of a tenant have to do without.
func (b *Board) Gone(tenant uuid.UUID) []Thing {
	return b.gone(func(mark Mark) bool { return mark.ID == uuid.Nil || mark.Tenant == tenant && tenant != uuid.Nil })
}

// Anywhere is what is gone for anybody.
func (b *Board) Anywhere() []Thing { return b.gone(func(Mark) bool { return true }) }

func (b *Board) gone(concerns func(Mark) bool) (gone []Thing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.since) == 0 && b.full.IsZero() {
		return nil
	}
	for _, thing := range Things {
		there := thing != Room || b.full.IsZero() || b.clock().Sub(b.full) > fullFor
		for mark := range b.since {
			there = there && (mark.Thing != thing || !concerns(mark))
		}
		if !there {
			gone = append(gone, thing)
		}
	}
	return slices.Clip(gone)
}

// Watch asks a thing whether it works, until ctx ends, so that it is known before anybody needs it: as often as that while it is gone,
// less often while it is there, and at once when somebody doubts it.
func (b *Board) Watch(ctx context.Context, thing Thing, every time.Duration, works func(context.Context) error) {
	for {
		asking, cancel := context.WithTimeout(ctx, patience)
		err := works(asking)
		cancel()
		if ctx.Err() != nil {
			return
		}
		b.Note(Mark{Thing: thing}, err == nil)
		pause := every
		var doubt chan struct{} // of what is gone nobody needs to say that it is
		if err == nil {
			pause, doubt = rarer*every, b.doubts[thing]
		}
		select {
		case <-ctx.Done():
			return
		case <-doubt:
		case <-time.After(pause):
		}
	}
}
