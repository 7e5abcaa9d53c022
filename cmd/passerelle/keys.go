package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/config"
	"passerelle/internal/keys"
	"passerelle/internal/progress"
	"passerelle/internal/tenantdb"
)

type keysCommand struct {
	New    newKeyCommand `cmd:"" help:"Make a master key and print it: for MASTER_KEY, or for the file MASTER_KEY_FILE, which nobody else may read."`
	Status statusCommand `cmd:"" help:"Count what lies under which key, without opening anything."`
	Rotate rotateCommand `cmd:"" help:"Give new keys to all tenants, dossiers, referrals, people, lodgings or directories, or wrap everything under a new master key, while the application runs. Run again after an interruption, it goes on."`
	Drop   dropCommand   `cmd:"" help:"Delete old keys that are disabled, once nothing lies under them."`
}

type newKeyCommand struct{}

// Run prints a new master key and keeps no copy.
func (newKeyCommand) Run() error {
	text, err := keys.NewMaster()
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}

type statusCommand struct {
	Tenant []string `placeholder:"NAME" help:"Only these tenants, by the name in their address (vaud)."`
	JSON   bool     `name:"json" help:"Print it for programs."`
}

// Run prints. It needs no master key, and nobody's contents.
func (c statusCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForKeys(false); err != nil {
		return err
	}
	return withRotation(ctx, settings, nil, keys.RotationOptions{Tenants: c.Tenant, Begin: bars(os.Stderr)}, func(rotation *keys.Rotation) error {
		status, err := rotation.Status(ctx)
		if err != nil {
			return err
		}
		if !c.JSON {
			return status.Write(os.Stdout)
		}
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(status)
	})
}

// kinds are what is written on the command line.
var kinds = map[string]keys.Kind{"dossiers": keys.Dossier, "referrals": keys.Referral, "people": keys.Person, "lodgings": keys.Lodging, "directories": keys.Directory}

type rotateCommand struct {
	What   string   `arg:"" enum:"master,tenants,dossiers,referrals,people,lodgings,directories" help:"Whose keys: master, tenants, dossiers, referrals, people, lodgings or directories."`
	Tenant []string `placeholder:"NAME" help:"Only these tenants, by the name in their address (vaud)."`
}

// Run rotates, and says what is left to do.
func (c rotateCommand) Run(ctx context.Context, settings config.Config) error {
	err := changing(ctx, settings, c.Tenant, func(rotation *keys.Rotation) error {
		switch c.What {
		case "master":
			return rotation.Master(ctx)
		case "tenants":
			return rotation.Tenants(ctx)
		default:
			return rotation.Holders(ctx, kinds[c.What])
		}
	})
	if err != nil {
		return err
	}
	if c.What == "master" {
		fmt.Println("Done: the present master key wraps everything. passerelle keys status shows whether the previous one still wraps anything.")
	} else {
		fmt.Printf("Done: the old keys are disabled. passerelle keys drop %s deletes them once no backup needs them.\n", c.What)
	}
	return nil
}

type dropCommand struct {
	What   string        `arg:"" enum:"tenants,dossiers,referrals,people,lodgings,directories" help:"Whose keys: tenants, dossiers, referrals, people, lodgings or directories."`
	Tenant []string      `placeholder:"NAME" help:"Only these tenants, by the name in their address (vaud)."`
	After  time.Duration `default:"840h" help:"Only keys that have been disabled for so long: longer than a backup of the data is kept. 840h are 35 days."`
}

// Run deletes what nothing needs.
func (c dropCommand) Run(ctx context.Context, settings config.Config) error {
	return changing(ctx, settings, c.Tenant, func(rotation *keys.Rotation) error {
		if c.What == "tenants" {
			return rotation.DropTenants(ctx, c.After)
		}
		return rotation.DropHolders(ctx, kinds[c.What], c.After)
	})
}

func changing(ctx context.Context, settings config.Config, tenants []string, do func(*keys.Rotation) error) error {
	if err := settings.ForKeys(true); err != nil {
		return err
	}
	master, err := masterKey(settings)
	if err != nil {
		return err
	}
	err = withRotation(ctx, settings, master, keys.RotationOptions{Tenants: tenants, Wait: wait, Begin: bars(os.Stdout)}, do)
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted. Nothing is lost: run it again, and it goes on from there")
	}
	return err
}

// rotationConns is how many connections a rotation needs to either database.
const rotationConns = 8

func withRotation(ctx context.Context, settings config.Config, master keys.Master, options keys.RotationOptions, do func(*keys.Rotation) error) error {
	data, err := tenantdb.Open(ctx, settings.DatabaseURL, tenantdb.Options{MaxConns: rotationConns})
	if err != nil {
		return err
	}
	defer data.Close()
	wrapped, err := tenantdb.OpenKeys(ctx, settings.KeysDatabaseURL, tenantdb.Options{MaxConns: rotationConns})
	if err != nil {
		return fmt.Errorf("the database of the keys: %w", err)
	}
	defer wrapped.Close()
	rotation, err := keys.NewRotation(ctx, data, wrapped, master, app.SealedRows, options)
	if err != nil {
		return err
	}
	return do(rotation)
}

func bars(out io.Writer) func(string, int) func(int) {
	return func(what string, total int) func(int) {
		if total == 0 {
			return func(int) {}
		}
		return progress.New(out, what, total).Add
	}
}

// wait lets a time pass, second by second.
func wait(ctx context.Context, why string, left time.Duration) error {
	bar := progress.New(os.Stdout, "Waiting "+why+", seconds", int(left/time.Second))
	for tick := time.NewTicker(time.Second); left > 0; left -= time.Second {
		select {
		case <-ctx.Done():
			tick.Stop()
			return ctx.Err()
		case <-tick.C:
			bar.Add(1)
		}
	}
	return nil
}

// masterKey reads the key that was set, and the one that it takes over from.
func masterKey(settings config.Config) (keys.Master, error) {
	current, err := readMaster(settings, settings.MasterKeyFile, settings.MasterKey, settings.VaultKey)
	if err != nil || settings.MasterKeyPreviousFile+settings.MasterKeyPrevious+settings.VaultKeyPrevious == "" {
		return current, err
	}
	previous, err := readMaster(settings, settings.MasterKeyPreviousFile, settings.MasterKeyPrevious, settings.VaultKeyPrevious)
	if err != nil {
		return nil, fmt.Errorf("the previous one: %w", err)
	}
	return keys.Together(current, previous), nil
}

func readMaster(settings config.Config, file, text, inVault string) (keys.Master, error) {
	switch {
	case file != "":
		return keys.MasterFile(file, false)
	case inVault != "":
		return keys.Vault(keys.VaultOptions{
			Address: settings.VaultAddress, Token: settings.VaultToken, TokenFile: settings.VaultTokenFile, Mount: settings.VaultMount,
			Key: inVault, Namespace: settings.VaultNamespace, CAFile: settings.VaultCACert,
		})
	default:
		return keys.MasterFromText(text)
	}
}
