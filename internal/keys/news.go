package keys

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

const channel = "passerelle_keys"

// news says whose keyset was changed or destroyed; ids only. Without a kind it is the tenant's own.
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

// Listen has the ring forget what other processes change or destroy, until ctx ends. While it cannot hear of that, it
// keeps no holder's keys in memory.
func (r *Ring) Listen(ctx context.Context, connString string) {
	tenantdb.Ear{ConnString: connString, Channel: channel, Connected: r.hear, Heard: r.heed}.Listen(ctx)
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
