package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/config"
	"passerelle/internal/keys"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
	"passerelle/internal/transfers"
)

type tenantExportCommand struct {
	Tenant string `arg:"" placeholder:"NAME" help:"By the name in its address (vaud)."`
	Out    string `required:"" placeholder:"FILE" help:"The archive to write; one that is there is not written over."`
}

// Run writes a whole archive, or none.
func (c tenantExportCommand) Run(ctx context.Context, settings config.Config) error {
	return withTransfers(ctx, settings, func(moves *transfers.Transfers) error {
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("the file %s is there already or cannot be written: choose another with --out", c.Out)
		}
		done, err := moves.Export(ctx, c.Tenant, file)
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return errors.Join(err, os.Remove(c.Out))
		}
		fmt.Printf("%d rows of %d tables of %s are in %s. Only the key that the tenant has opens it; nobody here can.\n\n", done.Rows, done.Tables, done.Name, c.Out)
		fmt.Printf("Whoever brings it in compares who signed it with this key, which the tenant's data-protection officer keeps:\n\n%s\n", done.Key)
		return nil
	})
}

type tenantImportCommand struct {
	Archive  string            `arg:"" placeholder:"FILE" help:"What passerelle tenant export wrote."`
	Identity string            `required:"" placeholder:"FILE" help:"The private key that opens it, as age-keygen wrote it."`
	Key      string            `required:"" placeholder:"KEY" help:"The key that verifies the checkpoints of the tenant's journal, or a file that holds it."`
	Offices  map[string]string `placeholder:"NAME=NAME" help:"Which connection here takes the place of one that offices share there, both by their short names."`
}

// Run brings a tenant in, all of it or nothing.
func (c tenantImportCommand) Run(ctx context.Context, settings config.Config) error {
	identity, err := readFile(c.Identity)
	if err != nil {
		return err
	}
	key, err := verifying(c.Key)
	if err != nil {
		return err
	}
	return withTransfers(ctx, settings, func(moves *transfers.Transfers) error {
		archive, err := os.Open(c.Archive)
		if err != nil {
			return fmt.Errorf("the file %s cannot be read", c.Archive)
		}
		defer archive.Close()
		done, err := moves.Import(ctx, archive, transfers.Bringing{Identity: string(identity), Key: key, Offices: c.Offices})
		if err != nil {
			return err
		}
		fmt.Printf("%s is here: %d rows of %d tables. It is suspended. Before passerelle tenant resume %s, its administrators enter this\n"+
			"installation's address at their provider; people register their passkeys anew, and its directory gets new tokens.\n"+
			"The journal is signed with another key from now on: passerelle journal checkpoint --tenant %s prints it.\n", done.Name, done.Rows, done.Tables, done.Slug, done.Slug)
		if done.Unbound > 0 {
			fmt.Printf("%d people of offices sign in through another provider here, and have to be invited anew.\n", done.Unbound)
		}
		return nil
	})
}

type tenantDeleteCommand struct {
	Tenant      string `arg:"" placeholder:"NAME" help:"By the name in its address (vaud)."`
	Reason      string `enum:",asked,agreement,abandoned" default:"" help:"Plan it, and why: asked (the tenant asked for it), agreement (its agreement has ended), abandoned (it was never set up to its end)."`
	Keep        bool   `help:"Take it back."`
	Certificate string `placeholder:"FILE" help:"Do it, now that the waiting period is over, and write the certificate into this file."`
}

// Run plans, takes back or deletes: one of them.
func (c tenantDeleteCommand) Run(ctx context.Context, settings config.Config) error {
	switch {
	case c.Reason != "" && !c.Keep && c.Certificate == "":
		return withRegistry(ctx, settings, func(registry *platform.Registry) error {
			due, err := registry.PlanRemoval(ctx, c.Tenant, platform.Reason(c.Reason))
			if err != nil {
				return err
			}
			fmt.Printf("Everything of %[1]s is to be deleted, from %[2]s on. Until then it is as it was, those who administer it read of it,\n"+
				"and passerelle tenant delete %[1]s --keep takes it back. Then: passerelle tenant delete %[1]s --certificate FILE\n", c.Tenant, moment(due))
			return nil
		})
	case c.Keep && c.Reason == "" && c.Certificate == "":
		return withRegistry(ctx, settings, func(registry *platform.Registry) error {
			if err := registry.WithdrawRemoval(ctx, c.Tenant); err != nil {
				return err
			}
			fmt.Printf("%s stays.\n", c.Tenant)
			return nil
		})
	case c.Certificate != "" && !c.Keep && c.Reason == "":
		return c.remove(ctx, settings)
	default:
		return errors.New("say one of --reason (plan it), --keep (take it back) and --certificate (do it)")
	}
}

func (c tenantDeleteCommand) remove(ctx context.Context, settings config.Config) error {
	return withTransfers(ctx, settings, func(moves *transfers.Transfers) error {
		done, err := moves.Remove(ctx, c.Tenant, func(note string) error { return keepCertificate(c.Certificate, note) })
		if err != nil {
			return err
		}
		fmt.Printf("Everything of %s is deleted (%d rows), and its keys are destroyed. The certificate is in %s: hand it to the organisation.\n", c.Tenant, done.Rows, c.Certificate)
		if done.Key != "" {
			fmt.Printf("This key verifies it, the one with which the checkpoints of its journal are verified:\n\n%s\n", done.Key)
		}
		return nil
	})
}

// keepCertificate writes it where it was not, and leaves it where it is already: it was written before something was interrupted.
func keepCertificate(name, note string) error {
	if there, err := os.ReadFile(name); err == nil && bytes.Equal(there, []byte(note)) {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // #nosec G302 -- a certificate is shown to whoever asks
	if err != nil {
		return fmt.Errorf("the file %s is there already or cannot be written, and nothing was deleted: choose another with --certificate", name)
	}
	_, err = file.WriteString(note)
	return errors.Join(err, file.Sync(), file.Close())
}

// withTransfers connects as what takes whole tenants out, in and away.
func withTransfers(ctx context.Context, settings config.Config, do func(*transfers.Transfers) error) error {
	if err := settings.ForTransfer(); err != nil {
		return err
	}
	master, err := masterKey(settings)
	if err != nil {
		return err
	}
	data, err := tenantdb.Open(ctx, settings.TransferDatabaseURL, tenantdb.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer data.Close()
	store, err := tenantdb.OpenKeys(ctx, settings.KeysDatabaseURL, tenantdb.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer store.Close()
	ring, err := keys.New(ctx, store, master)
	if err != nil {
		return err
	}
	lie, err := documentStore(ctx, settings)
	if err != nil {
		return err
	}
	moves, err := transfers.New(ctx, data, ring, transfers.Options{Files: lie, Sealed: app.SealedRows, Now: time.Now, KeysBackupDays: settings.KeysBackupDays, Begin: bars(os.Stderr)})
	if err != nil {
		return err
	}
	return do(moves)
}
