package bench

import (
	"strings"
	"testing"
)

func TestSoaked(t *testing.T) {
	t.Parallel()
	// looks are sixty, of a server that has filled its caches after the first ten.
	looks := func(resident func(n int) float64) (all []Footing) {
		for n := range soakLooks {
			all = append(all, Footing{Resident: resident(n), Heap: 50, Goroutines: 80, Files: 40, Connections: 20, Database: float64(100 + n)})
		}
		return all
	}
	steady := func(n int) float64 { return float64(min(100+10*n, 200)) }
	good := Soaked{Figures: Figures{Requests: 1000}, Looks: looks(steady)}
	for name, c := range map[string]struct {
		of   Soaked
		held bool
		says string
	}{
		"steady":         {good, true, "Each was answered as it should be."},
		"a leak":         {Soaked{Figures: good.Figures, Looks: looks(func(n int) float64 { return 200 + float64(n) })}, false, "missed"},
		"one moment":     {Soaked{Figures: good.Figures, Looks: looks(func(n int) float64 { return steady(n) + float64(n/59*500) })}, true, "1.00"},
		"a wrong answer": {Soaked{Figures: good.Figures, Looks: good.Looks, Failures: map[string]int{"answered 500": 1}}, false, "Failed: 1 times, answered 500."},
		"nothing asked":  {Soaked{Looks: good.Looks}, false, "0 requests"},
	} {
		var table strings.Builder
		if err := c.of.Write(&table); err != nil {
			t.Fatal(err)
		}
		if c.of.Held() != c.held || !strings.Contains(table.String(), c.says) || !strings.Contains(table.String(), "from 100 to 159 MB") {
			t.Errorf("%s: held %t\n%s", name, c.of.Held(), table.String())
		}
	}
}
