package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
)

// intact is the database from which nothing is taken away, and without the one from which something is.
const (
	intact  = "bite_intact"
	without = "bite_without"
)

// worker takes one thing away after the other, on a cluster of its own.
type worker struct {
	tests   *tests
	known   *baseline
	home    string
	cluster *localpg.Cluster
	admin   *pgx.Conn
}

// hire starts a worker's cluster, migrated.
func hire(ctx context.Context, home string, tests *tests, known *baseline) (w *worker, err error) {
	w = &worker{tests: tests, known: known, home: home}
	// As root, Postgres runs as another account, which must get through.
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	if w.cluster, err = localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(home, "postgres"), Fast: true}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.end())
		}
	}()
	if w.admin, err = pgx.Connect(ctx, w.cluster.ConnString("postgres", localpg.Superuser)); err != nil {
		return nil, err
	}
	if _, err = w.admin.Exec(ctx, "create database "+intact); err != nil {
		return nil, err
	}
	for _, up := range []func(context.Context, string, migrate.Options) error{migrate.Up, migrate.UpKeys} {
		if err = up(ctx, w.cluster.ConnString(intact, localpg.Superuser), migrate.Options{}); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *worker) end() error {
	if w.admin != nil {
		_ = w.admin.Close(context.Background()) // the server is about to stop
	}
	return w.cluster.Stop()
}

// address is the cluster as -pgtest.address wants it.
func (w *worker) address() string {
	address, _, _ := strings.Cut(w.cluster.ConnString("", ""), " dbname=")
	return address
}

// sweep drops what tests have left that were stopped, and the database from which something was taken away.
func (w *worker) sweep(ctx context.Context) error {
	rows, err := w.admin.Query(ctx, "select datname from pg_database where datname like 'test\\_%' or datname = $1", without)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := w.admin.Exec(ctx, "drop database "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the database that tests clone, and takes something away from it.
func (w *worker) prepare(ctx context.Context, statement string) error {
	if err := w.sweep(ctx); err != nil {
		return err
	}
	if _, err := w.admin.Exec(ctx, "create database "+without+" template "+intact+" strategy file_copy"); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, w.cluster.ConnString(without, localpg.Superuser))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// take takes one thing away and asks test after test, until one notices. The answer of nobody is empty.
func (w *worker) take(ctx context.Context, m Mutation) (bit Step, said answer, err error) {
	flags := []string{"-taken", m.String()}
	switch {
	case m.Statement != "":
		if err := w.prepare(ctx, m.Statement); err != nil {
			return Step{}, answer{}, fmt.Errorf("take it away: %w", err)
		}
		flags = []string{"-pgtest.address", w.address(), "-pgtest.template", without}
	case m.Kind == "entry":
		// Only what is sealed is looked for in the files of a server, which then must be a fresh one.
		if err := w.sweep(ctx); err != nil {
			return Step{}, answer{}, err
		}
		flags = append(flags, "-pgtest.address", w.address(), "-pgtest.template", intact)
	}
	var all answer
	for _, step := range m.Steps {
		if err := w.known.passes(ctx, w, step); err != nil {
			return Step{}, answer{}, err
		}
		said, err := w.tests.ask(ctx, step, w.home, flags...)
		all.took += said.took
		if all.bit = said.bit; err != nil || said.bit != "" {
			return step, all, err
		}
	}
	return Step{}, all, nil
}

// baseline knows which tests pass while nothing is taken away: only those can notice something.
type baseline struct {
	mu    sync.Mutex
	steps map[Step]func() error
}

func (b *baseline) passes(ctx context.Context, w *worker, step Step) error {
	b.mu.Lock()
	once, ok := b.steps[step]
	if !ok {
		once = sync.OnceValue(func() error {
			said, err := w.tests.ask(ctx, step, w.home, "-pgtest.address", w.address(), "-pgtest.template", intact)
			if err == nil && said.bit != "" {
				err = fmt.Errorf("%s fails, and nothing was taken away: %s", step, said.bit)
			}
			return err
		})
		b.steps[step] = once
	}
	b.mu.Unlock()
	return once()
}
