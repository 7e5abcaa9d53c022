package pgtest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	leave := func(name string, age time.Duration) string {
		home := filepath.Join(dir, homePrefix+name)
		if err := os.Mkdir(home, 0o755); err != nil {
			t.Fatal(err)
		}
		lock := filepath.Join(home, "postgres.lock")
		if err := os.WriteFile(lock, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(lock, at, at); err != nil {
			t.Fatal(err)
		}
		return home
	}
	abandoned, starting, running := leave("abandoned", time.Hour), leave("starting", 0), leave("running", time.Hour)
	held, err := os.Open(filepath.Join(running, "postgres.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	sweep(dir)
	for home, want := range map[string]bool{abandoned: false, starting: true, running: true} {
		if _, err := os.Stat(home); (err == nil) != want {
			t.Errorf("%s: %v", filepath.Base(home), err)
		}
	}
}
