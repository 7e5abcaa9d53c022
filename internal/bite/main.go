// Command bite takes away, one after the other, what keeps a dossier safe (the sealing of each field, the entry of each
// use case in the journal, each policy, trigger and grant), gives each right too many, and sees that a test fails each
// time. It prints which one; what nothing notices is a hole. The working copy is never touched.
//
//	make bite
//	make bite ARGS="-only 'grant.*journal'"
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"passerelle/internal/localpg"
	"passerelle/internal/progress"
)

func main() {
	only := flag.String("only", "", "take away only what this `pattern` matches, such as '^trigger' or 'journal_entries'")
	list := flag.Bool("list", false, "say what would be taken away, and take nothing away")
	workers := flag.Int("workers", runtime.NumCPU(), "how `many` are taken away at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	survived, err := run(ctx, os.Stdout, options{only: *only, list: *list, workers: max(*workers, 1)})
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "Interrupted.")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bite:", err)
		os.Exit(2)
	case survived > 0:
		os.Exit(1)
	}
}

type options struct {
	only    string
	list    bool
	workers int
}

// run takes everything away that is asked for, and tells how much of it nobody noticed.
func run(ctx context.Context, out io.Writer, options options) (survived int, err error) {
	pattern, err := regexp.Compile(options.only)
	if err != nil {
		return 0, fmt.Errorf("read the pattern: %w", err)
	}
	root, err := home(ctx)
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "passerelle-bite-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil { // #nosec G302 -- other accounts run tests in it
		return 0, err
	}
	sources, err := readSources(root)
	if err != nil {
		return 0, err
	}
	packages, err := packagesWithTests(root)
	if err != nil {
		return 0, err
	}
	entries := entrySites(sources)
	known := &baseline{steps: map[Step]func() error{}}
	first, err := hire(ctx, filepath.Join(folder, "0"), nil, known)
	if err != nil {
		return 0, err
	}
	crew := []*worker{first}
	defer func() {
		for _, w := range crew {
			err = errors.Join(err, w.end())
		}
	}()
	found, err := things(ctx, first.cluster.ConnString(intact, localpg.Superuser))
	if err != nil {
		return 0, err
	}
	var all []Mutation
	for _, m := range append(mutations(found, sources, packages), entryMutations(entries, packages)...) {
		if pattern.MatchString(m.String()) {
			all = append(all, m)
		}
	}
	inOrder(all)
	if options.list {
		for _, m := range all {
			fmt.Fprintln(out, m)
		}
		return 0, nil
	}
	if len(all) == 0 {
		return 0, fmt.Errorf("nothing is called %s: -list says what there is", options.only)
	}
	fmt.Fprintf(out, "Building the tests with %d things to take away from them and their database\n", len(all))
	overlay, err := instrument(root, folder, sources, entries)
	if err != nil {
		return 0, err
	}
	if first.tests, err = build(ctx, root, overlay, filepath.Join(folder, "tests"), asked(all)); err != nil {
		return 0, err
	}
	for i := 1; i < min(options.workers, len(all)); i++ {
		next, err := hire(ctx, filepath.Join(folder, fmt.Sprint(i)), first.tests, known)
		if err != nil {
			return 0, err
		}
		crew = append(crew, next)
	}
	return takeAll(ctx, out, crew, all)
}

// home is the folder of the module.
func home(ctx context.Context) (string, error) {
	output, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(output))), nil
}

// asked are the packages whose tests may be run.
func asked(all []Mutation) (packages []string) {
	met := map[string]bool{}
	for _, m := range all {
		for _, step := range m.Steps {
			if !met[step.Package] {
				met[step.Package] = true
				packages = append(packages, step.Package)
			}
		}
	}
	return packages
}

// takeAll has the crew take everything away, and tells how much of it nobody noticed.
func takeAll(ctx context.Context, out io.Writer, crew []*worker, all []Mutation) (int, error) {
	began := time.Now()
	bar := progress.New(out, "Taking away", len(all))
	next := make(chan Mutation)
	var mu sync.Mutex
	var survivors []string
	bitten := map[string]int{}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(next)
		for _, m := range all {
			select {
			case next <- m:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for _, w := range crew {
		group.Go(func() error {
			for m := range next {
				step, said, err := w.take(ctx, m)
				if err != nil {
					return fmt.Errorf("%s: %w", m, err)
				}
				mu.Lock()
				if said.bit == "" {
					survivors = append(survivors, m.String())
					bar.Say(fmt.Sprintf("SURVIVED %s: nothing notices (%s)", m, said.took.Round(100*time.Millisecond)))
				} else {
					bitten[m.Kind]++
					bar.Say(fmt.Sprintf("%s: %s in %s (%s)", m, said.bit, step.Package, said.took.Round(100*time.Millisecond)))
				}
				mu.Unlock()
				bar.Add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "\n%s, %d workers\n", time.Since(began).Round(time.Second), len(crew))
	for _, kind := range kinds {
		if bitten[kind] > 0 {
			fmt.Fprintf(out, "  %-8s %4d noticed\n", kind, bitten[kind])
		}
	}
	if len(survivors) == 0 {
		return 0, nil
	}
	var again []string
	for _, name := range survivors {
		fmt.Fprintf(out, "  SURVIVED %s\n", name)
		again = append(again, regexp.QuoteMeta(name))
	}
	fmt.Fprintf(out, "Write the test that notices. To take only these away again:\n  go run ./internal/bite -only '^(%s)$'\n", strings.Join(again, "|"))
	return len(survivors), nil
}
