// Package localpg runs a private Postgres cluster on a machine where nobody has set one up: for `passerelle demo`,
// `passerelle bench` and the tests. It finds the programs or fetches them, makes the cluster once, listens on a Unix
// socket in a directory of its own and on no port, and stops with the process that started it.
package localpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Superuser is the role that the cluster is made with; it may do anything, so the application never connects as it.
const Superuser = "postgres"

// Options say where the cluster lives. Only DataDir is required.
type Options struct {
	// DataDir holds the cluster. Beside it stand DataDir.lock and DataDir.log. As root, in a folder that the account
	// Postgres runs under cannot enter, it becomes a link to a place that this account can.
	DataDir string
	// BinDir holds initdb and postgres; empty looks for them, and fetches them when there are none.
	BinDir string
	// Backups asks for the programs that take and check backups beside those that serve.
	Backups bool
	// Fast gives up safety against power cuts for speed: for tests.
	Fast bool
	// Settings are further server settings, such as shared_buffers.
	Settings map[string]string
	// Fresh throws the cluster in DataDir away first. A folder that holds something else is left alone.
	Fresh bool
	// Progress is told what takes a moment.
	Progress func(string)
}

// Cluster is a running server.
type Cluster struct {
	dataDir   string
	socketDir string
	lock      *lock
	process   *process
	stop      sync.Once
	stopped   error
}

// Start runs the cluster in options.DataDir, making it first when there is none, and returns when it answers.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	dataDir, err := filepath.Abs(options.DataDir)
	if err != nil {
		return nil, fmt.Errorf("resolve %s: %w", options.DataDir, err)
	}
	if err := os.MkdirAll(filepath.Dir(dataDir), 0o755); err != nil {
		return nil, unwritable(filepath.Dir(dataDir), err)
	}
	lock, err := acquire(dataDir)
	if err != nil {
		return nil, err
	}
	cluster, err := start(ctx, options, dataDir, lock)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	cluster.lock = lock
	return cluster, nil
}

func start(ctx context.Context, options Options, dataDir string, lock *lock) (*Cluster, error) {
	account, err := accountFor(dataDir)
	if err != nil {
		return nil, err
	}
	place, err := account.place(dataDir)
	if err != nil {
		return nil, err
	}
	major, err := clusterMajor(place)
	if err != nil {
		return nil, err
	}
	if options.Fresh && major != 0 {
		if err := stopOrphan(place); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(place); err != nil {
			return nil, unwritable(place, err)
		}
		major = 0
	}
	programs, err := find(ctx, options, account, place, major)
	if err != nil {
		return nil, err
	}
	if major == 0 {
		options.Progress(fmt.Sprintf("Making a database cluster for Postgres %d", programs.major))
		if err := initialise(ctx, programs, account, place, options.Fast); err != nil {
			return nil, err
		}
	} else if err := stopOrphan(place); err != nil {
		return nil, err
	}
	socketDir, err := account.socketDir()
	if err != nil {
		return nil, err
	}
	if err := lock.note(socketDir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(socketDir))
	}
	return launch(ctx, options, programs, account, place, socketDir, dataDir+".log")
}

// initialise makes the cluster beside its place and moves it there whole: a run that is cut short leaves none.
func initialise(ctx context.Context, programs programs, account account, place string, fast bool) error {
	draft := place + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return unwritable(filepath.Dir(place), err)
	}
	if err := account.makeDir(draft); err != nil {
		return unwritable(filepath.Dir(place), err)
	}
	arguments := []string{
		"--pgdata", draft, "--username", Superuser, "--auth", "trust", "--encoding", "UTF8",
		// The same order of text on every machine; where people read a list, the query names an ICU collation.
		"--locale", "C", "--lc-ctype", characterLocale, "--data-checksums",
	}
	if fast {
		arguments = append(arguments, "--no-sync")
	}
	initdb := exec.CommandContext(ctx, programs.initdb, arguments...)
	account.runs(initdb)
	if output, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(draft)
		return fmt.Errorf("make a database cluster in %s: %w: %s", place, err, lastLines(output))
	}
	// An empty folder may stand at the place; anything else there is somebody's.
	if err := os.Remove(place); err != nil && !errors.Is(err, os.ErrNotExist) {
		os.RemoveAll(draft)
		return refuse(Occupied, err, "The folder %s is not empty and holds no database cluster; choose another one.", place)
	}
	if err := os.Rename(draft, place); err != nil {
		return unwritable(filepath.Dir(place), err)
	}
	return nil
}

// stillHeld is what Postgres says while processes of a server that was killed have not noticed yet that it is gone.
const stillHeld = "pre-existing shared memory block"

// launch starts the server. Where what was killed has not let go yet, it waits: that takes moments, more of them on a busy machine.
func launch(ctx context.Context, options Options, programs programs, account account, place, socketDir, logFile string) (*Cluster, error) {
	for patience := 50; ; patience-- {
		cluster, err := launchOnce(ctx, options, programs, account, place, socketDir, logFile)
		if err == nil {
			return cluster, nil
		}
		if patience > 0 && strings.Contains(err.Error(), stillHeld) {
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
				continue
			}
		}
		if cluster != nil {
			return nil, errors.Join(err, cluster.Stop())
		}
		return nil, errors.Join(err, os.RemoveAll(socketDir))
	}
}

// launchOnce starts it, and gives what was started also where that ended at once.
func launchOnce(ctx context.Context, options Options, programs programs, account account, place, socketDir, logFile string) (*Cluster, error) {
	nonce := "passerelle-" + rand.Text()
	server := exec.Command(programs.postgres, append([]string{"-D", place}, settings(options, socketDir, nonce)...)...)
	account.runs(server)
	running, err := run(server, logFile)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", programs.postgres, err)
	}
	cluster := &Cluster{dataDir: place, socketDir: socketDir, process: running}
	return cluster, cluster.answers(ctx, nonce, logFile)
}

// answers waits for the server and makes sure that the one that answers is the one that was started.
func (c *Cluster) answers(ctx context.Context, nonce, logFile string) error {
	for {
		name, err := c.name(ctx)
		switch {
		case err == nil && name == nonce:
			return nil
		case err == nil:
			return fmt.Errorf("another server answers in %s", c.socketDir)
		}
		select {
		case <-c.process.done:
			log, _ := os.ReadFile(logFile)
			return fmt.Errorf("postgres ended while starting: %w: %s", c.process.err, lastLines(log))
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres: %w", errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *Cluster) name(ctx context.Context) (string, error) {
	conn, err := pgx.Connect(ctx, c.ConnString("postgres", Superuser))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var name string
	err = conn.QueryRow(ctx, "select current_setting('cluster_name')").Scan(&name)
	return name, err
}

// ConnString says how to reach a database of the cluster as a role of it.
func (c *Cluster) ConnString(database, user string) string {
	return fmt.Sprintf("host=%s port=%s dbname=%s user=%s sslmode=disable", c.socketDir, socketPort, database, user)
}

// DataDir is where the cluster really lies.
func (c *Cluster) DataDir() string { return c.dataDir }

// Exited is closed when the server has ended, asked to or not.
func (c *Cluster) Exited() <-chan struct{} { return c.process.done }

// Stop ends the server: sessions are cut, what was committed is on disk. It may be called more than once.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		c.stopped = errors.Join(c.process.end(), os.RemoveAll(c.socketDir))
		if c.lock != nil {
			c.stopped = errors.Join(c.stopped, c.lock.release())
		}
	})
	return c.stopped
}

func lastLines(output []byte) string {
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "; ")
}
