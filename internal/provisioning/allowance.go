package provisioning

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A directory may ask so often, and so many at once when it begins; who shows no good token less, from one address.
const (
	askedAMinute = 600
	callersMost  = 10_000
)

// allowance counts what each caller asks for.
type allowance struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]*rate.Limiter
}

func newAllowance(now func() time.Time) *allowance {
	return &allowance{now: now, of: map[string]*rate.Limiter{}}
}

func (a *allowance) one(caller string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter, ok := a.of[caller]
	if !ok {
		if len(a.of) >= callersMost {
			clear(a.of)
		}
		limiter = rate.NewLimiter(askedAMinute/60, askedAMinute/4)
		a.of[caller] = limiter
	}
	return limiter.AllowN(a.now(), 1)
}
