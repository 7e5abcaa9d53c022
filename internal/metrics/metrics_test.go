package metrics_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"passerelle/internal/metrics"
)

// read is what is told, by whoever asks.
func read(t *testing.T, m *metrics.Metrics, path string) (int, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Serve(ctx, listener) }()
	response, err := http.Get("http://" + listener.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("it does not end: %v", err)
	}
	return response.StatusCode, string(body)
}

func TestFigures(t *testing.T) {
	m := metrics.New("1.2")
	m.Answered("GET", "/dossiers/:id", 204, 30*time.Millisecond)
	m.From("jobs", func(_ context.Context, tell metrics.Tell) error {
		tell(metrics.Jobs, 3, "letter", "waiting")
		return nil
	})
	m.From("broken", func(context.Context, metrics.Tell) error { return errors.New("not now") })
	m.From("after", func(_ context.Context, tell metrics.Tell) error {
		tell(metrics.Waits, 7, "data")
		return nil
	})
	status, text := read(t, m, "/metrics")
	for _, want := range []string{
		`passerelle_build_info{version="1.2"} 1`,
		`passerelle_request_duration_seconds_count{method="GET",route="/dossiers/:id",status="2xx"} 1`,
		`passerelle_jobs{kind="letter",stage="waiting"} 3`,
		`passerelle_source_failed{source="broken"} 1`, `passerelle_source_failed{source="jobs"} 0`,
		`# TYPE passerelle_pool_waits_total counter`, `passerelle_pool_waits_total{pool="data"} 7`,
		"process_resident_memory_bytes", "go_goroutines",
	} {
		if status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%d: no %s in\n%s", status, want, text)
		}
	}
	if status, _ := read(t, m, "/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("it answers %d to something else", status)
	}
}

// TestAWrongLabel is a mistake of ours, and must not go unnoticed.
func TestRead(t *testing.T) {
	m := metrics.New("1.2")
	m.From("jobs", func(_ context.Context, tell metrics.Tell) error {
		tell(metrics.Jobs, 3, "letter", "waiting")
		return nil
	})
	_, told := read(t, m, "/metrics")
	figures, err := metrics.Read(strings.NewReader(told))
	if err != nil {
		t.Fatal(err)
	}
	if figures["go_goroutines"] < 1 || figures["process_resident_memory_bytes"] < 1e6 {
		t.Errorf("read %v", figures)
	}
	if value, there := figures[metrics.Jobs.Name]; there {
		t.Errorf("a figure of several kinds is read as one: %v", value)
	}
	if _, err := metrics.Read(strings.NewReader("<html>")); err == nil {
		t.Error("a page is read as figures")
	}
}

func TestAWrongLabel(t *testing.T) {
	m := metrics.New("1.2")
	m.From("jobs", func(_ context.Context, tell metrics.Tell) error {
		tell(metrics.Jobs, 3, "letter")
		return nil
	})
	if status, text := read(t, m, "/metrics"); status != http.StatusInternalServerError {
		t.Errorf("%d %s", status, text)
	}
}
