// Package pace bounds how often each of many callers may ask, in the memory of one process.
package pace

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// callersMost bounds what is remembered: beyond it everybody begins anew, which costs less than to be filled up by strangers.
const callersMost = 10_000

// Bounds lets each caller ask so many times at once, and then as often as the minute allows.
type Bounds struct {
	clock   func() time.Time
	aMinute float64
	atOnce  int

	mu sync.Mutex
	of map[string]*rate.Limiter
}

// New makes bounds within which nobody has asked for anything yet.
func New(aMinute, atOnce int, clock func() time.Time) *Bounds {
	return &Bounds{clock: clock, aMinute: float64(aMinute), atOnce: atOnce, of: map[string]*rate.Limiter{}}
}

// Take says whether the caller may ask once more now, and counts it if so.
func (b *Bounds) Take(caller string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, ok := b.of[caller]
	if !ok {
		if len(b.of) >= callersMost {
			clear(b.of)
		}
		limiter = rate.NewLimiter(rate.Limit(b.aMinute/60), b.atOnce)
		b.of[caller] = limiter
	}
	return limiter.AllowN(b.clock(), 1)
}
