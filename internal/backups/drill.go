package backups

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
	"passerelle/internal/tenantdb"
)

// Installation is one that a drill has made: its data in one cluster, its keys in another.
type Installation struct {
	// Data and Keys reach their databases as a role.
	Data, Keys func(role string) string
	Master     keys.Master
}

// DrillOptions say where a drill takes place, and with what.
type DrillOptions struct {
	// Home is an empty folder, into which the account gets that Postgres runs as.
	Home string
	// Fill writes invented people into the installation, and More something that comes after the backup.
	Fill, More  func(ctx context.Context, in Installation) error
	PostgresBin string
	Now         func() time.Time
	Begin       func(what string, total int) (done func(int))
	// Out is told what is done, and how long it took.
	Out io.Writer
}

const drilled = "passerelle"

// Drill makes an installation, backs it up, writes more, ruins it, and brings it back to one second before; and then does so with a
// log from which a piece is missing, which has to fail. Its error says what was not as it had to be.
func Drill(ctx context.Context, o DrillOptions) (err error) {
	master, err := newMaster()
	if err != nil {
		return err
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	d := &drill{DrillOptions: o, master: master, identity: identity}
	fmt.Fprintln(o.Out, "Making an installation of invented people: the data in one cluster, the keys in another.")
	for _, start := range []struct {
		site *site
		up   func(context.Context, string, migrate.Options) error
	}{{&d.data, migrate.Up}, {&d.keys, migrate.UpKeys}} {
		name := "data"
		if start.site == &d.keys {
			name = "keys"
		}
		if err := start.site.start(ctx, o, name, start.up); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, start.site.Stop()) }()
	}
	if err := o.Fill(ctx, d.installation()); err != nil {
		return fmt.Errorf("fill in the invented people: %w", err)
	}
	for _, s := range []*site{&d.data, &d.keys} {
		made, err := Base(ctx, BaseOptions{Dir: s.backups, ConnString: s.ConnString(drilled, localpg.Superuser), Recipients: []age.Recipient{identity.Recipient()},
			Keep: 35 * 24 * time.Hour, PostgresBin: o.PostgresBin, Now: o.Now, Begin: o.Begin})
		if err != nil {
			return err
		}
		fmt.Fprintf(o.Out, "Backed up the %s: %d kB, sealed, in %s.\n", s.name, made.Bytes/1024, made.Took.Round(time.Millisecond))
	}
	before, err := d.live(ctx)
	if err != nil {
		return err
	}
	if err := d.back(ctx, before); err != nil {
		return err
	}
	return d.gap(ctx, before)
}

func newMaster() (keys.Master, error) {
	text, err := keys.NewMaster()
	if err != nil {
		return nil, err
	}
	return keys.MasterFromText(text)
}

// site is one of the two clusters.
type site struct {
	*localpg.Cluster
	name, spool, backups string
}

func (s *site) start(ctx context.Context, o DrillOptions, name string, up func(context.Context, string, migrate.Options) error) (err error) {
	s.name, s.backups = name, filepath.Join(o.Home, "backups-"+name)
	// The server hands its log over within its own folder, since as root it runs as an account that may write nowhere else.
	s.Cluster, err = localpg.Start(ctx, localpg.Options{DataDir: filepath.Join(o.Home, name), BinDir: o.PostgresBin, Backups: true, Settings: map[string]string{
		"wal_level": "replica", "archive_mode": "on", "archive_command": "mkdir -p archived && cp %p archived/%f", "fsync": "off",
	}})
	if err != nil {
		return err
	}
	s.spool = filepath.Join(s.DataDir(), "archived")
	owner := s.ConnString(drilled, localpg.Superuser)
	if err = makeDatabase(ctx, s.ConnString("postgres", localpg.Superuser)); err == nil {
		err = up(ctx, owner, migrate.Options{})
	}
	if err != nil {
		return errors.Join(err, s.Stop())
	}
	return nil
}

type drill struct {
	DrillOptions
	master     keys.Master
	identity   *age.X25519Identity
	data, keys site
}

func (d *drill) installation() Installation {
	return Installation{
		Data:   func(role string) string { return d.data.ConnString(drilled, role) },
		Keys:   func(role string) string { return d.keys.ConnString(drilled, role) },
		Master: d.master,
	}
}

// remembered is what has to be there again.
type remembered struct {
	counts      []Count
	checkpoints []journal.Held
	to          time.Time
}

// live has the installation live on after the backup: more is written and signed, several pieces of the log go by, and more
// than a second later something is written that must not come back, and everything is ruined.
func (d *drill) live(ctx context.Context) (before remembered, err error) {
	owner := d.data.ConnString(drilled, localpg.Superuser)
	for range 2 {
		if err := d.More(ctx, d.installation()); err != nil {
			return before, fmt.Errorf("write more: %w", err)
		}
		if err := d.handOver(ctx); err != nil {
			return before, err
		}
	}
	if before.checkpoints, err = d.sign(ctx); err != nil {
		return before, err
	}
	for _, s := range []*site{&d.data, &d.keys} {
		counts, err := countRows(ctx, s.ConnString(drilled, localpg.Superuser))
		if err != nil {
			return before, err
		}
		before.counts = append(before.counts, counts...)
	}
	select {
	case <-ctx.Done():
		return before, ctx.Err()
	case <-time.After(1100 * time.Millisecond):
	}
	ruined, err := ruin(ctx, owner)
	if err != nil {
		return before, err
	}
	before.to = ruined.Add(-time.Second)
	fmt.Fprintf(d.Out, "At %s every table of the data was dropped.\n", said(ruined))
	return before, d.handOver(ctx)
}

// sign has the journals hashed and signed, and gives what a data-protection officer would keep.
func (d *drill) sign(ctx context.Context) (held []journal.Held, err error) {
	err = within(ctx, d.reach(), func(_, _ *tenantdb.DB, _ *keys.Ring, sequencer *journal.Sequencer) error {
		tenants, err := sequencer.Tenants(ctx)
		if err != nil {
			return err
		}
		for _, tenant := range tenants {
			signed, err := sequencer.Bundle(ctx, tenant.TenantID, 0)
			if err != nil {
				return err
			}
			held = append(held, journal.Held{Name: "of " + tenant.Slug, File: signed.File})
		}
		return nil
	})
	return held, err
}

func (d *drill) reach() Reach {
	in := d.installation()
	return Reach{App: in.Data(migrate.App), Sequencer: in.Data(migrate.Sequencer), Keys: in.Keys(migrate.Keys), Master: d.master, Now: d.Now}
}

// handOver has both servers hand over the piece of the log that they write, and keeps what they have handed over.
func (d *drill) handOver(ctx context.Context) error {
	for _, s := range []*site{&d.data, &d.keys} {
		if err := switchLog(ctx, s.ConnString("postgres", localpg.Superuser)); err != nil {
			return err
		}
		handed, err := os.ReadDir(s.spool)
		if err != nil {
			return err
		}
		for _, piece := range handed {
			if err := KeepLog(s.backups, filepath.Join(s.spool, piece.Name()), []age.Recipient{d.identity.Recipient()}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *drill) restore(ctx context.Context, name string, to time.Time, checkpoints []journal.Held) (Restored, error) {
	return Restore(ctx, RestoreOptions{
		Dir: d.data.backups, Into: filepath.Join(d.Home, name), To: to, KeysDir: d.keys.backups, KeysInto: filepath.Join(d.Home, name+"-keys"),
		Identities: []age.Identity{d.identity}, Master: d.master, Database: drilled, Checkpoints: checkpoints, PostgresBin: d.PostgresBin, Now: d.Now, Begin: d.Begin,
	})
}

// back goes back to a second before, and looks whether everything is there that was.
func (d *drill) back(ctx context.Context, before remembered) error {
	restored, err := d.restore(ctx, "restored", before.to, before.checkpoints)
	if err != nil {
		return err
	}
	if err := restored.Write(d.Out); err != nil {
		return err
	}
	if err := differ(before.counts, restored.Counts); err != nil {
		return err
	}
	if took := restored.Took(); took > RTO {
		return fmt.Errorf("it took %s, and may take %s", took.Round(time.Second), RTO)
	}
	fmt.Fprintln(d.Out, "Every table has as many rows as it had a second before everything was dropped.")
	return nil
}

// differ says where tables have other numbers of rows than they had.
func differ(before, now []Count) error {
	var wrong []error
	had := map[string]int64{}
	for _, count := range before {
		had[count.Table] = count.Rows
	}
	for _, count := range now {
		if rows, there := had[count.Table]; !there || rows != count.Rows {
			wrong = append(wrong, fmt.Errorf("%s has %d rows, and had %d", count.Table, count.Rows, rows))
		}
		delete(had, count.Table)
	}
	for table := range had {
		wrong = append(wrong, fmt.Errorf("%s is missing", table))
	}
	return errors.Join(wrong...)
}

// gap takes a piece out of the log. Both ways of asking have to fail, and to name it: as far as the log goes, and to the moment.
func (d *drill) gap(ctx context.Context, before remembered) error {
	backup, err := choose(d.data.backups, time.Time{})
	if err != nil {
		return err
	}
	after, err := logOf(d.data.backups, backup)
	if err != nil {
		return err
	}
	lost := named(timelineOf(backup.Last), place(backup.Last, backup.SegmentBytes)+1, backup.SegmentBytes)
	if err := os.Remove(filepath.Join(d.data.backups, walDir, after.pieces[lost])); err != nil {
		return err
	}
	for name, to := range map[string]time.Time{"as far as the log goes": {}, "to the moment": before.to} {
		_, err := d.restore(ctx, "gap", to, nil)
		var found *GapError
		if !errors.As(err, &found) || found.Segment != lost {
			return fmt.Errorf("the log has a gap at %s, and restoring %s said of it: %w", lost, name, errors.Join(err, errUnnoticed))
		}
		if left, err := filepath.Glob(filepath.Join(d.Home, "gap*")); err != nil || len(left) > 0 {
			return fmt.Errorf("restoring %s failed, and left %s", name, strings.Join(left, ", "))
		}
	}
	fmt.Fprintf(d.Out, "Without %s nothing is restored, and the error names it.\n", lost)
	return nil
}

var errUnnoticed = errors.New("a gap has to be an error that names it")
