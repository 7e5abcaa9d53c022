// Package tracing tells where the time of a request or a job went, by OpenTelemetry, and is the only one that knows it. A span says
// which route, which statements on which tables, which kind of job, and the number of the request, by which it is found in the log. It
// holds no path, no value and no error's text: an attribute is set by a method of this package or not at all.
package tracing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const name = "passerelle"

// Tracer begins traces. Nil begins none.
type Tracer struct{ provider *sdktrace.TracerProvider }

// New sends traces to a collector, by OTLP over HTTP. A collector that does not answer holds nobody up: what it has not taken is
// dropped after a while.
func New(ctx context.Context, collector, version string, log *slog.Logger) (*Tracer, error) {
	at, err := url.Parse(collector)
	if err != nil {
		return nil, errors.New("OTEL_EXPORTER_OTLP_ENDPOINT has to be the address of a collector, such as http://collector:4318")
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(at.JoinPath("v1/traces").String()))
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) { log.Warn("traces are not taken by the collector") })) // the cause may hold what was sent
	about := resource.NewSchemaless(attribute.String("service.name", name), attribute.String("service.version", version))
	return &Tracer{sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))}, nil
}

// Close sends what was not sent yet, for as long as ctx lasts.
func (t *Tracer) Close(ctx context.Context) {
	if t != nil {
		_ = t.provider.Shutdown(ctx) // what cannot be sent is told by the handler of errors
	}
}

// Begin begins a trace of its own. What a stranger's request says of a trace is not heard.
func (t *Tracer) Begin(ctx context.Context, what string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx, span := t.provider.Tracer(name).Start(ctx, what, trace.WithNewRoot())
	return ctx, &Span{span}
}

// Begin begins a part of what is under way, and nothing where nothing is.
func Begin(ctx context.Context, what string) (context.Context, *Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, nil
	}
	ctx, span := parent.TracerProvider().Tracer(name).Start(ctx, what)
	return ctx, &Span{span}
}

// Span is something under way. Nil is told nothing.
type Span struct{ span trace.Span }

// Request says which request it is: its number, its method, the pattern of its route and the status of its answer.
func (s *Span) Request(number, method, route string, status int) {
	if s == nil {
		return
	}
	s.span.SetName(method + " " + route)
	s.span.SetAttributes(attribute.String("passerelle.request", number), attribute.String("http.request.method", method),
		attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= 500 {
		s.span.SetStatus(codes.Error, "")
	}
}

// Status is what another server answered.
func (s *Span) Status(status int) {
	if s != nil {
		s.span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
}

// Statement names one that ran, by what it does and to which table; never its text.
func (s *Span) Statement(statement string) {
	if s != nil {
		s.span.AddEvent(statement)
	}
}

// End ends it, and says whether it failed; why is in the log.
func (s *Span) End(err error) {
	if s == nil {
		return
	}
	if err != nil {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}

// Under is the part of the request or job that is under way.
func Under(ctx context.Context) *Span {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return nil
	}
	return &Span{span}
}
