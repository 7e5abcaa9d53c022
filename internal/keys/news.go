package keys

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

const channel = "passerelle_keys"

// news says whose keyset was changed, destroyed or is to be forgotten; ids only. Without a kind it is the tenant's own.
type news struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Kind   Kind              `json:"kind,omitempty"`
	Holder uuid.UUID         `json:"holder"`
}

// tell lets every process know, once the transaction commits.
func tell(ctx context.Context, tx tenantdb.Tx, n news) error {
	payload, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("tell of a keyset: %w", err)
	}
	return tx.Notify(ctx, channel, string(payload))
}

// Drop has every process forget the keys of a holder, once a transaction of the data commits: nothing stays unwrapped for
// those who have lost what lies under them. They are not destroyed, and unwrapped anew for whoever the fences still let in.
func Drop(ctx context.Context, tx tenantdb.Tx, holder Holder) error {
	return tell(ctx, tx, news{tenantdb.ScopeFrom(ctx).Tenant(), holder.Kind, holder.ID})
}

// Listen has the ring forget what other processes change, destroy or drop, until ctx ends. The database of the keys tells of
// the first two and that of the data of the third, and they may be on two servers: while the ring cannot hear both, it keeps
// no holder's keys in memory.
func (r *Ring) Listen(ctx context.Context, keys, data string) {
	var (
		mu        sync.Mutex
		connected [2]bool
		ears      sync.WaitGroup
	)
	for i, connString := range []string{keys, data} {
		ears.Go(func() {
			tenantdb.Ear{ConnString: connString, Channel: channel, Heard: r.heed, Connected: func(yes bool) {
				mu.Lock()
				defer mu.Unlock()
				connected[i] = yes
				if both := connected[0] && connected[1]; both != r.Hears() {
					r.hear(both)
				}
			}}.Listen(ctx)
		})
	}
	ears.Wait()
}

// Hears says whether the ring hears at present of what others do.
func (r *Ring) Hears() bool { return r.hears.Load() }

func (r *Ring) hear(yes bool) {
	r.tenants.forget(func(tenantdb.TenantID) bool { return true })
	r.boxes.enable(yes)
	r.hears.Store(yes)
}

func (r *Ring) heed(payload string) error {
	var n news
	if err := json.Unmarshal([]byte(payload), &n); err != nil {
		return err
	}
	r.forget(n)
	return nil
}

func (r *Ring) forget(n news) {
	if n.Kind == "" {
		r.tenants.forget(func(tenant tenantdb.TenantID) bool { return tenant == n.Tenant })
		return
	}
	holder := Holder{n.Kind, n.Holder}
	r.boxes.forget(func(key owned) bool { return key.holder == holder && key.scope.Tenant() == n.Tenant })
}
