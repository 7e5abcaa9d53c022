package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/mandates"
	"passerelle/internal/tenantdb"
	"passerelle/views/ui"
)

// work does until ctx ends what nobody asks for.
func (a *App) work(ctx context.Context, ring *keys.Ring, sequencer *journal.Sequencer, options Options) {
	defer close(a.listening)
	var all sync.WaitGroup
	all.Go(func() { a.Hub.Listen(ctx, options.DatabaseURL) })
	all.Go(func() { ring.Listen(ctx, options.KeysDatabaseURL, options.DatabaseURL) })
	all.Go(func() { sequencer.Run(ctx) })
	all.Go(func() { watch(ctx, a.DB, options) })
	all.Go(func() { a.Board.Run(ctx, options.Log) })
	all.Go(func() { mandates.Watch(ctx, a.Mandates, options.Log) })
	all.Go(func() { a.Meter.Run(ctx, options.Log) })
	a.reach(ctx, &all, ring, options)
	all.Wait()
}

// announced is what a page shows of what is announced to people of a tenant. What it is hidden by names it as it is written now:
// changed, it is another one and shows again.
func (a *App) announced(tenant tenantdb.TenantID, language i18n.Lang) (shown []ui.Announcement) {
	for _, announcement := range a.Board.Current(tenant) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", announcement.AnnouncementID, announcement.Version))
		shown = append(shown, ui.Announcement{Token: hex.EncodeToString(sum[:6]), Kind: string(announcement.Kind), Words: announcement.In(language)})
	}
	return shown
}
