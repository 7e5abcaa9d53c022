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

// Owner owns everything and nobody signs in as it; App is what the application connects as, Platform the console of
// those who run the installation. Neither of the latter two owns anything, nor can either step over row-level security.
const (
	Owner    = "passerelle_owner"
	App      = "passerelle_app"
	Platform = "passerelle_platform"
)

// Options are what a caller may want besides.
type Options struct {
	// Files are applied instead of those of passerelle/migrations.
	Files fs.FS
	// AppPassword becomes the password of the role App; empty leaves it as it is.
	AppPassword string
	// Progress is told of each migration.
	Progress func(string)
}

// advisoryKey is what two migrating processes meet at: "passerel" in ASCII.
const advisoryKey = 0x706173736572656c

//go:embed roles.sql
var roles string

//go:embed database.sql
var database string

// Up makes what is missing. The role in connString must be a superuser, or own the database and be allowed to create
// roles.
func Up(ctx context.Context, connString string, options Options) error {
	if options.Files == nil {
		options.Files = migrations.Files
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
	if err := makeRoles(ctx, conn, options.AppPassword); err != nil {
		return fmt.Errorf("make the roles: %w", err)
	}
	if _, err := conn.Exec(ctx, database); err != nil {
		return fmt.Errorf("set the rights of the database: %w", err)
	}
	return apply(ctx, config, options)
}

// makeRoles tries again when a process at work in another database of the cluster was quicker: roles belong to the
// cluster, the advisory lock to the database.
func makeRoles(ctx context.Context, conn *pgx.Conn, appPassword string) error {
	statement := roles
	if appPassword != "" {
		var alter string
		if err := conn.QueryRow(ctx, "select format('alter role %I password %L', $1::text, $2::text)", App, appPassword).Scan(&alter); err != nil {
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

func apply(ctx context.Context, config *pgx.ConnConfig, options Options) error {
	db := bun.NewDB(stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// bun's tables stand in a schema of their own, so that every table of public, without exception, is fenced.
		_, err := conn.Exec(ctx, "set role "+Owner+"; set search_path = migrations; set lock_timeout = '10s'")
		return err
	})), pgdialect.New())
	defer db.Close()
	files := bunmigrate.NewMigrations()
	if err := files.Discover(options.Files); err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	migrator := bunmigrate.NewMigrator(db, files,
		bunmigrate.WithMarkAppliedOnSuccess(true),
		bunmigrate.WithUpsert(true),
		bunmigrate.BeforeMigration(func(ctx context.Context, tx bun.IConn, migration *bunmigrate.Migration) error {
			options.Progress(migration.String())
			_, err := tx.ExecContext(ctx, "set local search_path = public")
			return err
		}),
		// Marked in its own transaction: a process killed right after the commit leaves no migration that would be
		// applied a second time. What bun marks afterwards changes nothing.
		bunmigrate.AfterMigration(func(ctx context.Context, tx bun.IConn, migration *bunmigrate.Migration) error {
			_, err := tx.ExecContext(ctx, "insert into migrations.bun_migrations (name, group_id) values (?, ?)", migration.Name, migration.GroupID)
			return err
		}),
	)
	if err := migrator.Init(ctx); err != nil {
		return fmt.Errorf("make the table of migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate %w", err)
	}
	return nil
}
