package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// SoakOptions say what a server is to bear, and for how long.
type SoakOptions struct {
	Size Size
	// Data holds the database, as it does for Run.
	Data string
	// Lasting is how long requests are sent, Rate how many a second, whether or not those before have been answered.
	Lasting time.Duration
	Rate    int
	// MaxConns is the size of the server's pool.
	MaxConns int32
	// PostgresBin is the folder of initdb and postgres; empty looks for them.
	PostgresBin string
	// Program is the command that serves, and Env what it is given beside its address, databases and key.
	Program, Env []string
	// Out is told of progress.
	Out io.Writer
}

const (
	// mostUnanswered requests may wait: whoever has more to answer is overwhelmed, and what is not sent then has failed.
	mostUnanswered = 64
	// soakLooks is how often the server is asked how it is; not more than once a second.
	soakLooks = 60
)

// Soak has a server, which is a process of its own, answer requests at a steady rate, and looks again and again at what it
// holds. One request in ten writes: a task is set, and is done.
func Soak(ctx context.Context, options SoakOptions) (soaked Soaked, err error) {
	say := func(line string) { fmt.Fprintln(options.Out, line) }
	cluster, master, err := start(ctx, options.Data, options.PostgresBin, say)
	if err != nil {
		return Soaked{}, err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	name := fmt.Sprintf("bench_%d", options.Size.Dossiers)
	if err := prepare(ctx, cluster, name, master, options.Size, options.Out); err != nil {
		return Soaked{}, err
	}
	on, err := open(ctx, cluster, name, master, options.Size, options.MaxConns)
	if err != nil {
		return Soaked{}, err
	}
	defer func() { err = errors.Join(err, on.close()) }()
	deeds, err := on.deeds(ctx)
	if err != nil {
		return Soaked{}, err
	}
	server, err := launch(ctx, on, options)
	if err != nil {
		return Soaked{}, err
	}
	defer func() { err = errors.Join(err, server.end()) }()
	say(fmt.Sprintf("Sending %d requests a second for %s.", options.Rate, options.Lasting))
	s := soak{server: server, deeds: deeds, free: make(chan struct{}, mostUnanswered), Soaked: Soaked{
		Cores: runtime.NumCPU(), Go: runtime.Version(), Postgres: on.version, Size: options.Size, Pool: int(options.MaxConns),
		Rate: options.Rate, Seconds: options.Lasting.Seconds(), Failures: map[string]int{},
	}}
	if err := s.run(ctx, on, options); err != nil {
		return Soaked{}, err
	}
	return s.Soaked, nil
}

// deed is what somebody does: a page that is read, or a task that is set and done.
type deed struct {
	visit
	// author and dossier are whose task it is, and where; none for a page.
	author  guest
	dossier string
}

// deeds are what people do, as often as they stand there.
func (s *site) deeds(ctx context.Context) ([][]deed, error) {
	var all [][]deed
	for page, times := range map[string]int{"dossier list": 5, dossierPage: 7, "inbox": 5, "long dossier": 1, "long timeline": 1, "my work": 5, "board": 2, "year": 1} {
		var some []deed
		for _, v := range s.visits[page] {
			v.expected = []string{"</html>"} // what stands first on it changes as tasks are set
			some = append(some, deed{visit: v})
		}
		for range times {
			all = append(all, some)
		}
	}
	var written []deed
	for _, g := range staffOnly(s.people) {
		open, err := column(ctx, s.raw, "select dossier_id::text from dossiers where tenant_id = $1 and closed_at is null order by dossier_id limit 20", g.tenant)
		if err != nil {
			return nil, err
		}
		for _, id := range open {
			written = append(written, deed{author: g, dossier: id})
		}
	}
	return append(all, written, written), nil // each makes two requests, hence one in ten writes
}

// soak is one in progress.
type soak struct {
	server *process
	deeds  [][]deed
	free   chan struct{}
	group  sync.WaitGroup

	mu   sync.Mutex
	took []time.Duration
	Soaked
}

func (s *soak) run(ctx context.Context, on *site, options SoakOptions) error {
	began := time.Now()
	next, look := began, began
	for n := 0; time.Since(began) < options.Lasting; n++ {
		if !time.Now().Before(look) {
			f, err := s.server.look(ctx, on.raw)
			if err != nil {
				return err
			}
			s.Looks = append(s.Looks, f)
			fmt.Fprintf(options.Out, "\r%3.0f %%, %d requests, %d failures, %.0f MB ", 100*time.Since(began).Seconds()/options.Lasting.Seconds(), n, s.failed(), f.Resident)
			look = look.Add(max(options.Lasting/soakLooks, time.Second))
		}
		next = next.Add(time.Second / time.Duration(options.Rate))
		select {
		case <-time.After(time.Until(next)):
		case <-ctx.Done():
			return fmt.Errorf("soak: %w", ctx.Err())
		}
		select {
		case s.free <- struct{}{}:
			some := s.deeds[n%len(s.deeds)]
			what := some[rand.IntN(len(some))] // #nosec G404 -- which page is opened next
			s.group.Go(func() { defer func() { <-s.free }(); s.do(ctx, what) })
		default:
			s.fail("not sent, too many wait")
		}
	}
	fmt.Fprintln(options.Out)
	s.group.Wait()
	f, err := s.server.look(ctx, on.raw)
	if err != nil {
		return err
	}
	s.Looks = append(s.Looks, f)
	s.Figures = sample{took: s.took, elapsed: time.Since(began)}.figures()
	s.Longest = float64(slices.Max(append(s.took, 0))) / float64(time.Millisecond)
	return nil
}

func (s *soak) do(ctx context.Context, what deed) {
	if what.dossier == "" {
		s.send(ctx, http.MethodGet, what.path, what.cookie, nil, what.expected)
		return
	}
	id, form := uuid.NewString(), url.Values{"_csrf": {what.author.csrf}}
	form.Set("id", id)
	form.Set("text", "Appeler la permanence")
	form.Set("kind", "call")
	form.Set("due_on", time.Now().AddDate(0, 0, 7).Format("02.01.2006"))
	form.Set("assignee", what.author.person.String())
	s.send(ctx, http.MethodPost, path.Join("/dossiers", what.dossier, "tasks"), what.author.cookie, form, nil)
	s.send(ctx, http.MethodPost, path.Join("/tasks", id, "ending"), what.author.cookie, url.Values{"_csrf": form["_csrf"], "outcome": {"done"}}, nil)
}

// send counts an answer that is wrong by what is wrong with it.
func (s *soak) send(ctx context.Context, method, path, cookie string, form url.Values, expected []string) {
	began := time.Now()
	wrong := s.server.ask(ctx, method, path, cookie, form, expected)
	took := time.Since(began)
	s.mu.Lock()
	s.took = append(s.took, took)
	if method == http.MethodPost {
		s.Written++
	}
	s.mu.Unlock()
	if wrong != "" {
		s.fail(wrong)
	}
}

func (s *soak) fail(how string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Failures[how]++
}

func (s *soak) failed() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.Failures {
		n += times
	}
	return n
}
