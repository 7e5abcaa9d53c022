package localpg_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/localpg"
)

// TestMain lets a test run this program again as an owner of a cluster that it can then kill.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "own" {
		if _, err := localpg.Start(context.Background(), localpg.Options{DataDir: os.Args[2], Fast: true}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ready")
		select {}
	}
	os.Exit(m.Run())
}

// dataDir is a place that Postgres can reach when the tests run as root.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "passerelle-localpg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "postgres")
}

func start(t *testing.T, dir string) *localpg.Cluster {
	t.Helper()
	cluster, err := localpg.Start(t.Context(), localpg.Options{DataDir: dir, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cluster.Stop() })
	return cluster
}

func ask(t *testing.T, cluster *localpg.Cluster, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.ConnString("postgres", localpg.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), query, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(answer, " ")
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(content), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func refused(t *testing.T, options localpg.Options, want localpg.Reason) {
	t.Helper()
	cluster, err := localpg.Start(t.Context(), options)
	if err == nil {
		cluster.Stop()
		t.Fatal("the cluster started")
	}
	var refusal *localpg.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != want {
		t.Fatalf("got %v, want reason %d", err, want)
	}
	if sentence := refusal.Error(); strings.Contains(sentence, "\n") || !strings.HasSuffix(sentence, ".") {
		t.Fatalf("%q is not one sentence", sentence)
	}
}

func TestStart(t *testing.T) {
	t.Run("keeps what was committed", func(t *testing.T) {
		dir := dataDir(t)
		cluster := start(t, dir)
		ask(t, cluster, "create table kept as select 'still here' as word")
		if err := cluster.Stop(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if got := ask(t, start(t, dir), "select word from kept"); got != "still here" {
			t.Fatalf("got %q", got)
		}
		t.Logf("first answer after %s", time.Since(began))
	})

	t.Run("listens on no port, checks its pages and logs no statement", func(t *testing.T) {
		cluster := start(t, dataDir(t))
		for setting, want := range map[string]string{
			"listen_addresses": "", "data_checksums": "on", "server_encoding": "UTF8",
			"log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_statement": "none",
			"log_min_duration_statement": "-1", "log_parameter_max_length": "0", "track_activity_query_size": "256B",
		} {
			if got := ask(t, cluster, "show "+setting); got != want {
				t.Errorf("%s is %q, want %q", setting, got, want)
			}
		}
	})

	t.Run("recovers when the server was killed", func(t *testing.T) {
		dir := dataDir(t)
		cluster, err := localpg.Start(t.Context(), localpg.Options{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, cluster, "create table kept as select 'still here' as word")
		syscall.Kill(postmaster(t, dir), syscall.SIGKILL)
		<-cluster.Exited()
		if err := cluster.Stop(); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, start(t, dir), "select word from kept"); got != "still here" {
			t.Fatalf("got %q", got)
		}
	})

	t.Run("begins anew when asked, but not under a server that runs", func(t *testing.T) {
		dir := dataDir(t)
		cluster := start(t, dir)
		ask(t, cluster, "create table kept as select 'still here' as word")
		refused(t, localpg.Options{DataDir: dir, Fast: true, Fresh: true}, localpg.InUse)
		if err := cluster.Stop(); err != nil {
			t.Fatal(err)
		}
		fresh, err := localpg.Start(t.Context(), localpg.Options{DataDir: dir, Fast: true, Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { fresh.Stop() })
		if got := ask(t, fresh, "select count(*)::text from pg_tables where tablename = 'kept'"); got != "0" {
			t.Fatal("the old cluster is still there")
		}
	})

	t.Run("takes over when its owner was killed", func(t *testing.T) {
		dir := dataDir(t)
		owner := exec.Command(os.Args[0], "own", dir)
		output, err := owner.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := owner.Start(); err != nil {
			t.Fatal(err)
		}
		word := make([]byte, 5)
		if _, err := output.Read(word); err != nil || string(word) != "ready" {
			t.Fatalf("%q, %v", word, err)
		}
		refused(t, localpg.Options{DataDir: dir, Fast: true}, localpg.InUse)
		socketDir, err := os.ReadFile(dir + ".lock")
		if err != nil {
			t.Fatal(err)
		}
		owner.Process.Kill()
		owner.Wait()
		ask(t, start(t, dir), "select 'answers'")
		if _, err := os.Stat(strings.TrimSpace(string(socketDir))); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("the folder of the old socket is still there: %v", err)
		}
	})

	t.Run("ends a server that nobody owns", func(t *testing.T) {
		dir := dataDir(t)
		cluster := start(t, dir)
		old := postmaster(t, dir)
		// Without its lock the cluster looks as it does after its owner died where children outlive their parents.
		if err := os.Remove(dir + ".lock"); err != nil {
			t.Fatal(err)
		}
		ask(t, start(t, dir), "select 'answers'")
		<-cluster.Exited()
		if postmaster(t, dir) == old {
			t.Fatal("the old server still serves")
		}
	})

	t.Run("is not misled by a process that has taken an old number", func(t *testing.T) {
		dir := dataDir(t)
		if err := start(t, dir).Stop(); err != nil {
			t.Fatal(err)
		}
		stale := fmt.Sprintf("%d\n%s\n0\n5432\n/nowhere\n\n", os.Getpid(), dir)
		if err := os.WriteFile(filepath.Join(dir, "postmaster.pid"), []byte(stale), 0o644); err != nil {
			t.Fatal(err)
		}
		ask(t, start(t, dir), "select 'answers'")
	})

	t.Run("refuses a folder that cannot be written", func(t *testing.T) {
		refused(t, localpg.Options{DataDir: "/proc/nowhere/postgres"}, localpg.Unwritable)
	})

	t.Run("refuses a folder that holds something else", func(t *testing.T) {
		dir := dataDir(t)
		if err := os.MkdirAll(filepath.Join(dir, "letters"), 0o755); err != nil {
			t.Fatal(err)
		}
		refused(t, localpg.Options{DataDir: dir, Fast: true}, localpg.Occupied)
	})

	t.Run("refuses a cluster of another version", func(t *testing.T) {
		dir := dataDir(t)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "PG_VERSION"), []byte("14\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		refused(t, localpg.Options{DataDir: dir}, localpg.OtherVersion)
	})

	t.Run("refuses programs that are none", func(t *testing.T) {
		refused(t, localpg.Options{DataDir: dataDir(t), BinDir: t.TempDir()}, localpg.NoPostgres)
	})

	t.Run("lends root an account that gets there", func(t *testing.T) {
		if os.Geteuid() != 0 {
			return // Only root cannot run Postgres itself.
		}
		closed, err := os.MkdirTemp("", "passerelle-closed-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(closed) })
		dir := filepath.Join(closed, "postgres")
		cluster := start(t, dir)
		t.Cleanup(func() { os.RemoveAll(cluster.DataDir()) })
		ask(t, cluster, "create table kept as select 'still here' as word")
		if err := cluster.Stop(); err != nil {
			t.Fatal(err)
		}
		cluster = start(t, dir)
		if got := ask(t, cluster, "select word from kept"); got != "still here" {
			t.Fatalf("got %q", got)
		}
		cluster.Stop()
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, start(t, dir), "select count(*)::text from pg_tables where tablename = 'kept'"); got != "0" {
			t.Fatal("removing the folder did not remove the cluster")
		}
	})
}

func TestStopLeavesNothingBehind(t *testing.T) {
	cluster := start(t, dataDir(t))
	config, err := pgx.ParseConfig(cluster.ConnString("postgres", localpg.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(config.Host); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the folder of the socket is still there: %v", err)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
}
