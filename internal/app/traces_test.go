package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"

	"passerelle/internal/tracing"
)

// collected is a tracer, and all that its collector is sent until it is asked for: a line for each span, with whatever it holds.
func collected(t *testing.T) (tracer *tracing.Tracer, spans func() []string) {
	t.Helper()
	var (
		mu  sync.Mutex
		all []string
	)
	attributes := func(from []*common.KeyValue) (text string) {
		for _, attribute := range from {
			text += fmt.Sprintf(" %s: %v", attribute.Key, attribute.Value)
		}
		return text
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collector.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
			t.Errorf("the collector was sent something else at %s: %v", r.URL.Path, err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, from := range sent.ResourceSpans {
			all = append(all, "resource"+attributes(from.Resource.Attributes))
			for _, scope := range from.ScopeSpans {
				for _, span := range scope.Spans {
					line := "span " + span.Name + attributes(span.Attributes) + " " + span.Status.GetMessage() + " " + span.TraceState
					for _, event := range span.Events {
						line += "; " + event.Name + attributes(event.Attributes)
					}
					all = append(all, line)
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	tracer, err := tracing.New(t.Context(), server.URL, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return tracer, func() []string {
		closing, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		tracer.Close(closing)
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// has says whether a line begins like that, and goes on to hold all of that.
func has(lines []string, begins string, holds ...string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, begins) && !slices.ContainsFunc(holds, func(part string) bool { return !strings.Contains(line, part) })
	})
}
