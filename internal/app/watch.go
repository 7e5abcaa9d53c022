package app

import (
	"context"
	"time"

	"passerelle/internal/alerts"
	"passerelle/internal/tenantdb"
)

// watchEvery is how often the journal is looked through: an alert is raised within a minute, also where a look fails.
const watchEvery = 15 * time.Second

// watch looks through the journal until ctx ends. A look that fails is made good by the next, which begins where the last one
// that did not fail has ended.
func watch(ctx context.Context, db *tenantdb.DB, options Options) {
	every := options.WatchEvery
	if every == 0 {
		every = watchEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	watch := alerts.NewWatch(db)
	for {
		looking, cancel := context.WithTimeout(ctx, 2*watchEvery)
		err := watch.Look(looking)
		cancel()
		if err != nil && ctx.Err() == nil {
			options.Log.Error("the journal was not watched", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
