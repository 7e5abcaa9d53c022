package keys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"passerelle/internal/tenantdb"
)

// Grace is how long a rotation waits between two steps, so that every process has taken the last one: as long as a ring
// remembers keys, and a minute for what it was doing with them. It is kept even though rings hear of changes: a process
// may be cut off, or older than that.
const Grace = keptFor + time.Minute

// RotationOptions are what a rotation is told.
type RotationOptions struct {
	// Tenants are the names of those whose keys are changed; all where it is empty.
	Tenants []string
	// Wait lets a time pass, or returns the error of ctx. It is told why.
	Wait func(ctx context.Context, why string, time time.Duration) error
	// Begin is told that so many things are about to be done, and gives what is told of each; nil tells nobody.
	Begin func(what string, total int) (done func(int))
}

// Rotation changes keys while the application runs. Each step is one exchange in one row, and where it stands can be told
// from the keysets: whoever runs it again goes on where it was stopped. It connects as roles of its own.
type Rotation struct {
	data, keys *tenantdb.DB
	master     Master
	rows       []Rows
	options    RotationOptions

	mu sync.Mutex
	// broken are the holders that cannot be rotated, since a keyset or a value of theirs opens nowhere.
	broken map[Holder]error
}

// NewRotation refuses roles that could do more than rotate, and tables that are not fenced. Without a master key, it can
// tell how things stand, and change nothing.
func NewRotation(ctx context.Context, data, keys *tenantdb.DB, master Master, rows []Rows, options RotationOptions) (*Rotation, error) {
	if err := errors.Join(data.CheckRotation(ctx), keys.CheckKeys(ctx)); err != nil {
		return nil, err
	}
	if options.Begin == nil {
		options.Begin = func(string, int) func(int) { return func(int) {} }
	}
	return &Rotation{data: data, keys: keys, master: master, rows: rows, options: options}, nil
}

// ErrUnderWay is returned while another rotation is at work.
var ErrUnderWay = errors.New("keys are being changed by another passerelle keys: wait until it is done")

// InUseError refuses to let go of a key: so many keysets or values would be lost with it.
type InUseError struct {
	What  string
	Count int
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("%d %s under a key that was to be let go: run passerelle keys rotate, and then again", e.Count, e.What)
}

// rotating is what rotations meet at: "passkeys" in ASCII.
const rotating = 0x706173736b657973

func (r *Rotation) alone(ctx context.Context, do func(ctx context.Context, tenants []tenantEntry) error) error {
	if r.master == nil {
		return errors.New("there is no master key, without which no key can be changed")
	}
	err := r.keys.Alone(ctx, rotating, func(ctx context.Context) error {
		tenants, err := r.tenants(ctx, 0)
		if err != nil {
			return err
		}
		r.broken = map[Holder]error{}
		return errors.Join(do(ctx, tenants), r.breakage())
	})
	if errors.Is(err, tenantdb.ErrNotAlone) {
		return ErrUnderWay
	}
	return err
}

// breakage names one holder that could not be rotated, and says how many there are.
func (r *Rotation) breakage() error {
	for _, err := range r.broken {
		return fmt.Errorf("%d could not be opened and keep their old keys, such as %w", len(r.broken), err)
	}
	return nil
}

// note keeps a holder that cannot be opened from holding up the others.
func (r *Rotation) note(holder Holder, err error) error {
	if !errors.Is(err, ErrForged) {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken[holder] = err
	return nil
}

// tenants are those that were chosen.
func (r *Rotation) tenants(ctx context.Context, rested time.Duration) ([]tenantEntry, error) {
	all, err := listTenants(ctx, r.keys, rested)
	if err != nil || len(r.options.Tenants) == 0 {
		return all, err
	}
	var chosen []tenantEntry
	for _, wanted := range r.options.Tenants {
		i := -1
		for j, tenant := range all {
			name, err := findSlug(ctx, r.data, tenant.TenantID)
			if err != nil {
				return nil, err
			}
			if name == wanted {
				i = j
			}
		}
		if i < 0 {
			return nil, fmt.Errorf("there is no tenant %s that has keys", wanted)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// Master wraps the keysets of tenants under the present master key, in its newest version.
func (r *Rotation) Master(ctx context.Context) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		probe, err := r.master.EncryptWithContext(ctx, []byte("which key?"), nil)
		if err != nil {
			return fmt.Errorf("ask for the present master key: %w", err)
		}
		present, done := masterOf(probe), r.options.Begin("Wrapping the keysets of tenants", len(tenants))
		for _, tenant := range tenants {
			if err := r.changeTenant(ctx, tenant.TenantID, func(handle *keyset.Handle, wrappedBy string) (*keyset.Handle, error) {
				if wrappedBy == present {
					return nil, nil
				}
				return handle, nil
			}); err != nil {
				return err
			}
			done(1)
		}
		return nil
	})
}

// ladder is the way from one key to the next, by steps between which every process takes the last one.
type ladder struct {
	template func() *tinkpb.KeyTemplate
	// survey counts the keysets of a tenant by their stage.
	survey func(tenant tenantEntry) (map[stage]int, error)
	// climb changes each keyset of some tenants; those where there is nothing to do stay.
	climb func(what string, tenants []tenantEntry, step change) error
	// renew seals or wraps anew what the old keys have sealed or wrapped.
	renew func() error
	// retire disables old keys under which nothing is left, and is refused where there is something.
	retire func() error
}

// attempts is how often what is changed all the time is looked at again.
const attempts = 20

// climb goes up the ladder. Of each tenant, what is under way is brought to its end; where nothing is, a new key is begun.
func (r *Rotation) climb(ctx context.Context, tenants []tenantEntry, l ladder) error {
	var beginning []tenantEntry
	any := false
	for _, tenant := range tenants {
		found, err := l.survey(tenant)
		if err != nil {
			return err
		}
		any = any || len(found) > 0
		// As long as a key waits to be promoted, some may not have been added yet.
		if found[added] > 0 || found[promoted] == 0 {
			beginning = append(beginning, tenant)
		}
	}
	if !any {
		return nil
	}
	if len(beginning) > 0 {
		if err := l.climb("Adding keys", beginning, addKey(l.template)); err != nil {
			return err
		}
		if err := r.wait(ctx, "until every process can read with the new keys"); err != nil {
			return err
		}
		if err := l.climb("Promoting the new keys", beginning, promoteKey); err != nil {
			return err
		}
	}
	if err := r.wait(ctx, "until every process writes with the new keys"); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err := l.renew(); err != nil {
			return err
		}
		if err := r.wait(ctx, "until nobody is at what was read before"); err != nil {
			return err
		}
		err := l.retire()
		if !inUse(err) || attempt == 3 {
			return err
		}
	}
}

func (r *Rotation) wait(ctx context.Context, why string) error {
	return r.options.Wait(ctx, why, Grace)
}

// Tenants gives tenants a new key, and wraps the keysets of their holders with it.
func (r *Rotation) Tenants(ctx context.Context) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.climb(ctx, tenants, ladder{
			template: tenantTemplate,
			survey:   surveyTenant,
			climb: func(what string, tenants []tenantEntry, step change) error {
				done := r.options.Begin(what, len(tenants))
				for _, tenant := range tenants {
					if err := r.changeTenant(ctx, tenant.TenantID, plain(step)); err != nil {
						return err
					}
					done(1)
				}
				return nil
			},
			renew:  func() error { return r.rewrapHolders(ctx, tenants) },
			retire: func() error { return r.retireTenants(ctx, tenants, retireKeys, promoted) },
		})
	})
}

// Holders gives the dossiers, the referrals, the people or the lodgings of tenants new keys, and seals anew what is theirs.
func (r *Rotation) Holders(ctx context.Context, kind Kind) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.climb(ctx, tenants, ladder{
			template: holderTemplate,
			survey:   func(tenant tenantEntry) (map[stage]int, error) { return r.surveyHolders(ctx, tenant, kind) },
			climb: func(what string, tenants []tenantEntry, step change) error {
				return r.everyHolder(ctx, what, tenants, kind, 0, func(ctx context.Context, of opened, entry holderEntry) error {
					return r.changeHolder(ctx, of, Holder{kind, entry.HolderID}, step)
				})
			},
			renew: func() error {
				return r.everyHolder(ctx, "Sealing anew", tenants, kind, 0, func(ctx context.Context, of opened, entry holderEntry) error {
					return r.sealAnew(ctx, of, Holder{kind, entry.HolderID}, entry.Wrapped)
				})
			},
			retire: func() error { return r.retireHolders(ctx, tenants, kind, 0, retireKeys, promoted) },
		})
	})
}

// DropTenants deletes the keys of tenants that were disabled so long ago.
func (r *Rotation) DropTenants(ctx context.Context, rested time.Duration) error {
	return r.alone(ctx, func(ctx context.Context, _ []tenantEntry) error {
		tenants, err := r.tenants(ctx, rested)
		if err != nil {
			return err
		}
		tenants = slices.DeleteFunc(tenants, func(tenant tenantEntry) bool { return !tenant.Rested })
		return r.retireTenants(ctx, tenants, dropKeys, settled)
	})
}

// DropHolders deletes the keys of dossiers, referrals, people or lodgings that were disabled so long ago.
func (r *Rotation) DropHolders(ctx context.Context, kind Kind, rested time.Duration) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.retireHolders(ctx, tenants, kind, rested, dropKeys, settled)
	})
}
