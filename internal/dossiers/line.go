package dossiers

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"passerelle/internal/tenantdb"
)

// line is where searches wait. Each takes all the cores there are for a moment, so that one runs at a time. Of each person
// one waits with the others, however many they have sent, and after it that person rests: no script keeps the cores
// from those who open pages.
type line struct {
	running *semaphore.Weighted
	mu      sync.Mutex
	persons map[tenantdb.PersonID]*place
}

// place is where a person's searches wait for each other; it goes once nobody is there.
type place struct {
	turn *semaphore.Weighted
	held int
}

// rest is how long after a search the same person's next one waits: not even noticed by somebody who types, and among
// thousands of dossiers four times as long as the search took.
const rest = 500 * time.Millisecond

func newLine() *line {
	return &line{running: semaphore.NewWeighted(1), persons: map[tenantdb.PersonID]*place{}}
}

// enter waits until somebody's search may run, or the context ends. leave lets the next one in.
func (l *line) enter(ctx context.Context, person tenantdb.PersonID) (leave func(), err error) {
	own := l.hold(person)
	if err := own.turn.Acquire(ctx, 1); err != nil {
		l.release(person)
		return nil, err
	}
	goOn := func() {
		own.turn.Release(1)
		l.release(person)
	}
	if err := l.running.Acquire(ctx, 1); err != nil {
		goOn()
		return nil, err
	}
	return func() {
		l.running.Release(1)
		time.AfterFunc(rest, goOn)
	}, nil
}

func (l *line) hold(person tenantdb.PersonID) *place {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := l.persons[person]
	if own == nil {
		own = &place{turn: semaphore.NewWeighted(1)}
		l.persons[person] = own
	}
	own.held++
	return own
}

func (l *line) release(person tenantdb.PersonID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.persons[person].held--; l.persons[person].held == 0 {
		delete(l.persons, person)
	}
}
