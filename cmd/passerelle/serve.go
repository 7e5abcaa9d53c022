package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/config"
	"passerelle/internal/mail"
	"passerelle/internal/metrics"
	"passerelle/internal/tracing"
)

type serveCommand struct{}

// Run serves until a signal ends ctx, then lets the requests under way finish.
func (serveCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForServe(); err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	master, err := masterKey(settings)
	if err != nil {
		return err
	}
	var post mail.Post
	if settings.MailURL != "" {
		if post, err = mail.Server(settings.MailURL, settings.MailFrom); err != nil {
			return err
		}
	}
	store, err := documentStore(ctx, settings)
	if err != nil {
		return err
	}
	looks, err := scanner(settings)
	if err != nil {
		return err
	}
	space, err := room(settings)
	if err != nil {
		return err
	}
	var tracer *tracing.Tracer
	if settings.TracesEndpoint != "" {
		if tracer, err = tracing.New(ctx, settings.TracesEndpoint, version, log); err != nil {
			return err
		}
		defer func() {
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			tracer.Close(closing)
		}()
	}
	application, err := app.New(ctx, app.Options{
		DatabaseURL: settings.DatabaseURL, MaxConns: settings.MaxConns,
		KeysDatabaseURL: settings.KeysDatabaseURL, Master: master, KeysBackupDays: settings.KeysBackupDays,
		SequencerDatabaseURL: settings.SequencerDatabaseURL,
		Origin:               settings.Origin, TrustedProxies: settings.TrustedProxies, Version: version, Log: log, Post: post, Lead: settings.ShutdownLead, Tracer: tracer,
		Files: store, Scanner: looks, Room: space, RequestsAMinute: settings.RequestsAMinute,
	})
	if err != nil {
		return err
	}
	defer application.Close()
	if settings.MetricsListen != "" {
		// It is told until the last request has its answer.
		telling, stop := context.WithCancel(context.WithoutCancel(ctx))
		told, err := tell(telling, application.Metrics, settings.MetricsListen)
		if err != nil {
			stop()
			return err
		}
		defer func() { stop(); <-told }()
	}
	return application.ListenAndServe(ctx, settings.Listen)
}

// tell tells metrics at an address of their own until ctx ends.
func tell(ctx context.Context, m *metrics.Metrics, address string) (told <-chan struct{}, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on METRICS_LISTEN %s: %w", address, err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := m.Serve(ctx, listener); err != nil {
			slog.ErrorContext(ctx, "metrics are not told any more", "error", err)
		}
	}()
	return done, nil
}
