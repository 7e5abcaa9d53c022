package pace_test

import (
	"strconv"
	"testing"
	"time"

	"passerelle/internal/pace"
)

// Each caller has a minute's share of one's own, which comes back with time; who asks under ten thousand names is not remembered for ever.
func TestBounds(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	bounds := pace.New(60, 3, func() time.Time { return now })
	takes := func(caller string, want int) {
		t.Helper()
		got := 0
		for got < 10 && bounds.Take(caller) {
			got++
		}
		if got != want {
			t.Errorf("%s asks %d times, want %d", caller, got, want)
		}
	}
	takes("lea", 3)
	takes("karim", 3)
	now = now.Add(time.Second)
	takes("lea", 1)
	now = now.Add(time.Hour)
	takes("lea", 3)
	for i := range 10_000 {
		bounds.Take(strconv.Itoa(i))
	}
	takes("lea", 3)
}
