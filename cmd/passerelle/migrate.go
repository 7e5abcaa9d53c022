package main

import (
	"cmp"
	"context"
	"fmt"

	"passerelle/internal/config"
	"passerelle/internal/migrate"
)

type migrateCommand struct{}

// Run applies what is missing, to the data and to the keys. It connects as a role that may create roles; the application
// never does, and this never sees the master key.
func (migrateCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForMigrate(); err != nil {
		return err
	}
	say := func(line string) { fmt.Println(line) }
	if err := migrate.Up(ctx, settings.DatabaseURL, migrate.Options{
		Password: settings.AppPassword, RotationPassword: settings.RotationPassword, SequencerPassword: settings.SequencerPassword,
		PlatformPassword: settings.PlatformPassword, TransferPassword: settings.TransferPassword, Progress: say,
	}); err != nil {
		return err
	}
	return migrate.UpKeys(ctx, cmp.Or(settings.KeysDatabaseURL, settings.DatabaseURL), migrate.Options{
		Password: settings.KeysPassword, RotationPassword: settings.KeysRotationPassword, Progress: say,
	})
}
