package signin

import (
	"maps"
	"sync"

	"passerelle/internal/tenantdb"
)

// Refused sign-ins are counted in memory until somebody asks: a stranger must not be able to have the database write.
type refusals struct {
	mu sync.Mutex
	of map[tenantdb.TenantID]map[Reason]int
	// all are those of everybody, since the process began.
	all map[Reason]int
}

func (r *refusals) count(tenant tenantdb.TenantID, reason Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[Reason]int{}
	}
	r.all[reason]++
	if tenant.Zero() {
		return // it came through a connection that is no tenant's own
	}
	if r.of == nil {
		r.of = map[tenantdb.TenantID]map[Reason]int{}
	}
	if r.of[tenant] == nil {
		r.of[tenant] = map[Reason]int{}
	}
	r.of[tenant][reason]++
}

// TakeRefusals gives how often people who came through a tenant's connections were refused in this process since it was last asked,
// and why. Of whom, nothing knows.
func (s *Service) TakeRefusals(tenant tenantdb.TenantID) map[Reason]int {
	s.refusals.mu.Lock()
	defer s.refusals.mu.Unlock()
	taken := s.refusals.of[tenant]
	delete(s.refusals.of, tenant)
	return taken
}

// Refusals is how often somebody was refused in this process since it began, and why: through whose connection is not said.
func (s *Service) Refusals() map[Reason]int {
	s.refusals.mu.Lock()
	defer s.refusals.mu.Unlock()
	return maps.Clone(s.refusals.all)
}
