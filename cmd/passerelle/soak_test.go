package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"passerelle/internal/bench"
)

// TestSoak has the program serve for moments: it bears that, and what answers wrongly is counted.
func TestSoak(t *testing.T) {
	data := t.TempDir()
	// As root, Postgres runs as another account, which must get through.
	if err := os.Chmod(filepath.Dir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	soak := func(more ...string) bench.Soaked {
		t.Helper()
		soaked, err := bench.Soak(t.Context(), bench.SoakOptions{
			Size: bench.Size{Tenants: 2, Dossiers: 60, Referrals: 100}, Data: data, Lasting: 3 * time.Second, Rate: 20, MaxConns: 4,
			Program: []string{os.Args[0], "serve"}, Env: append(more, "PASSERELLE_TEST_AS_PROGRAM=yes"), Out: io.Discard,
		})
		if err != nil {
			t.Fatal(err)
		}
		return soaked
	}
	bore := soak()
	if len(bore.Failures) > 0 || bore.Requests < 40 || bore.Written < 4 || bore.P50 <= 0 || bore.Longest < bore.P99 {
		t.Errorf("it bore %+v", bore)
	}
	if len(bore.Looks) < 2 || bore.Looks[0].Resident < 10 || bore.Looks[0].Goroutines < 5 || bore.Looks[0].Connections < 1 || bore.Looks[0].Database < 1 {
		t.Errorf("it held %+v", bore.Looks)
	}
	if refused := soak("REQUESTS_A_MINUTE=60"); refused.Failures["answered 429"] == 0 || refused.Held() {
		t.Errorf("what was refused is %+v", refused.Failures)
	}
}
