package keys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/fault"
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

// Holders gives the dossiers, the referrals or the people of tenants new keys, and seals anew what is theirs.
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

// DropHolders deletes the keys of dossiers, referrals or people that were disabled so long ago.
func (r *Rotation) DropHolders(ctx context.Context, kind Kind, rested time.Duration) error {
	return r.alone(ctx, func(ctx context.Context, tenants []tenantEntry) error {
		return r.retireHolders(ctx, tenants, kind, rested, dropKeys, settled)
	})
}

// opened is a tenant whose keyset is at hand.
type opened struct {
	tenant tenantdb.TenantID
	handle *keyset.Handle
	// wrapping opens with every key of the tenant and wraps with the primary one.
	wrapping tink.AEAD
}

func (r *Rotation) open(ctx context.Context, tenant tenantdb.TenantID) (opened, error) {
	entry, err := findTenantEntry(ctx, r.keys, tenant)
	if err != nil {
		return opened{}, err
	}
	handle, err := unwrapTenant(ctx, r.master, tenant, entry.Wrapped)
	if err != nil {
		return opened{}, fmt.Errorf("tenant %s: %w", tenant, err)
	}
	wrapping, err := everyKey(handle)
	return opened{tenant, handle, wrapping}, err
}

// plain is a change that does not ask which master key wrapped the keyset.
func plain(step change) func(*keyset.Handle, string) (*keyset.Handle, error) {
	return func(handle *keyset.Handle, _ string) (*keyset.Handle, error) { return step(handle) }
}

// changeTenant exchanges the keyset of a tenant for what step makes of it, and begins anew when somebody was quicker.
func (r *Rotation) changeTenant(ctx context.Context, tenant tenantdb.TenantID, step func(handle *keyset.Handle, wrappedBy string) (*keyset.Handle, error)) error {
	for range attempts {
		entry, err := findTenantEntry(ctx, r.keys, tenant)
		if err != nil {
			return err
		}
		outline, err := outlineOf(entry.Wrapped)
		if err != nil {
			return fmt.Errorf("tenant %s: %w", tenant, err)
		}
		handle, err := unwrapTenant(ctx, r.master, tenant, entry.Wrapped)
		if err != nil {
			return fmt.Errorf("tenant %s: %w", tenant, err)
		}
		next, err := step(handle, masterOf(outline.ciphertext))
		if err != nil || next == nil {
			return err
		}
		wrapped, err := wrapTenant(ctx, r.master, tenant, next)
		if err != nil {
			return err
		}
		if done, err := updateTenant(ctx, r.keys, tenant, entry.Wrapped, wrapped); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("the keyset of tenant %s is being changed by somebody else", tenant)
}

// changeHolder does the same for the keyset of a holder; one that was destroyed meanwhile stays destroyed.
func (r *Rotation) changeHolder(ctx context.Context, of opened, holder Holder, step change) error {
	for range attempts {
		entry, err := findHolderEntry(ctx, r.keys, of.tenant, holder)
		if errors.Is(err, fault.NotFound()) {
			return nil
		}
		if err != nil {
			return err
		}
		handle, err := unwrapHolder(of.wrapping, of.tenant, holder, entry.Wrapped)
		if err != nil {
			return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
		}
		next, err := step(handle)
		if err != nil || next == nil {
			return err
		}
		wrapped, err := wrapHolder(of.wrapping, of.tenant, holder, next)
		if err != nil {
			return err
		}
		if done, err := updateHolder(ctx, r.keys, of.tenant, holder, entry.Wrapped, wrapped); done || err != nil {
			return err
		}
	}
	return fmt.Errorf("the keyset of %s %s is being changed by somebody else", holder.Kind, holder.ID)
}

// rewrapHolders wraps with the tenant's primary key what is wrapped by another.
func (r *Rotation) rewrapHolders(ctx context.Context, tenants []tenantEntry) error {
	for _, kind := range Kinds {
		if err := r.everyHolder(ctx, "Wrapping the keysets of each "+string(kind), tenants, kind, 0, func(ctx context.Context, of opened, entry holderEntry) error {
			if by, ok := wrapper(entry.Wrapped); ok && by == of.handle.KeysetInfo().GetPrimaryKeyId() {
				return nil
			}
			return r.changeHolder(ctx, of, Holder{kind, entry.HolderID}, func(handle *keyset.Handle) (*keyset.Handle, error) { return handle, nil })
		}); err != nil {
			return err
		}
	}
	return nil
}

// wrapper is the number of the tenant's key that wrapped a holder's keyset.
func wrapper(wrapped []byte) (uint32, bool) {
	outline, err := outlineOf(wrapped)
	if err != nil {
		return 0, false
	}
	return keyOf(outline.ciphertext)
}

// sealAnew seals with the primary key of a holder what is sealed under another. What somebody changes meanwhile is looked
// at again: it may have been sealed under the old key once more.
func (r *Rotation) sealAnew(ctx context.Context, of opened, holder Holder, wrapped []byte) error {
	handle, err := unwrapHolder(of.wrapping, of.tenant, holder, wrapped)
	if err != nil {
		return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
	}
	if handle.Len() < 2 {
		return nil
	}
	every, err := everyKey(handle)
	if err != nil {
		return err
	}
	box, prefix := &Box{of.tenant, every}, prefixOf(handle.KeysetInfo().GetPrimaryKeyId())
	ctx = asHolder(ctx, of.tenant, holder)
	for _, rows := range r.rowsOf(holder.Kind) {
		for _, column := range rows.Columns {
			if err := r.sealColumn(ctx, box, rows, holder.ID, column, prefix); err != nil {
				return fmt.Errorf("%s %s: %w", holder.Kind, holder.ID, err)
			}
		}
	}
	return nil
}

func (r *Rotation) sealColumn(ctx context.Context, box *Box, rows Rows, holder uuid.UUID, column string, prefix []byte) error {
	for idle := 0; idle < attempts; {
		stale, err := rows.listStale(ctx, r.data, holder, column, prefix)
		if err != nil || len(stale) == 0 {
			return err
		}
		idle++
		for _, row := range stale {
			associated := box.associated(Place{rows.Table, row.Row}, column)
			words, err := box.aead.Decrypt(row.Sealed, associated)
			if err != nil {
				return fmt.Errorf("%s of %s %s: %w", column, rows.Table, row.Row, ErrForged)
			}
			anew, err := box.aead.Encrypt(words, associated)
			clear(words)
			if err != nil {
				return fmt.Errorf("seal anew: %w", err)
			}
			done, err := rows.update(ctx, r.data, holder, column, row, anew)
			if err != nil {
				return fmt.Errorf("seal %s anew: %w", rows.Table, err)
			}
			if done {
				idle = 0
			}
		}
	}
	return fmt.Errorf("%s is being changed by somebody else all the time", rows.Table)
}

func (r *Rotation) rowsOf(kind Kind) (of []Rows) {
	for _, rows := range r.rows {
		if rows.Kind == kind {
			of = append(of, rows)
		}
	}
	return of
}

// retireTenants lets go of keys of tenants that are at a stage, unless a holder's keyset is still wrapped by one.
func (r *Rotation) retireTenants(ctx context.Context, tenants []tenantEntry, step change, at stage) error {
	var refusals []error
	for _, tenant := range tenants {
		refusal := r.changeTenant(ctx, tenant.TenantID, plain(func(handle *keyset.Handle) (*keyset.Handle, error) {
			info := handle.KeysetInfo()
			if stageOf(info) != at || len(others(info)) == 0 {
				return nil, nil
			}
			wrapped, err := r.countWrapped(ctx, tenant.TenantID, others(info))
			if err != nil {
				return nil, err
			}
			if wrapped > 0 {
				return nil, &InUseError{fmt.Sprintf("keysets of tenant %s are wrapped", tenant.TenantID), wrapped}
			}
			return step(handle)
		}))
		if !inUse(refusal) && refusal != nil {
			return refusal
		}
		refusals = append(refusals, refusal)
	}
	return errors.Join(refusals...)
}

func inUse(err error) bool {
	var refusal *InUseError
	return errors.As(err, &refusal)
}

// countWrapped counts the keysets of holders that keys of their tenant wrap.
func (r *Rotation) countWrapped(ctx context.Context, tenant tenantdb.TenantID, by []uint32) (count int, err error) {
	for _, kind := range Kinds {
		err = r.pages(ctx, tenant, kind, 0, func(entries []holderEntry) error {
			for _, entry := range entries {
				// What cannot be read counts: nobody knows what it needs.
				if key, ok := wrapper(entry.Wrapped); !ok || slices.Contains(by, key) {
					count++
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return count, nil
}

// retireHolders lets go of keys of holders that are at a stage, and have not been changed for some time, unless a value
// is still sealed under one.
func (r *Rotation) retireHolders(ctx context.Context, tenants []tenantEntry, kind Kind, rested time.Duration, step change, at stage) error {
	var (
		mu     sync.Mutex
		values int
	)
	err := r.everyHolder(ctx, "Letting go of old keys", tenants, kind, rested, func(ctx context.Context, of opened, entry holderEntry) error {
		holder := Holder{kind, entry.HolderID}
		err := r.changeHolder(ctx, of, holder, func(handle *keyset.Handle) (*keyset.Handle, error) {
			info := handle.KeysetInfo()
			if stageOf(info) != at || len(others(info)) == 0 {
				return nil, nil
			}
			counted, err := r.countSealed(ctx, of.tenant, holder, info)
			if err != nil {
				return nil, err
			}
			if counted > 0 {
				return nil, &InUseError{"values are sealed", counted}
			}
			return step(handle)
		})
		var refusal *InUseError
		if errors.As(err, &refusal) {
			mu.Lock()
			defer mu.Unlock()
			values += refusal.Count
			return nil
		}
		return err
	})
	if err == nil && values > 0 {
		return &InUseError{fmt.Sprintf("values of the kind %s are sealed", kind), values}
	}
	return err
}

// countSealed counts the values of a holder that are sealed under another key than the primary one.
func (r *Rotation) countSealed(ctx context.Context, tenant tenantdb.TenantID, holder Holder, info *tinkpb.KeysetInfo) (count int, err error) {
	for _, rows := range r.rowsOf(holder.Kind) {
		for _, column := range rows.Columns {
			tallies, err := rows.count(asHolder(ctx, tenant, holder), r.data, []uuid.UUID{holder.ID}, column)
			if err != nil {
				return 0, err
			}
			for _, tally := range tallies {
				if key, ok := keyOf(tally.Prefix); !ok || key != info.GetPrimaryKeyId() {
					count += tally.Values
				}
			}
		}
	}
	return count, nil
}

func surveyTenant(tenant tenantEntry) (map[stage]int, error) {
	outline, err := outlineOf(tenant.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", tenant.TenantID, err)
	}
	return map[stage]int{stageOf(outline.info): 1}, nil
}

func (r *Rotation) surveyHolders(ctx context.Context, tenant tenantEntry, kind Kind) (map[stage]int, error) {
	found := map[stage]int{}
	return found, r.pages(ctx, tenant.TenantID, kind, 0, func(entries []holderEntry) error {
		for _, entry := range entries {
			if outline, err := outlineOf(entry.Wrapped); err == nil {
				found[stageOf(outline.info)]++
			}
		}
		return nil
	})
}

// pages visits the keysets of a kind, some hundreds at a time.
func (r *Rotation) pages(ctx context.Context, tenant tenantdb.TenantID, kind Kind, rested time.Duration, visit func([]holderEntry) error) error {
	for after := uuid.Nil; ; {
		entries, err := listHolders(ctx, r.keys, tenant, kind, after, rested)
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := visit(entries); err != nil {
			return err
		}
		after = entries[len(entries)-1].HolderID
	}
}

// workers is how many holders are worked at together.
const workers = 4

// everyHolder does something for each holder of a kind whose keyset has not been changed for some time.
func (r *Rotation) everyHolder(ctx context.Context, what string, tenants []tenantEntry, kind Kind, rested time.Duration, do func(context.Context, opened, holderEntry) error) error {
	total := 0
	for _, tenant := range tenants {
		n, err := countHolders(ctx, r.keys, tenant.TenantID, kind)
		if err != nil {
			return err
		}
		total += n
	}
	done := r.options.Begin(what, total)
	for _, tenant := range tenants {
		of, err := r.open(ctx, tenant.TenantID)
		if err != nil {
			return err
		}
		if err := r.pages(ctx, tenant.TenantID, kind, rested, func(entries []holderEntry) error {
			group, ctx := errgroup.WithContext(ctx)
			group.SetLimit(workers)
			for _, entry := range entries {
				group.Go(func() error {
					defer done(1)
					if rested > 0 && !entry.Rested {
						return nil
					}
					return r.note(Holder{kind, entry.HolderID}, do(ctx, of, entry))
				})
			}
			return group.Wait()
		}); err != nil {
			return err
		}
	}
	return nil
}
