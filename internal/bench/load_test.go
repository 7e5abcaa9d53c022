package bench

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestMeasure(t *testing.T) {
	t.Parallel()

	t.Run("counts what was asked, and how long it took", func(t *testing.T) {
		t.Parallel()
		got, err := measure(t.Context(), 4, 100*time.Millisecond, func(context.Context, int, int) error {
			time.Sleep(10 * time.Millisecond)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		figures := got.figures()
		if figures.Requests < 4 || figures.Requests > 44 {
			t.Errorf("four workers asked %d times in a tenth of a second, a hundredth each", figures.Requests)
		}
		if figures.P50 < 10 || figures.P99 < figures.P50 {
			t.Errorf("p50 %.1f ms, p99 %.1f ms", figures.P50, figures.P99)
		}
	})

	t.Run("ends with the first error", func(t *testing.T) {
		t.Parallel()
		broken := errors.New("broken")
		_, err := measure(t.Context(), 4, time.Minute, func(_ context.Context, worker, turn int) error {
			if worker == 2 && turn == 3 {
				return broken
			}
			return nil
		})
		if !errors.Is(err, broken) {
			t.Errorf("measure ended with %v", err)
		}
	})

	t.Run("ends with its context", func(t *testing.T) {
		t.Parallel()
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if _, err := measure(ctx, 1, time.Minute, func(context.Context, int, int) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("measure ended with %v", err)
		}
	})
}

func TestFigures(t *testing.T) {
	t.Parallel()
	var s sample
	for i := 100; i > 0; i-- {
		s.took = append(s.took, time.Duration(i)*time.Millisecond)
	}
	s.elapsed = 10 * time.Second
	if got, want := s.figures(), (Figures{Requests: 100, PerSecond: 10, P50: 51, P99: 100}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWordsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for number := range 200_000 {
		if w := word(number); seen[w] {
			t.Fatalf("the word %s comes twice", w)
		} else {
			seen[w] = true
		}
	}
}
