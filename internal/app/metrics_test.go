package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/metrics"
	"passerelle/internal/webtest"
)

// scraped is what Prometheus would read of a site.
func scraped(t *testing.T, site *webtest.Site) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- site.App.Metrics.Serve(ctx, listener) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	response, err := http.Get("http://" + listener.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%d %v: %s", response.StatusCode, err, text)
	}
	return string(text)
}

// TestMetrics reads every figure of the program off an application at work, and none where everybody can ask.
func TestMetrics(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	lea := site.SignIn(t, cast.Lea)
	stranger := site.Open(t)
	if page := stranger.Get("/metrics"); page.Status != http.StatusNotFound && page.Status != http.StatusOK || strings.Contains(page.Body, "passerelle_") {
		t.Errorf("the public listener answers %d: %s", page.Status, page.Text())
	}
	if page := stranger.Get("/oidc/vaud/callback?state=unknown&code=unknown"); page.Status < 400 {
		t.Errorf("%d", page.Status)
	}
	site.Database.Exec(t, `insert into jobs.river_job (kind, args, max_attempts, state, scheduled_at) values
		('letter', '{}', 25, 'scheduled', now() + interval '1 day'), ('letter', '{}', 25, 'retryable', now() - interval '1 day'), ('warning', '{}', 25, 'available', now() + interval '1 day')`)
	site.Database.Exec(t, `insert into jobs.river_job (kind, args, max_attempts, state, finalized_at) values ('letter', '{}', 25, 'discarded', now())`)
	lea.Get("/work")
	text := scraped(t, site)
	for _, figure := range metrics.All() {
		if !strings.Contains(text, "\n"+figure.Name) {
			t.Errorf("nobody tells %s", figure.Name)
		}
	}
	for _, want := range []string{
		`passerelle_request_duration_seconds_count{method="GET",route="/work",status="2xx"}`, `passerelle_jobs{kind="letter",stage="failed"} 1`,
		`passerelle_jobs{kind="letter",stage="late"} 1`, `passerelle_jobs{kind="letter",stage="waiting"} 1`, "passerelle_mails_waiting 2",
		`passerelle_signins_refused_total{reason="no_attempt"} 1`, "passerelle_notifications_connected 1", `passerelle_pool_connections_max{pool="data"} 8`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, `passerelle_source_failed{source="jobs"} 1`) || strings.Contains(text, `passerelle_source_failed{source="journal"} 1`) {
		t.Error("a source failed")
	}
}
