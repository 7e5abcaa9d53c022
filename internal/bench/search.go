package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
	"passerelle/internal/tenantdb"
)

// searchedDossiers are those of the one tenant in which a name is looked for.
const searchedDossiers = 5000

// Searched is how long a search by name takes among the dossiers of a tenant. There is nothing raw beside it: no database
// can find a name that is sealed. Cold is a process that has opened nothing yet.
type Searched struct {
	Dossiers int     `json:"dossiers"`
	Cold     Figures `json:"cold"`
	Warm     Figures `json:"warm"`
}

// searching measures the use case in a database of its own, one person after the other.
func searching(ctx context.Context, cluster *localpg.Cluster, master keys.Master, many int, options Options) (searched Searched, err error) {
	size := Size{Tenants: 1, Dossiers: many}
	const name = "bench_search"
	if err := prepare(ctx, cluster, name, master, size, options.Out); err != nil {
		return Searched{}, err
	}
	db, err := tenantdb.Open(ctx, cluster.ConnString(name, migrate.App), tenantdb.Options{MaxConns: options.MaxConns})
	if err != nil {
		return Searched{}, fmt.Errorf("open the dossiers: %w", err)
	}
	defer db.Close()
	tenant := inventHouses(1)[0]
	ctx = staffOf(ctx, tenant)
	sought, err := dossiers.ParseSought("Tarquinia Bvumbe")
	if err != nil {
		return Searched{}, err
	}
	search := func(ctx context.Context, ring *keys.Ring) error {
		// A service of its own each time: after a search, its person rests.
		found, err := dossiers.New(db, ring, time.Now).Search(ctx, sought)
		if err == nil && len(found.Unreadable) > 0 {
			err = fmt.Errorf("%d dossiers cannot be read", len(found.Unreadable))
		}
		return err
	}
	url := cluster.ConnString(name, migrate.Keys)
	cold, err := measure(ctx, 1, options.Lasting, func(ctx context.Context, _, _ int) error {
		return withRing(ctx, url, master, func(ring *keys.Ring) error { return search(ctx, ring) })
	})
	if err != nil {
		return Searched{}, fmt.Errorf("search, cold: %w", err)
	}
	var warm sample
	err = withRing(ctx, url, master, func(ring *keys.Ring) error {
		if err := search(ctx, ring); err != nil {
			return err
		}
		warm, err = measure(ctx, 1, options.Lasting, func(ctx context.Context, _, _ int) error { return search(ctx, ring) })
		return err
	})
	if err != nil {
		return Searched{}, fmt.Errorf("search, warm: %w", err)
	}
	return Searched{Dossiers: many, Cold: cold.figures(), Warm: warm.figures()}, nil
}

func (s Searched) write(out io.Writer) {
	fmt.Fprintf(out, "\nSearch by name among %d dossiers of a tenant, in ms: cold p50 %.0f, p99 %.0f (new connections included); warm p50 %.0f, p99 %.0f.\n",
		s.Dossiers, s.Cold.P50, s.Cold.P99, s.Warm.P50, s.Warm.P99)
}
