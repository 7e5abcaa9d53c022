package backups

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
)

// RestoreOptions say what is brought back, and where to.
type RestoreOptions struct {
	// Dir is a folder of backups of the data, Into a folder that is not there yet and becomes the cluster.
	Dir, Into string
	// To is the moment to go back to; the zero time is as far as the log goes.
	To time.Time
	// KeysDir and KeysInto are likewise of the keys, which are brought as far as their log goes, whatever To says, so that nothing
	// that was erased since comes back. Empty where they lie in the same cluster, or where KeysConnString leads to those that are there.
	KeysDir, KeysInto string
	KeysConnString    string
	// AppConnString and SequencerConnString lead to the data that is there, where Dir holds the keys alone.
	AppConnString, SequencerConnString string
	Identities                         []age.Identity
	Master                             keys.Master
	// Database is the one in which Passerelle lies.
	Database    string
	Checkpoints []journal.Held
	PostgresBin string
	Now         func() time.Time
	Begin       func(what string, total int) (done func(int))
}

// Step is something that was done, and how long it took.
type Step struct {
	What string
	Took time.Duration
}

// Restored is what was brought back and found right.
type Restored struct {
	Found
	// Backup is the base that it began with, Until the last transaction that is there: the zero time where the log holds none.
	Backup Backup
	Until  time.Time
	// Missing names a piece of the log that is not there and was not needed.
	Missing string
	Steps   []Step
}

// Took is how long everything took.
func (r Restored) Took() (all time.Duration) {
	for _, step := range r.Steps {
		all += step.Took
	}
	return all
}

// GapError says that the log has a hole, and where.
type GapError struct {
	// Dir is the folder of backups, Segment the first that is missing; Last the last one before it.
	Dir, Segment, Last string
}

// Error says what to do.
func (g *GapError) Error() string {
	return fmt.Sprintf("the write-ahead log in %s has a gap: %s is missing, after %s, and nothing after it can be brought back. "+
		"Look for a file whose name begins with %[2]s in other copies of the folder, or say with --to until when to restore", g.Dir, g.Segment, g.Last)
}

// restoring is a restore under way.
type restoring struct {
	RestoreOptions
	Restored
}

// do measures a step.
func (r *restoring) do(what string, step func() error) error {
	began := r.Now()
	err := step()
	r.Steps = append(r.Steps, Step{what, r.Now().Sub(began)})
	return err
}

// Restore makes clusters of backups, in new folders, brings them to a moment, destroys again what was erased, and looks whether
// everything fits. The clusters do not run when it returns. Where it fails it leaves nothing; where what is back does not fit, it
// leaves everything for somebody to look at, with an error that says what.
func Restore(ctx context.Context, o RestoreOptions) (_ Restored, err error) {
	r := &restoring{RestoreOptions: o}
	data, err := r.cluster(ctx, "the data", o.Dir, o.Into, o.To)
	if err != nil {
		return r.Restored, err
	}
	defer func() { err = errors.Join(err, data.stop()) }()
	r.Backup, r.Until, r.Missing = data.backup, data.until, data.missing
	switch {
	case data.withData:
	case data.withKeys && o.To.IsZero() && o.AppConnString != "" && o.SequencerConnString != "":
		return r.Restored, r.compare(ctx, Reach{
			App: o.AppConnString, Sequencer: o.SequencerConnString, Keys: data.ConnString(o.Database, migrate.Keys),
			Counting: []string{data.ConnString(o.Database, localpg.Superuser)}, Master: o.Master, Checkpoints: o.Checkpoints, Now: o.Now,
		}, true)
	case data.withKeys:
		return r.Restored, errors.New("the backup holds keys alone: set DATABASE_URL and SEQUENCER_DATABASE_URL, which lead to the data that they belong to, and leave --to out, since it would bring back what was erased")
	default:
		return r.Restored, fmt.Errorf("the database %s of the backup holds nothing of Passerelle: name another with --database", o.Database)
	}
	reach := Reach{
		App: data.ConnString(o.Database, migrate.App), Sequencer: data.ConnString(o.Database, migrate.Sequencer), Keys: o.KeysConnString,
		Counting: []string{data.ConnString(o.Database, localpg.Superuser)}, Master: o.Master, Checkpoints: o.Checkpoints, Now: o.Now,
	}
	restoredKeys := data.withKeys
	switch {
	case o.KeysDir != "":
		apart, err := r.cluster(ctx, "the keys", o.KeysDir, o.KeysInto, time.Time{})
		if err != nil {
			return r.Restored, err
		}
		defer func() { err = errors.Join(err, apart.stop()) }()
		reach.Keys, restoredKeys = apart.ConnString(o.Database, migrate.Keys), true
		reach.Counting = append(reach.Counting, apart.ConnString(o.Database, localpg.Superuser))
	case data.withKeys:
		reach.Keys = data.ConnString(o.Database, migrate.Keys)
	case reach.Keys == "":
		return r.Restored, errors.New("the backup holds no keys: say where they are with KEYS_DATABASE_URL, or restore them as well with --keys")
	}
	return r.Restored, r.compare(ctx, reach, restoredKeys)
}

// compare destroys again what restored keys have brought back, and looks whether everything fits.
func (r *restoring) compare(ctx context.Context, reach Reach, restoredKeys bool) error {
	destroyed := 0
	if restoredKeys {
		if err := r.do("destroying again what was erased", func() (err error) {
			destroyed, err = EraseAgain(ctx, reach)
			return err
		}); err != nil {
			return err
		}
	}
	return r.do("comparing the data, the journals and the keys", func() (err error) {
		r.Found, err = Check(ctx, reach)
		r.Destroyed = destroyed
		return err
	})
}

// running is a cluster that was brought back.
type running struct {
	*localpg.Cluster
	into               string
	backup             Backup
	until              time.Time
	missing            string
	withData, withKeys bool
}

// stop ends it, and leaves nothing beside its folder.
func (r *running) stop() error {
	return errors.Join(r.Stop(), os.Remove(r.into+".log"), os.Remove(r.into+".lock"))
}

// cluster brings one back and has it run.
func (r *restoring) cluster(ctx context.Context, what, dir, into string, to time.Time) (found *running, err error) {
	if into, err = filepath.Abs(into); err != nil {
		return nil, err
	}
	if strings.ContainsAny(into, "\"'%\\`$\n") {
		return nil, fmt.Errorf("the folder %s has a character in its name that a shell would read: choose another one", into)
	}
	backup, err := choose(dir, to)
	if err != nil {
		return nil, err
	}
	log, err := logOf(dir, backup)
	if err != nil {
		return nil, err
	}
	gap := &GapError{dir, log.missing, log.last}
	if log.missing != "" && to.IsZero() {
		return nil, gap
	}
	tools, err := localpg.FindTools(ctx, localpg.Options{BinDir: r.PostgresBin}, backup.Server)
	if err != nil {
		return nil, err
	}
	if err := tools.MakeDir(into); err != nil {
		return nil, err
	}
	beside := into + ".restoring"
	defer func() {
		err = errors.Join(err, os.RemoveAll(beside))
		if err != nil {
			err = errors.Join(err, os.RemoveAll(into), os.RemoveAll(into+".log"), os.RemoveAll(into+".lock"))
		}
	}()
	if err := tools.MakeDir(beside); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"unpacking the backup of " + what, func() error { return r.unpack(backup, into, tools) }},
		{"holding it against its manifest", func() error { return verify(ctx, tools, into) }},
		{"opening the log of " + what, func() error {
			done := r.Begin("Opening the log, segments", len(log.pieces))
			return log.lay(dir, beside, r.Identities, tools, done)
		}},
	} {
		if err := r.do(step.what, step.do); err != nil {
			return nil, err
		}
	}
	var cluster *localpg.Cluster
	err = r.do("bringing "+what+" forward", func() error {
		cluster, err = recovering(ctx, r.PostgresBin, tools, into, beside, to)
		return err
	})
	if err != nil {
		why := saidBy(into + ".log")
		switch {
		case !strings.Contains(why, "recovery ended before configured recovery target was reached"):
			return nil, fmt.Errorf("bring %s forward: %w: %s", what, err, why)
		case log.missing != "":
			return nil, gap
		default:
			return nil, fmt.Errorf("the write-ahead log in %s ends with %s, before %s: nothing that was written then is in it. Without --to it is restored as far as it goes", dir, log.last, said(to))
		}
	}
	found = &running{Cluster: cluster, into: into, backup: backup, missing: log.missing}
	if found.until, found.withData, found.withKeys, err = reached(ctx, cluster.ConnString(r.Database, localpg.Superuser)); err != nil {
		return nil, errors.Join(fmt.Errorf("look into the database %s: %w", r.Database, err), cluster.Stop())
	}
	return found, nil
}

// saidBy is why a server did not come up: what ended it, without those that it turned away meanwhile.
func saidBy(logFile string) string {
	log, _ := os.ReadFile(logFile) // nobody has said anything where there is none
	var why []string
	for line := range strings.Lines(string(log)) {
		if at := max(strings.Index(line, "FATAL:"), strings.Index(line, "PANIC:")); at >= 0 && !strings.Contains(line, "the database system is ") {
			why = append(why, strings.TrimSpace(line[at:]))
		}
	}
	return strings.Join(why, "; ")
}

// verify holds every file against the manifest that was made with the backup, and reads the log that it holds.
func verify(ctx context.Context, tools localpg.Tools, into string) error {
	if output, err := tools.Command(ctx, localpg.VerifyBackup, "--exit-on-error", "--quiet", into).CombinedOutput(); err != nil {
		return fmt.Errorf("the backup is not as it was made: %w: %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}

// recovering starts a cluster that takes the log from a folder until a moment, and returns when it is there. What it is told stands
// on its command line: nothing of it is left when somebody starts it otherwise.
func recovering(ctx context.Context, bin string, tools localpg.Tools, into, beside string, to time.Time) (*localpg.Cluster, error) {
	settings := map[string]string{
		"config_file": filepath.Join(beside, "restore.conf"), "hba_file": filepath.Join(beside, "restore.hba"),
		"restore_command": `cp "` + beside + `/%f" "%p"`, "recovery_target_action": "promote",
		// Nobody comes in before it is there, and it hands over nothing to where the log came from.
		"hot_standby": "off", "archive_mode": "off", "ssl": "off", "primary_conninfo": "",
	}
	if !to.IsZero() {
		settings["recovery_target_time"] = to.UTC().Format("2006-01-02 15:04:05.999999+00")
	}
	// The folder of the socket lets only the account in that Postgres runs as.
	for path, content := range map[string]string{
		settings["config_file"]: "", settings["hba_file"]: "local all all trust\n", filepath.Join(into, "recovery.signal"): "",
	} {
		if err := errors.Join(os.WriteFile(path, []byte(content), 0o600), tools.Give(path)); err != nil {
			return nil, err
		}
	}
	return localpg.Start(ctx, localpg.Options{DataDir: into, BinDir: bin, Backups: true, Settings: settings})
}
