package announcements

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"passerelle/internal/tenantdb"
)

// every is how often the board looks whether something was announced, changed or withdrawn.
const every = 10 * time.Second

// patience is how long one look may take.
const patience = 5 * time.Second

// Board keeps in memory what is announced, so that no page asks the database for it. What it shows is some seconds old at most; when
// an announcement begins and ends it knows by itself.
type Board struct {
	db  *tenantdb.DB
	now func() time.Time
	all atomic.Pointer[[]Announcement]
}

// NewBoard makes an empty one.
func NewBoard(db *tenantdb.DB, now func() time.Time) *Board { return &Board{db: db, now: now} }

// Look reads what is announced. Announcements are nobody's secret: they stand on the page on which one signs in.
func (b *Board) Look(ctx context.Context) error {
	var all []Announcement
	now := b.now()
	err := b.db.View(tenantdb.WithScope(ctx, tenantdb.SignIn()), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		all, err = listPosted(ctx, tx, now)
		return err
	})
	if err != nil {
		return err
	}
	b.all.Store(&all)
	return nil
}

// Run looks until ctx ends. Where a look fails, what was known stands until the next.
func (b *Board) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		looking, cancel := context.WithTimeout(ctx, patience)
		err := b.Look(looking)
		cancel()
		if err != nil && ctx.Err() == nil {
			log.Error("announcements were not read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Current gives what people of a tenant see now, the gravest first.
func (b *Board) Current(tenant tenantdb.TenantID) (current []Announcement) {
	all := b.all.Load()
	if all == nil || len(*all) == 0 {
		return nil
	}
	now := b.now()
	for _, announcement := range *all {
		if announcement.isFor(tenant) && announcement.StateAt(now) == Current {
			current = append(current, announcement)
		}
	}
	slices.SortStableFunc(current, func(x, y Announcement) int { return slices.Index(Kinds, y.Kind) - slices.Index(Kinds, x.Kind) })
	return current
}
