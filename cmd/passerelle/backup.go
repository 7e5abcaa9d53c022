package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"passerelle/internal/backups"
	"passerelle/internal/config"
)

type backupCommand struct {
	Base baseCommand `cmd:"" default:"withargs" help:"Copy the whole cluster of the data, or of the keys, and remove the copies whose time is over."`
	WAL  walCommand  `cmd:"" name:"wal" help:"Keep a piece of the write-ahead log: what archive_command of the server calls."`
}

type baseCommand struct {
	Dir       string `arg:"" placeholder:"DIR" help:"The folder of backups of this cluster, which no other one shares."`
	Recipient string `required:"" placeholder:"KEY" help:"The public key for which it is sealed, as age-keygen printed it, or a file that holds one or several. The private ones do not belong on this machine."`
	Keys      bool   `help:"The cluster of the keys, at KEYS_BACKUP_DATABASE_URL, instead of that of the data, at BACKUP_DATABASE_URL."`
	Keep      *int   `placeholder:"DAYS" help:"For how many days copies are kept: 35 of the data, KEYS_BACKUP_DAYS of the keys unless told otherwise."`
}

// dataBackupDays is for how long backups of the data are kept unless told otherwise.
const dataBackupDays = 35

// Run backs one cluster up.
func (c baseCommand) Run(ctx context.Context, settings config.Config) error {
	if err := settings.ForBackup(c.Keys); err != nil {
		return err
	}
	connString, days := settings.BackupDatabaseURL, dataBackupDays
	if c.Keys {
		connString, days = settings.KeysBackupDatabaseURL, settings.KeysBackupDays
	}
	if c.Keep != nil {
		days = *c.Keep
	}
	together, err := keysWithData(ctx, settings)
	if err != nil {
		return err
	}
	switch {
	case together && c.Keys:
		return errors.New("KEYS_BACKUP_DATABASE_URL and BACKUP_DATABASE_URL lead to the same cluster: its backup holds both, and a second one would only be another copy of the data. Leave KEYS_BACKUP_DATABASE_URL out")
	case (together || c.Keys) && days > settings.KeysBackupDays:
		return fmt.Errorf("this backup holds keys and would be kept for %d days, but certificates of erasure say that after %d no backup knows a key any more: set KEYS_BACKUP_DAYS to %[1]d for everything that runs, or keep it for --keep=%d", days, settings.KeysBackupDays, settings.KeysBackupDays)
	}
	recipients, err := backups.Recipients(textOrFile(c.Recipient, "age1"))
	if err != nil {
		return err
	}
	made, err := backups.Base(ctx, backups.BaseOptions{
		Dir: c.Dir, ConnString: connString, Recipients: recipients, Keep: time.Duration(days) * 24 * time.Hour,
		PostgresBin: settings.PostgresBin, Now: time.Now, Begin: bars(os.Stderr),
	})
	if err != nil {
		return err
	}
	fmt.Printf("The backup of %s is in %s: %d MB, sealed, in %s. The log goes on from %s.\n", moment(made.Ended), c.Dir, made.Bytes>>20, made.Took.Round(time.Millisecond), made.Last)
	if len(made.Removed) > 0 {
		fmt.Printf("Removed, since they were kept for %d days: %s, and %d pieces of the log that only they needed.\n", days, strings.Join(made.Removed, ", "), made.Pieces)
	}
	if together {
		fmt.Println("It holds the keys as well, since they lie in the same cluster: what keeps a stolen copy unreadable is the master key, which is in none.\n" +
			"Where the keys lie in a cluster of their own, KEYS_BACKUP_DATABASE_URL leads there, and they are backed up apart, for a shorter time.")
	}
	warn(made.Archive, c.Dir)
	return nil
}

// warn says where the log would not follow a backup.
func warn(archive backups.Archive, dir string) {
	how := fmt.Sprintf("archive_command = 'passerelle backup wal %s %%p --recipient KEY'", dir)
	switch {
	case !archive.On:
		fmt.Fprintf(os.Stderr, "warning: the server does not keep its log: only the moment of a backup can be restored. Set archive_mode = on, %s\n", how)
	case archive.Failed:
		fmt.Fprintln(os.Stderr, "warning: the server could not keep the last piece of its log: see its own log for why. What was written since could not be restored.")
	case archive.Timeout == 0 || archive.Timeout > backups.RPO:
		fmt.Fprintf(os.Stderr, "warning: a piece of the log may lie on the server alone for longer than %s: set archive_timeout = 60\n", backups.RPO)
	}
}

// keysWithData says whether a backup of the data holds the keys as well. Nobody has said where else they are: then they are there.
func keysWithData(ctx context.Context, settings config.Config) (bool, error) {
	if settings.KeysBackupDatabaseURL == "" {
		return true, nil
	}
	if settings.BackupDatabaseURL == "" {
		return false, nil // the machine that backs up the keys need not reach the data
	}
	data, err := backups.System(ctx, settings.BackupDatabaseURL)
	if err != nil {
		return false, err
	}
	keys, err := backups.System(ctx, settings.KeysBackupDatabaseURL)
	return data == keys, err
}

// textOrFile is a key that stands on the command line, or what stands in a file of that name.
func textOrFile(given, prefix string) string {
	if strings.HasPrefix(given, prefix) {
		return given
	}
	text, err := readFile(given)
	if err != nil {
		return given // whoever reads it says that it is no key
	}
	return string(text)
}

type walCommand struct {
	Dir       string `arg:"" placeholder:"DIR" help:"The folder of backups of this cluster."`
	File      string `arg:"" placeholder:"FILE" help:"What Postgres names as %p."`
	Recipient string `required:"" placeholder:"KEY" help:"The public key for which it is sealed, or a file that holds one or several."`
}

// Run keeps one piece. Postgres asks again where it fails.
func (c walCommand) Run() error {
	recipients, err := backups.Recipients(textOrFile(c.Recipient, "age1"))
	if err != nil {
		return err
	}
	return backups.KeepLog(c.Dir, c.File, recipients)
}
