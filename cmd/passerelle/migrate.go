package main

import (
	"context"
	"fmt"

	"passerelle/internal/config"
	"passerelle/internal/migrate"
)

type migrateCommand struct{}

// Run applies what is missing. It connects as a role that may create roles; the application never does.
func (migrateCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForMigrate(); err != nil {
		return err
	}
	return migrate.Up(ctx, settings.DatabaseURL, migrate.Options{
		AppPassword: settings.AppPassword,
		Progress:    func(line string) { fmt.Println(line) },
	})
}
