package main

import (
	"context"
	"log/slog"
	"os"

	"passerelle/internal/app"
	"passerelle/internal/config"
	"passerelle/internal/mail"
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
	application, err := app.New(ctx, app.Options{
		DatabaseURL: settings.DatabaseURL, MaxConns: settings.MaxConns,
		KeysDatabaseURL: settings.KeysDatabaseURL, Master: master, KeysBackupDays: settings.KeysBackupDays,
		SequencerDatabaseURL: settings.SequencerDatabaseURL,
		Origin:               settings.Origin, TrustedProxies: settings.TrustedProxies, Version: version, Log: log, Post: post,
		Files: store, Scanner: looks,
	})
	if err != nil {
		return err
	}
	defer application.Close()
	return application.ListenAndServe(ctx, settings.Listen)
}
