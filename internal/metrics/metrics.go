// Package metrics tells those who run the installation in numbers how it is, and is the only one that knows Prometheus. It is
// served on an address of its own, which nobody but they reach. No number says of whom: the names of requests are the patterns
// of their routes, and every other label is a word of the program (docs/operations.md).
package metrics

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// patience is how long the sources of figures may take together: who asks gives up soon after.
const patience = 4 * time.Second

// Tell gives one value of a figure, with a word for each of its labels.
type Tell func(figure Figure, value float64, labels ...string)

// Source tells figures when somebody looks at them, and not before.
type Source func(ctx context.Context, tell Tell) error

// Metrics is what one application tells.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	sources  []named
}

type named struct {
	name string
	tell Source
}

// New makes what tells of a program of that version.
func New(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: Requests.Name, Help: Requests.Help, Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, Requests.Labels)}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, m)
	m.From("build", func(_ context.Context, tell Tell) error {
		tell(Build, 1, version)
		return nil
	})
	return m
}

// From adds a source. Where it fails, that is told, and the others tell theirs.
func (m *Metrics) From(name string, source Source) {
	m.sources = append(m.sources, named{name, source})
}

// Answered counts a request: its method, the pattern of its route, the status of the answer and how long that took.
func (m *Metrics) Answered(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, fmt.Sprintf("%dxx", status/100)).Observe(took.Seconds())
}

// Describe says nothing: what is told is known when it is.
func (m *Metrics) Describe(chan<- *prometheus.Desc) {}

// Collect asks the sources.
func (m *Metrics) Collect(into chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tell := func(figure Figure, value float64, labels ...string) {
		kind := prometheus.GaugeValue
		if figure.Counts {
			kind = prometheus.CounterValue
		}
		told, err := prometheus.NewConstMetric(prometheus.NewDesc(figure.Name, figure.Help, figure.Labels, nil), kind, value, labels...)
		if err != nil {
			told = prometheus.NewInvalidMetric(prometheus.NewDesc(figure.Name, figure.Help, nil, nil), err)
		}
		into <- told
	}
	for _, source := range m.sources {
		failed := 0.0
		if source.tell(ctx, tell) != nil {
			failed = 1
		}
		tell(SourceFailed, failed, source.name)
	}
}

// Serve answers whoever asks the listener for /metrics, until ctx ends.
func (m *Metrics) Serve(ctx context.Context, listener net.Listener) error {
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	server := &http.Server{Handler: routes, ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: 3 * patience, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve metrics: %w", err)
	case <-ctx.Done():
	}
	err := server.Close()
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
