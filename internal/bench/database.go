package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
	"passerelle/internal/progress"
	"passerelle/migrations"
)

// label is what stands as the comment of a filled database, and says whether it can be used again.
type label struct {
	// Filling counts the ways in which this package has filled databases.
	Filling int       `json:"filling"`
	Size    Size      `json:"size"`
	Schema  string    `json:"schema"`
	Filled  time.Time `json:"filled"`
}

// filling goes up with each change of what is filled in.
const filling = 2

// freshFor is how long a filled database is used: the invented consents run out, as real ones do.
const freshFor = 30 * 24 * time.Hour

func (l label) fits(wanted label) bool {
	return l.Filling == wanted.Filling && l.Size == wanted.Size && l.Schema == wanted.Schema && wanted.Filled.Sub(l.Filled) < freshFor
}

// schema names the migrations' contents.
func schema() (string, error) {
	hash := sha256.New()
	for _, files := range []fs.FS{migrations.Files, migrations.Keys} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, path)
			hash.Write(content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// prepare makes the database and fills it, unless it is there from another run.
func prepare(ctx context.Context, cluster *localpg.Cluster, name string, master keys.Master, size Size, out io.Writer) error {
	names, err := schema()
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	wanted := label{filling, size, names, time.Now().UTC()}
	admin, err := pgx.Connect(ctx, cluster.ConnString("postgres", localpg.Superuser))
	if err != nil {
		return fmt.Errorf("connect to the cluster: %w", err)
	}
	defer admin.Close(context.WithoutCancel(ctx))
	var comment string
	err = admin.QueryRow(ctx, "select coalesce((select shobj_description(oid, 'pg_database') from pg_database where datname = $1), '')", name).Scan(&comment)
	if err != nil {
		return fmt.Errorf("look for %s: %w", name, err)
	}
	var found label
	if json.Unmarshal([]byte(comment), &found) == nil && found.fits(wanted) {
		fmt.Fprintf(out, "Using the database of %d dossiers that was filled before.\n", size.Dossiers)
		return nil
	}

	identifier := pgx.Identifier{name}.Sanitize()
	for _, statement := range []string{"drop database if exists " + identifier + " with (force)", "create database " + identifier} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
	}
	owner := cluster.ConnString(name, localpg.Superuser)
	for _, up := range []func(context.Context, string, migrate.Options) error{migrate.Up, migrate.UpKeys} {
		if err := up(ctx, owner, migrate.Options{}); err != nil {
			return err
		}
	}
	err = withRing(ctx, cluster.ConnString(name, migrate.Keys), master, func(ring *keys.Ring) error {
		return fill(ctx, owner, ring, size, wanted.Filled, progress.New(out, "Filling in dossiers", size.Dossiers))
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return fmt.Errorf("label %s: %w", name, err)
	}
	var statement string
	if err := admin.QueryRow(ctx, "select format('comment on database %I is %L', $1::text, $2::text)", name, string(text)).Scan(&statement); err != nil {
		return fmt.Errorf("label %s: %w", name, err)
	}
	if _, err := admin.Exec(ctx, statement); err != nil {
		return fmt.Errorf("label %s: %w", name, err)
	}
	return nil
}
