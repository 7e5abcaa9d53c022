// Package pgtest gives each test a database of its own: real Postgres, migrated, empty, and gone afterwards. A test
// binary has one cluster, started by the first test that asks for a database.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
package pgtest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
	"passerelle/internal/tenantdb"
)

const homePrefix = "passerelle-pgtest-"

// With these, a test binary uses a cluster that runs already, and clones what somebody has prepared there: for make
// bite, which runs the same binary on a database from which something is taken away.
var (
	address  = flag.String("pgtest.address", "", "`host and port`, as libpq writes them, of a cluster that runs already")
	template = flag.String("pgtest.template", "passerelle_template", "the `database` that every test's own is cloned from")
)

// Database is a test's own.
type Database struct {
	// App is what the application has: connected as its role, behind every fence.
	App *tenantdb.DB
	// Owner is a superuser's, whom no fence stops: for arranging a test, and for looking behind what App shows.
	Owner *pgxpool.Pool
	// AppConnString and OwnerConnString reach the same database as the same roles, KeysConnString as that of the keys.
	AppConnString, OwnerConnString, KeysConnString string
	// RotationConnString and KeysRotationConnString reach the data and the keys as those that change keys.
	RotationConnString, KeysRotationConnString string
	// SequencerConnString reaches the data as what hashes the journal.
	SequencerConnString string
	// PlatformConnString reaches it as those who run the installation.
	PlatformConnString string
	// TransferConnString reaches it as what takes whole tenants out, in and away.
	TransferConnString string
}

// Master is the key that wraps all others in the databases of this test binary.
var Master = sync.OnceValue(func() keys.Master {
	text, err := keys.NewMaster()
	if err != nil {
		panic(err)
	}
	master, err := keys.MasterFromText(text)
	if err != nil {
		panic(err)
	}
	return master
})

// Ring is the keys of the database.
func (db *Database) Ring(t testing.TB) *keys.Ring {
	t.Helper()
	pool, err := tenantdb.OpenKeys(t.Context(), db.KeysConnString, tenantdb.Options{})
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(pool.Close)
	ring, err := keys.New(t.Context(), pool, Master())
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	Hear(t, ring, db)
	return ring
}

// Hear has a ring listen, for as long as the test lasts, and waits until it hears.
func Hear(t testing.TB, ring *keys.Ring, db *Database) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		ring.Listen(ctx, db.KeysConnString, db.AppConnString)
	}()
	t.Cleanup(func() { stop(); <-done })
	for deadline := time.Now().Add(10 * time.Second); !ring.Hears(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("pgtest: the ring hears nothing")
		}
	}
}

// Main runs the tests of a package and stops its cluster afterwards, interrupted or not; before it, what else the
// package has started.
func Main(m *testing.M, others ...func()) {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		for _, stop := range others {
			stop()
		}
		shared.stop()
		os.Exit(130)
	}()
	code := m.Run()
	for _, stop := range others {
		stop()
	}
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = 1
	}
	os.Exit(code)
}

// New clones the migrated database for one test.
func New(t testing.TB) *Database {
	t.Helper()
	connString, admin, err := shared.start()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	// Copying files is quicker than logging each page, and with fsync off the checkpoint that it needs costs nothing.
	create(t, admin, name, *template+" strategy file_copy")
	// A clone does not take over who may enter.
	if _, err := admin.Exec(t.Context(), "revoke all on database "+name+" from public; grant connect on database "+name+" to "+strings.Join([]string{migrate.App, migrate.Keys, migrate.Rotation, migrate.KeysRotation, migrate.Sequencer, migrate.Platform, migrate.Transfer}, ", ")); err != nil {
		t.Fatalf("pgtest: close the database: %v", err)
	}
	return reach(t, connString, name)
}

// reach connects to a database for as long as the test lasts.
func reach(t testing.TB, connString func(database, role string) string, name string) *Database {
	t.Helper()
	var err error
	db := &Database{
		AppConnString:   connString(name, migrate.App),
		OwnerConnString: connString(name, localpg.Superuser),
		KeysConnString:  connString(name, migrate.Keys),

		RotationConnString:     connString(name, migrate.Rotation),
		KeysRotationConnString: connString(name, migrate.KeysRotation),
		SequencerConnString:    connString(name, migrate.Sequencer),
		PlatformConnString:     connString(name, migrate.Platform),
		TransferConnString:     connString(name, migrate.Transfer),
	}
	if db.Owner, err = pgxpool.New(t.Context(), db.OwnerConnString); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(db.Owner.Close)
	if db.App, err = tenantdb.Open(t.Context(), db.AppConnString, tenantdb.Options{}); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(db.App.Close)
	return db
}

// Empty makes a database that is not migrated, and says how to reach it as a superuser: for tests of migrating.
func Empty(t testing.TB) string {
	t.Helper()
	connString, admin, err := shared.start()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	create(t, admin, name, "template0")
	return connString(name, localpg.Superuser)
}

func create(t testing.TB, admin *pgxpool.Pool, name, from string) {
	t.Helper()
	if _, err := admin.Exec(t.Context(), "create database "+name+" template "+from); err != nil {
		t.Fatalf("pgtest: make a database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Errorf("pgtest: drop the database: %v", err)
		}
	})
}

// Alone gives one test a server of its own, with settings of its own, for tests that look at what a server writes: its files,
// its archive, its log. The log lies beside the folder, as folder + ".log".
func Alone(t testing.TB, settings map[string]string) (db *Database, folder string) {
	t.Helper()
	home, err := os.MkdirTemp("", homePrefix)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	// As root, Postgres runs as another account, which must get through.
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	cluster, err := localpg.Start(t.Context(), localpg.Options{DataDir: filepath.Join(home, "postgres"), Settings: settings})
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	const name = "passerelle"
	admin, err := pgx.Connect(t.Context(), cluster.ConnString("postgres", localpg.Superuser))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	defer admin.Close(context.WithoutCancel(t.Context()))
	if _, err := admin.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatalf("pgtest: make a database: %v", err)
	}
	for _, up := range []func(context.Context, string, migrate.Options) error{migrate.Up, migrate.UpKeys} {
		if err := up(t.Context(), cluster.ConnString(name, localpg.Superuser), migrate.Options{}); err != nil {
			t.Fatalf("pgtest: %v", err)
		}
	}
	return reach(t, cluster.ConnString, name), cluster.DataDir()
}

// Exec runs one statement as a superuser, to arrange what a test begins with.
func (db *Database) Exec(t testing.TB, statement string, arguments ...any) {
	t.Helper()
	if _, err := db.Owner.Exec(t.Context(), statement, arguments...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

var databases atomic.Int64

var shared server

// server is the cluster of the test binary.
type server struct {
	once    sync.Once
	home    string
	cluster *localpg.Cluster
	// connString reaches a database as a role.
	connString func(database, role string) string
	admin      *pgxpool.Pool
	err        error
}

func (s *server) start() (func(database, role string) string, *pgxpool.Pool, error) {
	s.once.Do(func() { s.err = s.begin(context.Background()) })
	return s.connString, s.admin, s.err
}

func (s *server) begin(ctx context.Context) (err error) {
	if *address != "" {
		s.connString = func(database, role string) string {
			return fmt.Sprintf("%s dbname=%s user=%s sslmode=disable", *address, database, role)
		}
		s.admin, err = pgxpool.New(ctx, s.connString("postgres", localpg.Superuser))
		return err
	}
	sweep(os.TempDir())
	if s.home, err = os.MkdirTemp("", homePrefix); err != nil {
		return err
	}
	// As root, Postgres runs as another account, which must get through.
	if err := os.Chmod(s.home, 0o755); err != nil {
		return err
	}
	if s.cluster, err = localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(s.home, "postgres"), Fast: true}); err != nil {
		return err
	}
	s.connString = s.cluster.ConnString
	if s.admin, err = pgxpool.New(ctx, s.connString("postgres", localpg.Superuser)); err != nil {
		return err
	}
	if _, err := s.admin.Exec(ctx, "create database "+*template); err != nil {
		return err
	}
	for _, up := range []func(context.Context, string, migrate.Options) error{migrate.Up, migrate.UpKeys} {
		if err := up(ctx, s.connString(*template, localpg.Superuser), migrate.Options{}); err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// settle leaves the template without connections, which cloning refuses, and with statistics and visibility as a
// database has them that has been in use.
func (s *server) settle(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.connString(*template, localpg.Superuser))
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "vacuum analyze"); err != nil {
		return err
	}
	if err := conn.Close(ctx); err != nil {
		return err
	}
	_, err = s.admin.Exec(ctx, "alter database "+*template+" allow_connections false")
	return err
}

func (s *server) stop() error {
	// Waits for a start under way, and keeps one from beginning.
	s.once.Do(func() {})
	if s.admin != nil {
		s.admin.Close()
	}
	var err error
	if s.cluster != nil {
		err = s.cluster.Stop()
	}
	if s.home != "" {
		os.RemoveAll(s.home)
	}
	return err
}
