package connections

import (
	"slices"
	"sync"
	"time"

	"passerelle/internal/tenantdb"
)

// checksEvery and mostChecks bound how often providers are looked at for one tenant.
const (
	checksEvery = time.Minute
	mostChecks  = 30
)

// limiter counts what was done lately, tenant by tenant.
type limiter struct {
	mu   sync.Mutex
	seen map[tenantdb.TenantID][]time.Time
}

func (l *limiter) admit(tenant tenantdb.TenantID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	recent := slices.DeleteFunc(l.seen[tenant], func(at time.Time) bool { return now.Sub(at) >= checksEvery })
	if len(recent) >= mostChecks {
		l.seen[tenant] = recent
		return false
	}
	l.seen[tenant] = append(recent, now)
	return true
}
