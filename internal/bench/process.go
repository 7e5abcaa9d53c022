package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/metrics"
)

// soakHost is where the server believes to be, behind a proxy that speaks TLS.
const soakHost = "soak.example"

// process is a server that runs as a program, as it does where people use it.
type process struct {
	command          *exec.Cmd
	address, metrics string
	client           *http.Client
	ended            chan error
}

func launch(ctx context.Context, on *site, options SoakOptions) (*process, error) {
	addresses, err := free(2)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(options.Data, "application.log"))
	if err != nil {
		return nil, fmt.Errorf("make a log: %w", err)
	}
	defer log.Close()
	p := &process{
		command: exec.Command(options.Program[0], options.Program[1:]...), address: addresses[0], metrics: addresses[1], ended: make(chan error, 1),
		client: &http.Client{
			Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: mostUnanswered},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	p.command.Env = append(append(p.command.Environ(), options.Env...),
		"ORIGIN=https://"+soakHost, "LISTEN="+p.address, "METRICS_LISTEN="+p.metrics, "SHUTDOWN_LEAD=0s", fmt.Sprintf("DATABASE_MAX_CONNS=%d", options.MaxConns),
		"DATABASE_URL="+on.data, "KEYS_DATABASE_URL="+on.keys, "SEQUENCER_DATABASE_URL="+on.sequencer, "MASTER_KEY_FILE="+filepath.Join(options.Data, masterFile))
	p.command.Stdout, p.command.Stderr = log, log
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	go func() { p.ended <- p.command.Wait() }()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		wrong := p.ask(ctx, http.MethodGet, "/readyz", "", nil, nil)
		if wrong == "" {
			return p, nil
		}
		if time.Since(began) > time.Minute || ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("the server does not get ready (%s): read %s", wrong, log.Name()), p.end())
		}
	}
}

// free finds addresses on which nobody listens.
func free(many int) (addresses []string, err error) {
	for range many {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		defer listener.Close()
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

// ask says what is wrong with an answer, and nothing if it is right: the page, or after a form where to go on.
func (p *process) ask(ctx context.Context, method, path, cookie string, form url.Values, expected []string) string {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err.Error()
	}
	request.Host = soakHost
	request.Header.Set("Accept-Language", "fr-CH")
	if cookie != "" {
		request.Header.Set("Cookie", "__Host-"+cookie)
	}
	want := http.StatusOK
	if method == http.MethodPost {
		want = http.StatusSeeOther
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := p.client.Do(request)
	if err != nil {
		return "no answer"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return "half an answer"
	case response.StatusCode != want:
		return fmt.Sprintf("answered %d", response.StatusCode)
	}
	for _, text := range expected {
		if !bytes.Contains(body, []byte(text)) {
			return "the page does not hold what it should"
		}
	}
	return ""
}

// look asks the server for its figures, and the database for its own.
func (p *process) look(ctx context.Context, owner *pgxpool.Pool) (f Footing, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.metrics+"/metrics", nil)
	if err != nil {
		return Footing{}, fmt.Errorf("ask for figures: %w", err)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return Footing{}, fmt.Errorf("ask for figures: %w", err)
	}
	defer response.Body.Close()
	figures, err := metrics.Read(response.Body)
	if err != nil {
		return Footing{}, err
	}
	const mega = 1 << 20
	for name, into := range map[string]struct {
		value *float64
		unit  float64
	}{
		"process_resident_memory_bytes": {&f.Resident, mega}, "go_memstats_heap_inuse_bytes": {&f.Heap, mega},
		"go_goroutines": {&f.Goroutines, 1}, "process_open_fds": {&f.Files, 1},
	} {
		value, told := figures[name]
		if !told {
			return Footing{}, fmt.Errorf("the server does not tell %s", name)
		}
		*into.value = value / into.unit
	}
	err = owner.QueryRow(ctx, "select pg_database_size(current_database()) / 1048576.0, (select count(*) from pg_stat_activity where datname = current_database() and usename like 'passerelle%')").
		Scan(&f.Database, &f.Connections)
	if err != nil {
		return Footing{}, fmt.Errorf("ask the database: %w", err)
	}
	return f, nil
}

// end tells the server to end, and waits until it has.
func (p *process) end() error {
	p.client.CloseIdleConnections()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("end the server: %w", err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			return fmt.Errorf("the server ended: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the server does not end, and was killed"), p.command.Process.Kill())
	}
}
