package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/internal/config"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type journalCommand struct {
	Status     journalStatusCommand `cmd:"" help:"Say of each journal how many entries are in its tree, how many wait, and when it was signed."`
	Checkpoint checkpointCommand    `cmd:"" help:"Sign the journal of a tenant as it is now, for its data-protection officer to keep."`
	Export     exportCommand        `cmd:"" help:"Write the journal of a tenant into a file: identifiers and codes, a line an entry."`
	Verify     verifyCommand        `cmd:"" help:"Hold an export against the checkpoints that somebody has kept, and name the first entry that was changed, removed or slipped in. Needs no database and no settings."`
}

type journalStatusCommand struct{}

// Run prints. It needs no key.
func (journalStatusCommand) Run(ctx context.Context, settings config.Config) error {
	return withSequencer(ctx, settings, false, func(sequencer *journal.Sequencer) error {
		all, err := sequencer.Status(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "TENANT\tENTRIES IN THE TREE\tWAITING\tOLDEST WAITS FOR\tSIGNED\tLAST SIGNED")
		for _, s := range all {
			signed := "never"
			if !s.SignedAt.IsZero() {
				signed = moment(s.SignedAt)
			}
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%d\t%s\n", s.Slug, s.Hashed, s.Backlog.Entries, (time.Duration(s.Backlog.Seconds) * time.Second).String(), s.Signed, signed)
		}
		return table.Flush()
	})
}

type checkpointCommand struct {
	Tenant string `required:"" placeholder:"NAME" help:"Whose journal, by the name in its address (vaud)."`
	Out    string `placeholder:"FILE" help:"Write the checkpoint into this file instead of printing it."`
	Since  string `placeholder:"FILE" help:"A checkpoint that is kept already: the new file names the leaves since that one only, and both have to be kept."`
}

// Run signs, and says what to do with what was signed.
func (c checkpointCommand) Run(ctx context.Context, settings config.Config) error {
	var from int64
	if c.Since != "" {
		kept, err := readFile(c.Since)
		if err != nil {
			return err
		}
		if from, err = journal.HeldSize(kept); err != nil {
			return fmt.Errorf("the file %s: %w", c.Since, err)
		}
	}
	return withSequencer(ctx, settings, true, func(sequencer *journal.Sequencer) error {
		tenant, err := sequencer.Tenant(ctx, c.Tenant)
		if err != nil {
			return err
		}
		signed, err := sequencer.Bundle(ctx, tenant.TenantID, from)
		if err != nil {
			return err
		}
		say := os.Stdout
		if c.Out == "" {
			fmt.Print(string(signed.File))
			say = os.Stderr
		} else if err := os.WriteFile(c.Out, signed.File, 0o644); err != nil { // #nosec G306 -- a checkpoint is handed out
			return fmt.Errorf("the file %s cannot be written: choose another with --out", c.Out)
		}
		fmt.Fprintf(say, "The journal of %s holds %d entries, and none is missing that was written before %s.\n\n", c.Tenant, signed.Size, moment(signed.Until))
		fmt.Fprintf(say, "Keep the checkpoint where those who run the installation cannot change it: with the data-protection officer, in a mailbox\n"+
			"and on a medium that is written once. Keep every one: each proves what was before it. It gives nobody away.\n"+
			"Keep the key apart from the checkpoints, on paper as well, from the first time on; it stays the same:\n\n%s\n", signed.Key)
		return nil
	})
}

type exportCommand struct {
	Tenant string `required:"" placeholder:"NAME" help:"Whose journal, by the name in its address (vaud)."`
	Out    string `required:"" placeholder:"FILE" help:"The file to write; one that is there is not written over."`
}

// Run writes a whole export, or none.
func (c exportCommand) Run(ctx context.Context, settings config.Config) error {
	return withSequencer(ctx, settings, false, func(sequencer *journal.Sequencer) (err error) {
		tenant, err := sequencer.Tenant(ctx, c.Tenant)
		if err != nil {
			return err
		}
		// Who works on whom is nobody else's business.
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("the file %s is there already or cannot be written: choose another with --out", c.Out)
		}
		written, err := sequencer.Export(ctx, tenant, file, func(total int) func(int) { return bars(os.Stderr)("Exporting entries", total) })
		if err = errors.Join(err, file.Close()); err != nil {
			return errors.Join(err, os.Remove(c.Out))
		}
		fmt.Printf("%d entries of %s are in %s. passerelle journal verify holds them against the checkpoints that are kept.\n", written, c.Tenant, c.Out)
		return nil
	})
}

// verifying is a key that verifies what a tenant's journal signed, or what stands in a file of that name.
func verifying(key string) (string, error) {
	if strings.Contains(key, "+") {
		return key, nil
	}
	text, err := readFile(key)
	return string(text), err
}

type verifyCommand struct {
	Export     string   `arg:"" help:"What passerelle journal export wrote."`
	Checkpoint []string `required:"" placeholder:"FILE" sep:"none" help:"A checkpoint that is kept; once for each."`
	Key        string   `required:"" placeholder:"KEY" help:"The key that was printed with the first checkpoint, or a file that holds it."`
}

// Run says that all is as it was, or ends with an error that names what is not.
func (c verifyCommand) Run() error {
	key, err := verifying(c.Key)
	if err != nil {
		return err
	}
	var held []journal.Held
	for _, name := range c.Checkpoint {
		text, err := readFile(name)
		if err != nil {
			return err
		}
		held = append(held, journal.Held{Name: name, File: text})
	}
	export, err := os.Open(c.Export)
	if err != nil {
		return fmt.Errorf("the file %s cannot be read", c.Export)
	}
	defer export.Close()
	verdict, err := journal.Verify(export, held, key)
	if err != nil {
		return err
	}
	return report(os.Stdout, verdict)
}

func report(out io.Writer, verdict journal.Verdict) error {
	last := verdict.Kept[len(verdict.Kept)-1]
	fmt.Fprintf(out, "All %d entries of %s are as they were at each of the checkpoints:\n", last.Entries, verdict.Tenant)
	for _, kept := range verdict.Kept {
		fmt.Fprintf(out, "  %s: %d entries, none missing until %s\n", kept.Name, kept.Entries, moment(kept.Until))
	}
	_, err := fmt.Fprintf(out, "%d entries came after the last of them; only a later checkpoint can speak for those.\n", verdict.Entries-last.Entries)
	return err
}

func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

func readFile(name string) ([]byte, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the file %s cannot be read", name)
	}
	return content, nil
}

// withSequencer connects as what hashes the journal; only signing needs the keys.
func withSequencer(ctx context.Context, settings config.Config, signing bool, do func(*journal.Sequencer) error) error {
	if err := settings.ForJournal(signing); err != nil {
		return err
	}
	db, err := tenantdb.Open(ctx, settings.SequencerDatabaseURL, tenantdb.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	var ring *keys.Ring
	if signing {
		master, err := masterKey(settings)
		if err != nil {
			return err
		}
		wrapped, err := tenantdb.OpenKeys(ctx, settings.KeysDatabaseURL, tenantdb.Options{MaxConns: 2})
		if err != nil {
			return fmt.Errorf("the database of the keys: %w", err)
		}
		defer wrapped.Close()
		if ring, err = keys.New(ctx, wrapped, master); err != nil {
			return err
		}
	}
	sequencer, err := journal.NewSequencer(ctx, db, ring, slog.New(slog.NewTextHandler(os.Stderr, nil)), time.Now)
	if err != nil {
		return err
	}
	return do(sequencer)
}
