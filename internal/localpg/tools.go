package localpg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
)

// The programs of Postgres that take a base backup, and that hold one against its manifest.
const (
	BaseBackup   = "pg_basebackup"
	VerifyBackup = "pg_verifybackup"
)

// Tools are the programs that take backups and check them, of one version of Postgres.
type Tools struct {
	programs programs
	account  account
}

// FindTools finds them in options.BinDir, or looks for them: of the major version that a cluster has, since one takes no backup of a
// newer one and reads no manifest of another.
func FindTools(ctx context.Context, options Options, major int) (Tools, error) {
	options.Backups = true
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	account, err := accountFor(options.DataDir)
	if err != nil {
		return Tools{}, err
	}
	found, err := find(ctx, options, account, "the backup", major)
	return Tools{found, account}, err
}

// Command is a call of one of them, as the account that Postgres runs as, in an environment that holds nothing of ours.
func (t Tools) Command(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, filepath.Join(t.programs.dir, name), arguments...)
	t.account.runs(command)
	return command
}

// MakeDir makes a folder that only the account can read. Its parent has to be there, and the account has to be able to get there.
func (t Tools) MakeDir(dir string) error {
	if !t.account.enters(filepath.Dir(dir)) {
		return refuse(Unwritable, nil, "The account that Postgres runs as cannot get into %s; choose another folder, such as one below /var/lib.", filepath.Dir(dir))
	}
	if err := t.account.makeDir(dir); err != nil {
		return refuse(Unwritable, err, "The folder %s is there already or cannot be made; choose another one.", dir)
	}
	return nil
}

// Give makes a file or folder the account's.
func (t Tools) Give(path string) error {
	if !t.account.lent {
		return nil
	}
	return os.Lchown(path, int(t.account.uid), int(t.account.gid))
}
