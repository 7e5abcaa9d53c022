// Package bench answers how quick whole pages are against the raw database. It fills a database with invented people,
// runs the application that serves real ones, and compares, in one run and by turns, a page (signed in, fenced,
// rendered, over HTTP) with one prepared statement that fetches the same rows behind no fence.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"passerelle/internal/keys"
	"passerelle/internal/localpg"
)

// Options say how much is filled in, and how long it is measured.
type Options struct {
	Size Size
	// Data holds the database, which the next run finds filled, and the master key that opens it.
	Data string
	// Connections are how many ask at once: one measurement each.
	Connections []int
	// Lasting is how long each measurement takes, once for the raw statement and once for the page.
	Lasting time.Duration
	// MaxConns is the size of the pool, the application's as well as the raw client's.
	MaxConns int32
	// PostgresBin is the folder of initdb and postgres; empty looks for them.
	PostgresBin string
	// Out is told of progress.
	Out io.Writer
}

// settings are those of a server that keeps what it was given, on a machine of a few gigabytes: nothing is switched
// off that a power cut would make one miss.
var settings = map[string]string{
	"shared_buffers":               "1GB",
	"effective_cache_size":         "3GB",
	"maintenance_work_mem":         "256MB",
	"random_page_cost":             "1.1",
	"wal_compression":              "on",
	"max_wal_size":                 "4GB",
	"checkpoint_timeout":           "15min",
	"checkpoint_completion_target": "0.9",
}

// Run fills what is not filled yet, and measures.
func Run(ctx context.Context, options Options) (report Report, err error) {
	say := func(line string) { fmt.Fprintln(options.Out, line) }
	cluster, master, err := start(ctx, options.Data, options.PostgresBin, say)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	log, err := os.Create(filepath.Join(options.Data, "application.log"))
	if err != nil {
		return Report{}, fmt.Errorf("make a log: %w", err)
	}
	defer log.Close()

	var sites [2]*site // the grown database, and the tenth of it from which growth is measured
	for i, size := range []Size{options.Size, options.Size.tenth()} {
		name := fmt.Sprintf("bench_%d", size.Dossiers)
		if err := prepare(ctx, cluster, name, master, size, options.Out); err != nil {
			return Report{}, err
		}
		site, err := open(ctx, cluster, name, master, size, options.MaxConns)
		if err != nil {
			return Report{}, err
		}
		defer func() { err = errors.Join(err, site.close()) }()
		if err := site.serve(ctx, master, options.MaxConns, log); err != nil {
			return Report{}, err
		}
		sites[i] = site
	}

	report = Report{
		Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(), Postgres: sites[0].version, Settings: settings,
		Size: options.Size, Pool: int(options.MaxConns), Seconds: options.Lasting.Seconds(),
	}
	for i := range pages {
		for _, connections := range options.Connections {
			say(fmt.Sprintf("Measuring the %s at %d connections.", pages[i].name, connections))
			measured, err := compare(ctx, sites[0], pages[i], connections, options.Lasting)
			if err != nil {
				return Report{}, err
			}
			report.Pages = append(report.Pages, measured)
		}
		say(fmt.Sprintf("Measuring how the %s has grown.", pages[i].name))
		grown, err := growth(ctx, sites[1], sites[0], pages[i], options.Lasting)
		if err != nil {
			return Report{}, err
		}
		report.Growth = append(report.Growth, grown)
	}
	say("Measuring what encryption and the journal cost.")
	if report.Costs, err = costs(ctx, sites[0], master, report.Pages, options); err != nil {
		return Report{}, err
	}
	say("Measuring the search by name.")
	report.Search, err = searching(ctx, cluster, master, min(searchedDossiers, options.Size.Dossiers), options)
	return report, err
}

// start starts the database in the folder, and reads the key that opens what lies in it; the first time, it makes both.
func start(ctx context.Context, data, postgresBin string, say func(string)) (*localpg.Cluster, keys.Master, error) {
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, nil, fmt.Errorf("the folder %s cannot be made: choose another with --data", data)
	}
	cluster, err := localpg.Start(ctx, localpg.Options{
		DataDir: filepath.Join(data, "postgres"), BinDir: postgresBin, Settings: settings, Progress: say,
	})
	if err != nil {
		return nil, nil, err
	}
	master, err := keys.MasterFile(filepath.Join(data, masterFile), true)
	if err != nil {
		return nil, nil, errors.Join(err, cluster.Stop())
	}
	return cluster, master, nil
}

// masterFile lies beside the database.
const masterFile = "master.key"

// turns is how often the two sides of a comparison change places, so that whatever else the machine does hits both.
const turns = 5

// alternate measures one side after the other, by turns, after each has warmed up.
func alternate(ctx context.Context, workers int, lasting time.Duration, sides ...func(ctx context.Context, worker, turn int) error) ([]sample, error) {
	samples := make([]sample, len(sides))
	for turn := range turns + 1 {
		for i, side := range sides {
			got, err := measure(ctx, workers, lasting/turns, side)
			if err != nil {
				return nil, err
			}
			if turn > 0 {
				samples[i].add(got)
			}
		}
	}
	return samples, nil
}

func compare(ctx context.Context, on *site, p page, connections int, lasting time.Duration) (Measured, error) {
	visits := on.visits[p.name]
	visitor := newVisitor(on.address, connections)
	defer visitor.close()
	samples, err := alternate(ctx, connections, lasting,
		func(ctx context.Context, worker, turn int) error {
			return p.ask(ctx, on.raw, visits[(worker*turnsApart+turn)%len(visits)])
		},
		func(_ context.Context, worker, turn int) error {
			return visitor.open(visits[(worker*turnsApart+turn)%len(visits)])
		},
	)
	if err != nil {
		return Measured{}, fmt.Errorf("%s at %d connections: %w", p.name, connections, err)
	}
	raw, whole := samples[0].figures(), samples[1].figures()
	return Measured{
		Page: p.name, Connections: connections, Raw: raw, Whole: whole,
		Ratio: whole.PerSecond / raw.PerSecond, Goal: p.goal, GoalP99: p.p99, Bytes: visitor.size(),
	}, nil
}

// turnsApart keeps workers from asking for the same thing at the same time.
const turnsApart = 7919

// growth compares what one person waits for a page in a small database and in a grown one.
func growth(ctx context.Context, small, large *site, p page, lasting time.Duration) (Growth, error) {
	visit := func(on *site) (func(context.Context, int, int) error, func()) {
		visitor := newVisitor(on.address, 1)
		visits := on.visits[p.name]
		return func(_ context.Context, _, turn int) error { return visitor.open(visits[turn%len(visits)]) }, visitor.close
	}
	askSmall, closeSmall := visit(small)
	defer closeSmall()
	askLarge, closeLarge := visit(large)
	defer closeLarge()
	samples, err := alternate(ctx, 1, lasting, askSmall, askLarge)
	if err != nil {
		return Growth{}, fmt.Errorf("growth of %s: %w", p.name, err)
	}
	from, to := samples[0].figures(), samples[1].figures()
	return Growth{
		Page: p.name, FromDossiers: small.size.Dossiers, ToDossiers: large.size.Dossiers,
		FromP50: from.P50, ToP50: to.P50, Factor: to.P50 / from.P50, Goal: p.growth,
	}, nil
}

// Small is enough to see that everything works: too little to say how quick it is.
var Small = Size{Tenants: 3, Dossiers: 2000, Referrals: 5000}
