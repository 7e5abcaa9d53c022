package bench

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// mostRequests bounds one measurement, whatever time it was given.
const mostRequests = 2_000_000

// sample is how long each request of a measurement took, and how long all of them together.
type sample struct {
	took    []time.Duration
	elapsed time.Duration
}

func (s *sample) add(other sample) {
	s.took = append(s.took, other.took...)
	s.elapsed += other.elapsed
}

func (s sample) figures() Figures {
	if len(s.took) == 0 {
		return Figures{}
	}
	slices.Sort(s.took)
	at := func(share float64) float64 {
		return float64(s.took[min(len(s.took)-1, int(share*float64(len(s.took))))]) / float64(time.Millisecond)
	}
	return Figures{Requests: len(s.took), PerSecond: float64(len(s.took)) / s.elapsed.Seconds(), P50: at(0.50), P99: at(0.99)}
}

// Figures are what a sample comes to; P50 and P99 are milliseconds.
type Figures struct {
	Requests  int     `json:"requests"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
}

// measure has workers ask one after the other, each without a pause, for a time. The first request that fails ends the
// measurement: an error must not look fast.
func measure(ctx context.Context, workers int, lasting time.Duration, ask func(ctx context.Context, worker, turn int) error) (sample, error) {
	ctx, stop := context.WithTimeout(ctx, lasting+time.Minute)
	defer stop()
	var (
		all     sample
		failure error
		mu      sync.Mutex
		group   sync.WaitGroup
		asked   atomic.Int64
	)
	began := time.Now()
	for worker := range workers {
		group.Go(func() {
			var took []time.Duration
			for turn := 0; time.Since(began) < lasting && ctx.Err() == nil && asked.Add(1) <= mostRequests; turn++ {
				start := time.Now()
				if err := ask(ctx, worker, turn); err != nil {
					mu.Lock()
					defer mu.Unlock()
					if failure == nil {
						failure = err
					}
					stop()
					return
				}
				took = append(took, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
		})
	}
	group.Wait()
	all.elapsed = time.Since(began)
	if failure == nil && ctx.Err() != nil {
		failure = fmt.Errorf("measure: %w", ctx.Err())
	}
	return all, failure
}
