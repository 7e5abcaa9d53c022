package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"passerelle/internal/backups"
	"passerelle/internal/config"
	"passerelle/internal/demo"
	"passerelle/internal/journal"
)

// restoring are the flags of whatever brings a backup back.
type restoring struct {
	Identity   []string  `placeholder:"FILE" sep:"none" help:"A private key that opens the backups, as age-keygen wrote it; once for each."`
	To         time.Time `placeholder:"MOMENT" format:"2006-01-02T15:04:05Z07:00" help:"Until when, such as 2026-11-28T10:00:00+01:00; otherwise as far as the log goes. Keys are always brought as far as their log goes."`
	Keys       string    `placeholder:"DIR" help:"The folder of backups of the keys, where they lie in a cluster of their own and are lost as well."`
	Database   string    `default:"passerelle" placeholder:"NAME" help:"The database in which Passerelle lies."`
	Checkpoint []string  `placeholder:"FILE" sep:"none" help:"A checkpoint of a journal that somebody keeps elsewhere; once for each."`
}

func (r restoring) options(settings config.Config, dir string) (backups.RestoreOptions, error) {
	if err := settings.ForRestore(); err != nil {
		return backups.RestoreOptions{}, err
	}
	options := backups.RestoreOptions{
		Dir: dir, To: r.To, KeysDir: r.Keys, KeysConnString: settings.KeysDatabaseURL, Database: r.Database,
		AppConnString: settings.DatabaseURL, SequencerConnString: settings.SequencerDatabaseURL,
		PostgresBin: settings.PostgresBin, Now: time.Now, Begin: bars(os.Stderr),
	}
	if len(r.Identity) == 0 {
		return options, errors.New("--identity is missing: the file with the private key that opens the backups")
	}
	for _, name := range r.Identity {
		text, err := readFile(name)
		if err != nil {
			return options, err
		}
		found, err := backups.Identities(string(text))
		if err != nil {
			return options, err
		}
		options.Identities = append(options.Identities, found...)
	}
	var err error
	if options.Checkpoints, err = heldIn(r.Checkpoint); err != nil {
		return options, err
	}
	options.Master, err = masterKey(settings)
	return options, err
}

func heldIn(names []string) (held []journal.Held, err error) {
	for _, name := range names {
		text, err := readFile(name)
		if err != nil {
			return nil, err
		}
		held = append(held, journal.Held{Name: name, File: text})
	}
	return held, nil
}

type restoreCommand struct {
	Dir      string `arg:"" placeholder:"DIR" help:"The folder of backups of the data, or of the keys alone, which belong to the data at DATABASE_URL and SEQUENCER_DATABASE_URL."`
	Data     string `required:"" placeholder:"NEWDIR" help:"The folder that becomes the cluster; it must not be there yet."`
	KeysData string `name:"keys-data" placeholder:"NEWDIR" help:"Likewise that of the keys, with --keys."`
	restoring
}

// Run restores, and leaves it to the operator to start what was restored.
func (c restoreCommand) Run(ctx context.Context, settings config.Config) error {
	if (c.Keys == "") != (c.KeysData == "") {
		return errors.New("--keys and --keys-data belong together: where the backups of the keys are, and what they become")
	}
	options, err := c.options(settings, c.Dir)
	if err != nil {
		return err
	}
	options.Into, options.KeysInto = c.Data, c.KeysData
	restored, err := backups.Restore(ctx, options)
	if err != nil {
		return err
	}
	if err := restored.Write(os.Stdout); err != nil {
		return err
	}
	into := c.Data
	if c.KeysData != "" {
		into += ", that of the keys in " + c.KeysData
	}
	fmt.Printf("\nThe cluster is in %s. Start Postgres %d there; where the configuration of the lost server lay elsewhere, put it there first.\n"+
		"It goes on in another timeline of the log, into the same folder of backups. Back it up anew.\n", into, restored.Backup.Server)
	return nil
}

type drillCommand struct {
	Dir     string `arg:"" optional:"" placeholder:"DIR" help:"A folder of backups that is restored beside everything, looked at and thrown away; without one, an installation of invented people is made and ruined."`
	Running bool   `help:"Look at an installation that was restored already and runs, by whatever tool, at DATABASE_URL, SEQUENCER_DATABASE_URL and KEYS_DATABASE_URL; with TRANSFER_DATABASE_URL its rows are counted. Nothing is written."`
	Erase   bool   `help:"With --running, first destroy the keysets that keys of an older backup have brought back, by what the journal says was erased."`
	Home    string `placeholder:"FOLDER" help:"In which folder it takes place; there has to be room for everything. The folder of temporary files unless told otherwise."`
	restoring
}

// Run drills, and prints how long it took.
func (c drillCommand) Run(ctx context.Context, settings config.Config) (err error) {
	if c.Erase && !c.Running {
		return errors.New("--erase belongs to --running: what is restored here has it done by itself")
	}
	if c.Running {
		return c.look(ctx, settings)
	}
	home, err := os.MkdirTemp(c.Home, "passerelle-drill-")
	if err != nil {
		return fmt.Errorf("no folder can be made in %s: choose another with --home", c.Home)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	// As root, Postgres runs as another account, which must get through.
	if err := os.Chmod(home, 0o711); err != nil { // #nosec G302 -- to get through shows nothing
		return err
	}
	if c.Dir == "" {
		return backups.Drill(ctx, backups.DrillOptions{
			Home: home, Fill: demo.Invent, More: demo.OpenOne, PostgresBin: settings.PostgresBin, Now: time.Now, Begin: bars(os.Stderr), Out: os.Stdout,
		})
	}
	options, err := c.options(settings, c.Dir)
	if err != nil {
		return err
	}
	options.Into, options.KeysInto = filepath.Join(home, "data"), filepath.Join(home, "keys")
	restored, err := backups.Restore(ctx, options)
	if err != nil {
		return err
	}
	if err := restored.Write(os.Stdout); err != nil {
		return err
	}
	if took := restored.Took(); took > backups.RTO {
		return fmt.Errorf("it took %s, and may take %s", took.Round(time.Second), backups.RTO)
	}
	return nil
}

func (c drillCommand) look(ctx context.Context, settings config.Config) error {
	if err := settings.ForLook(); err != nil {
		return err
	}
	master, err := masterKey(settings)
	if err != nil {
		return err
	}
	held, err := heldIn(c.Checkpoint)
	if err != nil {
		return err
	}
	reach := backups.Reach{App: settings.DatabaseURL, Sequencer: settings.SequencerDatabaseURL, Keys: settings.KeysDatabaseURL, Master: master, Checkpoints: held, Now: time.Now}
	if settings.TransferDatabaseURL != "" {
		reach.Counting = append(reach.Counting, settings.TransferDatabaseURL)
	}
	if c.Erase {
		destroyed, err := backups.EraseAgain(ctx, reach)
		if err != nil {
			return err
		}
		fmt.Printf("%d keysets that were brought back are destroyed again.\n", destroyed)
	}
	found, err := backups.Check(ctx, reach)
	if err != nil {
		return err
	}
	return found.Write(os.Stdout)
}
