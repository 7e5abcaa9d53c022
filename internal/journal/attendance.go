package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"passerelle/internal/keys"
)

// ErrUnrecorded is the programming error of a use case that opened something and left no entry: what it opened must not
// leave the process.
var ErrUnrecorded = errors.New("something sealed was opened and no entry of the journal says so")

// Attendance knows of one request what was opened for it, and which entries are committed.
type Attendance struct {
	request uuid.UUID

	mu      sync.Mutex
	opened  map[keys.Holder]bool
	entered map[uuid.UUID]bool
	awaited []func() error
}

type attendanceKey struct{}

// Attend notes from here on whatever is opened and entered for a request, which entries then name.
func Attend(ctx context.Context, request uuid.UUID) (context.Context, *Attendance) {
	a := &Attendance{request: request, opened: map[keys.Holder]bool{}, entered: map[uuid.UUID]bool{}}
	return context.WithValue(keys.WithWitness(ctx, a.opens), attendanceKey{}, a), a
}

// attendanceOf may be nil: outside of a request nobody keeps count.
func attendanceOf(ctx context.Context) *Attendance {
	a, _ := ctx.Value(attendanceKey{}).(*Attendance)
	return a
}

func requestOf(ctx context.Context) uuid.NullUUID {
	if a := attendanceOf(ctx); a != nil {
		return uuid.NullUUID{UUID: a.request, Valid: true}
	}
	return uuid.NullUUID{}
}

func (a *Attendance) opens(holder keys.Holder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened[holder] = true
}

// enters is what is done once an entry about these is committed.
func (a *Attendance) enters(about ...uuid.UUID) func() {
	return func() {
		if a == nil {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, id := range about {
			a.entered[id] = true
		}
	}
}

// awaits takes the promise of an entry that is still being committed while the request goes on; nil where nobody keeps
// count, and so nobody would wait.
func (a *Attendance) awaits() func(await func() error) {
	if a == nil {
		return nil
	}
	return func(await func() error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.awaited = append(a.awaited, await)
	}
}

// await waits until every entry of the request is committed.
func (a *Attendance) await() error {
	a.mu.Lock()
	awaited := a.awaited
	a.mu.Unlock()
	var err error
	for _, await := range awaited {
		err = errors.Join(err, await())
	}
	return err
}

// Err waits until every entry is committed: tenantdb.ErrUnleft says that one could not be. It is ErrUnrecorded when a
// dossier or a referral was opened about which no entry was left. What a person has typed and not handed in is nobody's
// to see but that person's, and a directory is about nobody who is accompanied.
func (a *Attendance) Err() error {
	if err := a.await(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for holder := range a.opened {
		if holder.Kind != keys.Person && holder.Kind != keys.Directory && holder.Kind != keys.Connection && !a.entered[holder.ID] {
			return fmt.Errorf("%w: %s %s", ErrUnrecorded, holder.Kind, holder.ID)
		}
	}
	return nil
}
