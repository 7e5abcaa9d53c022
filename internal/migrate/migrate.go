// Package migrate brings a database to the schema that this program needs: its roles, the rights of the database, and
// the files of passerelle/migrations in their order. It may run twice, and in two processes at once.
package migrate

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	bunmigrate "github.com/uptrace/bun/migrate"

	"passerelle/migrations"
)

// Owner owns everything and nobody signs in as it; App is what the application reaches the data as, Keys what it reaches
// the keys as, Rotation and KeysRotation what reaches either while keys are changed, Sequencer what hashes the journal,
// Platform the console of those who run the installation, Transfer what takes a whole tenant out, in or away. None but the first
// owns anything, none but the last can step over row-level security, and none sees what another one does.
const (
	Owner        = "passerelle_owner"
	App          = "passerelle_app"
	Keys         = "passerelle_keys"
	Rotation     = "passerelle_rotation"
	KeysRotation = "passerelle_keys_rotation"
	Sequencer    = "passerelle_sequencer"
	Platform     = "passerelle_platform"
	Transfer     = "passerelle_transfer"
)

// Options are what a caller may want besides.
type Options struct {
	// Files are applied instead of those of passerelle/migrations.
	Files fs.FS
	// Password becomes that of the role App, and for the keys that of the role Keys; empty leaves it as it is.
	Password string
	// RotationPassword likewise becomes that of the role Rotation, and for the keys that of KeysRotation.
	RotationPassword string
	// SequencerPassword becomes that of the role Sequencer, of the data alone.
	SequencerPassword string
	// PlatformPassword becomes that of the role Platform, of the data alone.
	PlatformPassword string
	// TransferPassword becomes that of the role Transfer, of the data alone.
	TransferPassword string
	// Progress is told of each migration.
	Progress func(string)
}

// advisoryKey is what two migrating processes meet at: "passerel" in ASCII.
const advisoryKey = 0x706173736572656c

//go:embed roles.sql
var roles string

//go:embed database.sql
var database string

//go:embed keys.sql
var keys string

// Servers are at work while a migration runs. What has to wait for a lock has everybody after it wait as well, who give up after a
// second: so a migration gives up before, lets them through, and tries again, for as long as lasting. What it has got it holds for
// no longer than holding, or it says in its file for how long and why nobody minds.
const (
	standing = "500ms"
	holding  = "5s"
	lasting  = time.Minute
)

// part is a database of its own, or half of one: the data, or the keys.
type part struct {
	files  fs.FS
	schema string
	// rights is what has to be there before the first file, history the table of those that were applied, locks bun's.
	rights, history, locks string
	// role and rotation are whose passwords may be set.
	role, rotation string
}

// Up makes what is missing. The role in connString must be a superuser, or own the database and be allowed to create
// roles.
func Up(ctx context.Context, connString string, options Options) error {
	return up(ctx, connString, part{files: migrations.Files, schema: "public", rights: database, history: "bun_migrations", locks: "bun_migration_locks", role: App, rotation: Rotation}, options)
}

// UpKeys is Up for the keys, which may lie in the same database or on another server.
func UpKeys(ctx context.Context, connString string, options Options) error {
	return up(ctx, connString, part{files: migrations.Keys, schema: "keys", rights: keys, history: "key_migrations", locks: "key_migration_locks", role: Keys, rotation: KeysRotation}, options)
}

func up(ctx context.Context, connString string, of part, options Options) error {
	if options.Files != nil {
		of.files = options.Files
	}
	if options.Progress == nil {
		options.Progress = func(string) {}
	}
	config, err := pgx.ParseConfig(connString)
	if err != nil {
		return errors.New("read the database URL: it is not one that Postgres understands") // the cause holds the URL
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// bun's own lock is a row, which outlives a process that was killed; this one ends with the connection.
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(advisoryKey)); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	if err := makeRoles(ctx, conn, map[string]string{of.role: options.Password, of.rotation: options.RotationPassword, Sequencer: options.SequencerPassword, Platform: options.PlatformPassword, Transfer: options.TransferPassword}); err != nil {
		return fmt.Errorf("make the roles: %w", err)
	}
	if _, err := conn.Exec(ctx, of.rights); err != nil {
		return fmt.Errorf("set the rights of the database: %w", err)
	}
	return apply(ctx, config, of, options)
}

// makeRoles tries again when a process at work in another database of the cluster was quicker: roles belong to the
// cluster, the advisory lock to the database.
func makeRoles(ctx context.Context, conn *pgx.Conn, passwords map[string]string) error {
	statement := roles
	for role, password := range passwords {
		if password == "" {
			continue
		}
		var alter string
		if err := conn.QueryRow(ctx, "select format('alter role %I password %L', $1::text, $2::text)", role, password).Scan(&alter); err != nil {
			return err
		}
		statement += ";\n" + alter
	}
	for attempt := 1; ; attempt++ {
		_, err := conn.Exec(ctx, statement)
		var pg *pgconn.PgError
		if err == nil || attempt == 10 || !errors.As(err, &pg) {
			return err
		}
		switch pg.Code {
		case "42710", "23505", "XX000": // duplicate object, unique violation, tuple concurrently updated
		default:
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt) * 20 * time.Millisecond):
		}
	}
}

func apply(ctx context.Context, config *pgx.ConnConfig, of part, options Options) error {
	db := bun.NewDB(stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// bun's tables stand in a schema of their own, so that every table of public, without exception, is fenced.
		_, err := conn.Exec(ctx, "set role "+Owner+"; set search_path = migrations; set lock_timeout = '"+standing+"'; set statement_timeout = '"+holding+"'")
		return err
	})), pgdialect.New())
	defer db.Close()
	files := bunmigrate.NewMigrations()
	if err := files.Discover(of.files); err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	migrator := bunmigrate.NewMigrator(db, files,
		bunmigrate.WithMarkAppliedOnSuccess(true),
		bunmigrate.WithUpsert(true),
		bunmigrate.WithTableName(of.history), bunmigrate.WithLocksTableName(of.locks),
		bunmigrate.BeforeMigration(func(ctx context.Context, tx bun.IConn, migration *bunmigrate.Migration) error {
			options.Progress(migration.String())
			_, err := tx.ExecContext(ctx, "set local search_path = "+of.schema)
			return err
		}),
		// Marked in its own transaction: a process killed right after the commit leaves no migration that would be
		// applied a second time. What bun marks afterwards changes nothing.
		bunmigrate.AfterMigration(func(ctx context.Context, tx bun.IConn, migration *bunmigrate.Migration) error {
			_, err := tx.ExecContext(ctx, "insert into migrations."+of.history+" (name, group_id) values (?, ?)", migration.Name, migration.GroupID)
			return err
		}),
	)
	if err := migrator.Init(ctx); err != nil {
		return fmt.Errorf("make the table of migrations: %w", err)
	}
	return untilFree(ctx, options, func() error {
		if _, err := migrator.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate %w", err)
		}
		return nil
	})
}

// untilFree tries again while what is to be changed is in use. Migrations that were applied before are not applied again.
func untilFree(ctx context.Context, options Options, migrate func() error) error {
	for began := time.Now(); ; {
		err := migrate()
		var pg *pgconn.PgError
		if err == nil || !errors.As(err, &pg) || pg.Code != "55P03" || time.Since(began) > lasting { // lock not available
			return err
		}
		options.Progress("What is to be changed is in use; it is tried again.")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second / 2):
		}
	}
}
