package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRun fills a small database, measures for moments, and uses the same database again: that figures come out,
// not which ones.
func TestRun(t *testing.T) {
	data := t.TempDir()
	// As root, Postgres runs as another account, which must get through.
	if err := os.Chmod(filepath.Dir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	options := Options{
		Size: Size{Tenants: 2, Dossiers: 400, Referrals: 1000}, Data: data,
		Connections: []int{1, 4}, Lasting: 100 * time.Millisecond, MaxConns: 4,
	}
	for _, said := range []string{"Filling in dossiers", "Using the database"} {
		var out strings.Builder
		options.Out = &out
		report, err := Run(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), said) {
			t.Errorf("the run did not say %q:\n%s", said, out.String())
		}
		if len(report.Pages) != len(pages)*len(options.Connections) || len(report.Growth) != len(pages) {
			t.Fatalf("%d measurements and %d growths", len(report.Pages), len(report.Growth))
		}
		for _, m := range report.Pages {
			if m.Raw.Requests == 0 || m.Whole.Requests == 0 || m.Ratio <= 0 || m.Bytes < 1000 {
				t.Errorf("nothing was measured: %+v", m)
			}
		}
		if s := report.Search; s.Dossiers != options.Size.Dossiers || s.Cold.Requests == 0 || s.Warm.P50 <= 0 {
			t.Errorf("no search was measured: %+v", s)
		}
		if len(report.Costs) != len(options.Connections) {
			t.Fatalf("%d costs", len(report.Costs))
		}
		for i, c := range report.Costs {
			// What the entry adds is a difference: in so short a time it can be anything but the whole page.
			if c.Page != dossierPage || c.Connections != options.Connections[i] || c.PageTime <= 0 || c.Questions <= 0 || c.Cached.Micros <= 0 ||
				c.Cold.Micros <= c.Cached.Micros || c.Cached.OfPage <= 0 || c.Journal.Micros == 0 {
				t.Errorf("no cost was measured: %+v", c)
			}
		}
		for _, g := range report.Growth {
			if g.FromDossiers != 40 || g.ToDossiers != 400 || g.Factor <= 0 {
				t.Errorf("no growth was measured: %+v", g)
			}
		}
		var table strings.Builder
		if err := report.Write(&table); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(table.String(), "cold keyset µs") {
			t.Errorf("the table does not show the costs:\n%s", table.String())
		}
		for _, p := range pages {
			if strings.Count(table.String(), p.name) != len(options.Connections)+1 {
				t.Errorf("the table does not show the %s:\n%s", p.name, table.String())
			}
		}
	}
}
