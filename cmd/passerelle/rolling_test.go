package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
	"passerelle/migrations"
)

const host = "passerelle.example"

// installation is a database in which Léa is signed in, and what `passerelle serve` needs to serve it.
type installation struct {
	database *pgtest.Database
	env      []string
	// token is the session's, and csrf what its forms carry.
	token, csrf string
	// dossier is one of hers.
	dossier string
}

func install(t *testing.T) *installation {
	t.Helper()
	text, err := keys.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	master, err := keys.MasterFromText(text)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	db := pgtest.New(t)
	site := webtest.StartOn(t, db, func(o *app.Options) { o.Master = master })
	lea := site.SignIn(t, cast.Lea)
	i := &installation{database: db, csrf: lea.Token(), env: append(os.Environ(), "PASSERELLE_TEST_AS_PROGRAM=yes", "ORIGIN=https://"+host, "MASTER_KEY_FILE="+file,
		"DATABASE_URL="+db.AppConnString, "KEYS_DATABASE_URL="+db.KeysConnString, "SEQUENCER_DATABASE_URL="+db.SequencerConnString)}
	for _, cookie := range lea.Cookies() {
		if cookie.Name == "pas" {
			i.token = cookie.Value
		}
	}
	dossier, ctx := ids.New[dossiers.Dossier](), cast.Lea.Context(t.Context())
	name, err := site.App.Dossiers.Propose(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.App.Dossiers.Open(ctx, dossier, dossiers.Particulars{CodeName: name, Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	i.dossier = dossier.String()
	site.Stop(t)
	return i
}

// request is one of Léa's, at whichever instance.
func (i *installation) request(t *testing.T, method, at string, values url.Values) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	request.AddCookie(&http.Cookie{Name: "__Host-pas", Value: i.token})
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return request
}

// instance is a server, as a process.
type instance struct {
	address string
	program *exec.Cmd
	said    bytes.Buffer
	ended   chan error
}

// serve starts one, and waits until it may be sent requests.
func (i *installation) serve(t *testing.T, address string, more ...string) *instance {
	t.Helper()
	s := &instance{address: address, program: exec.Command(os.Args[0], "serve"), ended: make(chan error, 1)}
	s.program.Env = append(append(i.env, "LISTEN="+address, "REQUESTS_A_MINUTE=1000000"), more...)
	s.program.Stdout, s.program.Stderr = &s.said, &s.said
	if err := s.program.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.program.Wait(); close(s.ended) }()
	t.Cleanup(func() { _ = s.program.Process.Kill(); <-s.ended })
	for deadline := time.Now().Add(30 * time.Second); !ready(address); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server does not get ready")
		}
	}
	return s
}

// end tells it to end and says how long that took.
func (s *instance) end(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	if err := s.program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("it ended with %v: %s", err, &s.said)
		}
	case <-time.After(25 * time.Second):
		t.Fatal("it has not ended within 25 seconds")
	}
	return time.Since(began)
}

func ready(address string) bool {
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestT58 stops servers at work: whoever has asked is answered, and where there are two, nobody notices that the schema changed under
// them and that each was exchanged.
func TestT58(t *testing.T) {
	t.Run("fifty requests of two seconds are under way", fiftyUnderWay)
	t.Run("two servers are exchanged under load", exchanged)
}

func fiftyUnderWay(t *testing.T) {
	const lead = 1500 * time.Millisecond
	i := install(t)
	metrics := free(t)
	s := i.serve(t, free(t), "DATABASE_MAX_CONNS=52", "SHUTDOWN_LEAD="+lead.String(), "METRICS_LISTEN="+metrics)
	// Finding out who asks takes two seconds.
	i.database.Exec(t, `create function slow() returns boolean language plpgsql volatile as $$ begin perform pg_sleep(2); return true; end $$`)
	i.database.Exec(t, `create policy slow on sessions as restrictive for select using (slow())`)
	var answered sync.WaitGroup
	var right atomic.Int32
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 50 {
		answered.Go(func() {
			response, err := client.Do(i.request(t, http.MethodGet, "http://"+s.address+"/work", nil))
			if err != nil {
				t.Errorf("a request under way: %v", err)
				return
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), "</html>") {
				t.Errorf("a request under way was answered %d, %v", response.StatusCode, err)
				return
			}
			right.Add(1)
		})
	}
	time.Sleep(700 * time.Millisecond)
	if right.Load() > 0 {
		t.Fatal("the requests are not slow")
	}
	told := time.Now()
	if err := s.program.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for asked := time.Now(); ready(s.address); time.Sleep(10 * time.Millisecond) {
		if time.Since(asked) > time.Second {
			t.Fatal("it says that it is ready while it ends")
		}
	}
	// Whoever has not heard it yet is served, on a new connection, and told that the connection ends.
	late, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: false}}).Get("http://" + s.address + "/healthz")
	if err != nil || late.StatusCode != http.StatusOK || !late.Close {
		t.Errorf("a new connection: %v %+v", err, late)
	}
	if figures, err := http.Get("http://" + metrics + "/metrics"); err != nil || figures.StatusCode != http.StatusOK {
		t.Errorf("figures are not told to the end: %v", err)
	}
	answered.Wait()
	select {
	case err := <-s.ended:
		if err != nil {
			t.Errorf("it ended with %v: %s", err, &s.said)
		}
	case <-time.After(25 * time.Second):
		t.Fatal("it has not ended within 25 seconds")
	}
	if took := time.Since(told); took < lead || took > 25*time.Second {
		t.Errorf("it ended after %s", took)
	}
	if right.Load() != 50 {
		t.Errorf("%d of 50 were answered", right.Load())
	}
}

// balancer sends requests to those of two instances that say they are ready, as any balancer does that asks them.
type balancer struct {
	backends []*httputil.ReverseProxy
	ready    []atomic.Bool
	next     atomic.Uint64
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first := b.next.Add(1)
	for offset := range b.backends {
		n := (first + uint64(offset)) % uint64(len(b.backends))
		if b.ready[n].Load() {
			b.backends[n].ServeHTTP(w, r)
			return
		}
	}
	http.Error(w, "nobody is ready", http.StatusBadGateway)
}

func balance(t *testing.T, addresses ...string) *httptest.Server {
	t.Helper()
	b := &balancer{ready: make([]atomic.Bool, len(addresses))}
	for n, address := range addresses {
		b.backends = append(b.backends, &httputil.ReverseProxy{
			Transport: &http.Transport{MaxIdleConnsPerHost: 16},
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: address})
				r.Out.Host = r.In.Host
			},
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				http.Error(w, err.Error(), http.StatusBadGateway)
			},
		})
		b.ready[n].Store(ready(address))
		go func() {
			for t.Context().Err() == nil {
				b.ready[n].Store(ready(address))
				time.Sleep(100 * time.Millisecond)
			}
		}()
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return server
}

// upgrade changes what servers at work read and write with every request, as the migration of a next version does.
func (i *installation) upgrade(t *testing.T) {
	t.Helper()
	next := fstest.MapFS{"999_next.tx.up.sql": {Data: []byte(`
		alter table sessions add column next text not null default '' constraint sessions_are_next check (next <> 'last');
		alter table parked_forms add column next int;
		alter table dossiers add column next text;
		create index dossiers_by_next on dossiers (tenant_id, next);
		create function next() returns boolean language sql stable as 'select true';
		grant execute on function next() to public;
		create policy next_fence on tasks as restrictive for all to public using (next());
		grant select (next) on dossiers to passerelle_app;`)}}
	names, err := fs.Glob(migrations.Files, "*.tx.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		next[name] = &fstest.MapFile{Data: content}
	}
	if err := migrate.Up(t.Context(), i.database.OwnerConnString, migrate.Options{Files: next}); err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := i.database.Owner.QueryRow(t.Context(), "select exists (select from pg_policies where policyname = 'next_fence')").Scan(&there); err != nil || !there {
		t.Fatalf("the schema has not changed: %v", err)
	}
}

func exchanged(t *testing.T) {
	i := install(t)
	addresses := []string{free(t), free(t)}
	servers := []*instance{i.serve(t, addresses[0], "SHUTDOWN_LEAD=1s"), i.serve(t, addresses[1], "SHUTDOWN_LEAD=1s")}
	front := balance(t, addresses...)
	aborted := func() (n int) {
		t.Helper()
		if err := i.database.Owner.QueryRow(t.Context(), "select xact_rollback from pg_stat_database where datname = current_database()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := aborted()

	var asked, written atomic.Int32
	var all sync.WaitGroup
	stop := make(chan struct{})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	do := func(request *http.Request, want int) bool {
		response, err := client.Do(request)
		if err != nil {
			t.Errorf("%s %s: %v", request.Method, request.URL.Path, err)
			return false
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		asked.Add(1)
		if err != nil || response.StatusCode != want {
			t.Errorf("%s %s: %d, %v: %.300s", request.Method, request.URL.Path, response.StatusCode, err, body)
			return false
		}
		return true
	}
	for n := range 6 {
		all.Go(func() {
			for turn := 0; ; turn++ {
				select {
				case <-stop:
					return
				default:
				}
				if n < 4 {
					do(i.request(t, http.MethodGet, front.URL+[]string{"/work", "/dossiers", "/tasks", "/housing"}[turn%4], nil), http.StatusOK)
				} else if do(i.request(t, http.MethodPost, front.URL+"/parked-forms", url.Values{"_csrf": {i.csrf}, "_page": {"/dossiers/new"}, "contact_note": {fmt.Sprint(turn)}}), http.StatusCreated) {
					written.Add(1)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	i.upgrade(t)
	for n, s := range servers {
		time.Sleep(500 * time.Millisecond)
		if took := s.end(t); took > 25*time.Second {
			t.Errorf("server %d ended after %s", n, took)
		}
		i.serve(t, addresses[n], "SHUTDOWN_LEAD=1s")
		time.Sleep(500 * time.Millisecond)
	}
	close(stop)
	all.Wait()
	t.Logf("%d requests, %d of them writing", asked.Load(), written.Load())
	if asked.Load() < 100 || written.Load() < 20 {
		t.Errorf("there was no load: %d requests, %d writing", asked.Load(), written.Load())
	}
	time.Sleep(1500 * time.Millisecond) // until the server has counted
	if n := aborted() - before; n != 0 {
		t.Errorf("%d transactions were aborted", n)
	}
}
