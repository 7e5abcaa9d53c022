package backups_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"passerelle/internal/backups"
	"passerelle/internal/demo"
	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// quiet shows nobody how far something is.
func quiet(string, int) func(int) { return func(int) {} }

// home is a folder into which the account gets that Postgres runs as.
func home(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "passerelle-pgtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestT57 is the drill: a base backup and the log that follows it, back to a second before everything was dropped; rows as they were
// counted, journals as they were signed, and a log with a hole that brings back nothing.
func TestT57(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := backups.Drill(t.Context(), backups.DrillOptions{Home: home(t), Fill: demo.Invent, More: demo.OpenOne, Now: time.Now, Begin: quiet, Out: &out}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	t.Log(out.String())
	for _, said := range []string{
		"as many rows as it had a second before", "Without 0000000100000000000000", "as 2 signed checkpoints have them",
		"The master key opens the keys of 2 tenants", "in all; it may be 1h0m0s",
	} {
		if !strings.Contains(out.String(), said) {
			t.Errorf("the drill does not say %q:\n%s", said, out.String())
		}
	}
}
