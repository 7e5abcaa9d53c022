package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The majors that the schema is tested on.
const (
	oldestMajor = 15
	newestMajor = 18
)

// programs are the two that a cluster needs, and the folder in which others may lie.
type programs struct {
	dir, initdb, postgres string
	major                 int
}

// find looks for programs that the account can run and that fit the cluster (major 0: none yet), and fetches some when
// there are none.
func find(ctx context.Context, options Options, account account, place string, major int) (programs, error) {
	if options.BinDir != "" {
		found, err := inspect(ctx, options.BinDir, account, options.Backups)
		if err != nil {
			return programs{}, refuse(NoPostgres, err, "There is no usable Postgres in %s: it must hold %s, version %d to %d.", options.BinDir, strings.Join(needed(options.Backups), ", "), oldestMajor, newestMajor)
		}
		return found, fits(found, place, major)
	}
	var misfit error
	for _, dir := range candidates(ctx) {
		found, err := inspect(ctx, dir, account, options.Backups)
		if err != nil {
			continue
		}
		if err := fits(found, place, major); err != nil {
			misfit = err
			continue
		}
		return found, nil
	}
	if misfit != nil && major != npmMajor {
		return programs{}, misfit
	}
	found, err := fetch(ctx, options, account)
	if err != nil {
		return programs{}, errors.Join(misfit, err)
	}
	return found, fits(found, place, major)
}

func fits(found programs, place string, major int) error {
	if major != 0 && major != found.major {
		return refuse(OtherVersion, nil, "The database in %s was made by Postgres %d, but this is Postgres %d; install Postgres %d, or begin with a fresh folder.", place, major, found.major, major)
	}
	return nil
}

// candidates are the folders in which Postgres is usually found, best first.
func candidates(ctx context.Context) []string {
	var dirs []string
	if output, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(output)))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(resolved))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		found, _ := filepath.Glob(pattern) // fails only on a malformed pattern
		slices.SortFunc(found, func(a, b string) int { return numberIn(b) - numberIn(a) })
		dirs = append(dirs, found...)
	}
	return append(dirs, "/usr/local/pgsql/bin", "/usr/bin", "/usr/local/bin")
}

var number = regexp.MustCompile(`\d+`)

// numberIn is the last number of a path: the version, wherever a packager put it.
func numberIn(path string) int {
	all := number.FindAllString(path, -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1])
	return n
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

// needed names the programs.
func needed(backups bool) []string {
	if backups {
		return []string{"initdb", "postgres", BaseBackup, VerifyBackup}
	}
	return []string{"initdb", "postgres"}
}

// inspect runs what it finds: a program that the account cannot reach, or that lacks a library, is none.
func inspect(ctx context.Context, dir string, account account, backups bool) (programs, error) {
	found := programs{dir: dir, initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
	for _, name := range needed(backups) {
		path := filepath.Join(dir, name)
		command := exec.CommandContext(ctx, path, "--version")
		account.runs(command)
		output, err := command.CombinedOutput()
		if err != nil {
			return programs{}, fmt.Errorf("run %s: %w: %s", path, err, lastLines(output))
		}
		if version := versionLine.FindStringSubmatch(string(output)); version != nil {
			found.major, _ = strconv.Atoi(version[1])
		}
	}
	if found.major < oldestMajor || found.major > newestMajor {
		return programs{}, fmt.Errorf("%s is of version %d", found.postgres, found.major)
	}
	return found, nil
}

// clusterMajor is the version that made the cluster in a folder, or 0 when it holds none.
func clusterMajor(dataDir string) (int, error) {
	content, err := os.ReadFile(filepath.Join(dataDir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, unwritable(dataDir, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("read the version of the cluster in %s: %w", dataDir, err)
	}
	return major, nil
}
