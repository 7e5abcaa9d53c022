package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// How often the sequencer does what.
const (
	hashedEvery = time.Second
	signedEvery = time.Hour
	// asked is how often it looks whether something has to be signed, or waits for too long.
	asked = 10 * time.Second
	// comparedEvery is how often the whole journal is compared with its tree, for what stands behind its end.
	comparedEvery = 24 * time.Hour
	// lag is for how long an entry may wait for its hash before it is told.
	lag = 10 * time.Second
)

// Sequencer hashes the entries of the journal into a Merkle tree for each tenant, and signs it. There may be several, in
// several processes: one at a time is at work, and where two are, the database lets only one of them add a leaf. It
// connects as a role of its own.
type Sequencer struct {
	db   *tenantdb.DB
	ring *keys.Ring
	log  *slog.Logger
	now  func() time.Time
	// patience is how long a signature waits for transactions that began before it was asked for.
	patience time.Duration

	// idle is the snapshot up to which everything is hashed, when nothing was under way.
	idle     uint64
	looked   time.Time
	compared time.Time
	told     time.Time
}

// NewSequencer refuses a role that could do more than hash, and tables that are not fenced. Without a ring it signs nothing;
// now is the clock.
func NewSequencer(ctx context.Context, db *tenantdb.DB, ring *keys.Ring, log *slog.Logger, now func() time.Time) (*Sequencer, error) {
	if err := db.CheckSequencer(ctx); err != nil {
		return nil, err
	}
	return &Sequencer{db: db, ring: ring, log: log, now: now, patience: 15 * time.Second}, nil
}

// sequencing is what sequencers meet at: "sequence" in ASCII.
const sequencing = 0x73657175656e6365

// Run hashes every second and signs every hour until ctx ends. Whatever fails is told and tried again.
func (s *Sequencer) Run(ctx context.Context) {
	tick := time.NewTicker(hashedEvery)
	defer tick.Stop()
	for {
		err := s.db.Alone(ctx, sequencing, s.Pass)
		if errors.Is(err, tenantdb.ErrNotAlone) {
			err = s.watch(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.idle = 0
			s.tell(ctx, "the journal cannot be sequenced", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Still does something while nobody hashes, in whatever process: what is taken away meanwhile gets no leaf any more. A pass takes a
// moment; whoever waits for longer than half a minute is told so.
func Still(ctx context.Context, db *tenantdb.DB, do func(ctx context.Context) error) error {
	for attempt := 0; ; attempt++ {
		err := db.Alone(ctx, sequencing, do)
		if !errors.Is(err, tenantdb.ErrNotAlone) {
			return err
		}
		if attempt == 300 {
			return errors.New("the journal is being hashed all the time: try again when there is less to do")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// tell tells what is wrong, but not every second.
func (s *Sequencer) tell(ctx context.Context, message string, more ...any) {
	if s.now().Sub(s.told) >= asked {
		s.told = s.now()
		s.log.WarnContext(ctx, message, more...)
	}
}

// Pass hashes what waits, of every tenant, and signs what has not been signed for an hour. What fails for one tenant holds
// up no other.
func (s *Sequencer) Pass(ctx context.Context) error {
	tenants, before, err := listTenants(ctx, s.db)
	if err != nil {
		return err
	}
	compare, look := s.now().Sub(s.compared) >= comparedEvery, s.now().Sub(s.looked) >= asked
	if before.Xmax == s.idle && !compare && !look {
		return nil // nobody has written anything since
	}
	var failed []error
	for _, tenant := range tenants {
		failed = append(failed, s.sequence(ctx, tenant.TenantID, compare))
		if look && s.ring != nil {
			failed = append(failed, s.signWhenDue(ctx, tenant.TenantID))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if compare {
		s.compared = s.now()
	}
	s.idle = 0
	if before.Xmin == before.Xmax {
		s.idle = before.Xmax
	}
	return s.watch(ctx)
}

// watch tells where entries wait for too long: because nobody hashes them, or because a transaction that began before them
// has not ended.
func (s *Sequencer) watch(ctx context.Context) error {
	if s.now().Sub(s.looked) < asked {
		return nil
	}
	s.looked = s.now()
	tenants, _, err := listTenants(ctx, s.db)
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		backlog, err := findBacklog(asSequencer(ctx, tenant.TenantID), s.db)
		if err != nil {
			return err
		}
		if waited := time.Duration(backlog.Seconds * float64(time.Second)); waited > lag {
			s.log.WarnContext(ctx, "entries of the journal wait to be hashed", "tenant", tenant.TenantID, "entries", backlog.Entries, "oldest", waited.Round(time.Second))
		}
	}
	return nil
}

// sequence hashes what waits of a tenant; with everything, also what stands behind the end of the tree.
func (s *Sequencer) sequence(ctx context.Context, tenant tenantdb.TenantID, everything bool) error {
	ctx = asSequencer(ctx, tenant)
	for attempt := 0; attempt < attempts; {
		hashed, done, err := s.grow(ctx, everything)
		switch {
		case err != nil:
			return fmt.Errorf("hash the journal of tenant %s: %w", tenant, err)
		case !done:
			attempt++ // another sequencer was quicker
		case hashed < batch:
			return nil
		default:
			attempt = 0
		}
	}
	return fmt.Errorf("the journal of tenant %s is being hashed by another all the time", tenant)
}

// attempts is how often what another has done meanwhile is looked at again.
const attempts = 20

// grow puts the next entries at the end of the tree. It says false where another sequencer has done so meanwhile: nothing
// was added then.
func (s *Sequencer) grow(ctx context.Context, everything bool) (hashed int, done bool, err error) {
	size, next, err := listNext(ctx, s.db, everything)
	if err != nil || len(next) == 0 {
		return 0, true, err
	}
	t, err := findEdge(ctx, s.db, size)
	if err != nil {
		return 0, false, err
	}
	rows := make([]leafRow, len(next))
	for i, entry := range next {
		hash, err := recordOf(entry).hash()
		if err != nil {
			return 0, false, err
		}
		stored, err := t.add(hash)
		if err != nil {
			return 0, false, err
		}
		rows[i] = leafRow{TenantID: tenantdb.ScopeFrom(ctx).Tenant(), Leaf: size + int64(i), Transaction: entry.Transaction, EntryID: entry.EntryID, Hashes: joined(stored)}
	}
	done, err = insertLeaves(ctx, s.db, rows)
	return len(rows), done, err
}

func joined(hashes []tlog.Hash) []byte {
	bytes := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, hash := range hashes {
		bytes = append(bytes, hash[:]...)
	}
	return bytes
}

// settle hashes everything that was committed before now, and says which moment that is.
func (s *Sequencer) settle(ctx context.Context, tenant tenantdb.TenantID) (time.Time, error) {
	_, began, err := listTenants(ctx, s.db)
	if err != nil {
		return time.Time{}, err
	}
	for until := s.now().Add(s.patience); ; {
		_, now, err := listTenants(ctx, s.db)
		if err != nil {
			return time.Time{}, err
		}
		// Whatever began before has ended, and is seen by what comes now.
		if now.Xmin >= began.Xmax {
			return began.At, s.sequence(ctx, tenant, true)
		}
		if s.now().After(until) {
			return time.Time{}, ErrUnsettled
		}
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ErrUnsettled is returned where a transaction does not end, so that nobody can say which entries are all there.
var ErrUnsettled = errors.New("a transaction has been writing for a while and may hold entries of the journal: sign again when it has ended")

// Tenants are those that have a journal.
func (s *Sequencer) Tenants(ctx context.Context) ([]Tenant, error) {
	tenants, _, err := listTenants(ctx, s.db)
	return tenants, err
}

// Tenant finds one by its name.
func (s *Sequencer) Tenant(ctx context.Context, name string) (Tenant, error) {
	tenants, err := s.Tenants(ctx)
	if err != nil {
		return Tenant{}, err
	}
	for _, tenant := range tenants {
		if tenant.Slug == name {
			return tenant, nil
		}
	}
	return Tenant{}, fmt.Errorf("there is no tenant %s", name)
}

// Standing is how the journal of one tenant stands.
type Standing struct {
	Tenant
	// Hashed is how many entries are in the tree; Backlog those that wait.
	Hashed  int64
	Backlog Backlog
	// Signed is how many of them the last checkpoint holds, made at SignedAt; zero where there is none.
	Signed   int64
	SignedAt time.Time
}

// Status says how every journal stands.
func (s *Sequencer) Status(ctx context.Context) (all []Standing, err error) {
	tenants, err := s.Tenants(ctx)
	if err != nil {
		return nil, err
	}
	for _, tenant := range tenants {
		standing := Standing{Tenant: tenant}
		ctx := asSequencer(ctx, tenant.TenantID)
		if standing.Hashed, err = findSize(ctx, s.db); err != nil {
			return nil, err
		}
		if standing.Backlog, err = findBacklog(ctx, s.db); err != nil {
			return nil, err
		}
		checkpoint, err := findCheckpoint(ctx, s.db)
		if err != nil {
			return nil, err
		}
		standing.Signed, standing.SignedAt = checkpoint.Size, checkpoint.At
		all = append(all, standing)
	}
	return all, nil
}

// plenty is from how many entries that wait to be hashed on a tree lags: a pass takes more than that each second.
const plenty = 1000

// Behind says of which tenants the tree lags.
func (s *Sequencer) Behind(ctx context.Context) (map[tenantdb.TenantID]bool, error) {
	all, err := s.Status(ctx)
	if err != nil {
		return nil, err
	}
	behind := map[tenantdb.TenantID]bool{}
	for _, standing := range all {
		behind[standing.TenantID] = standing.Backlog.Entries > plenty
	}
	return behind, nil
}
