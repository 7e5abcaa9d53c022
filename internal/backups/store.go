package backups

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"passerelle/internal/tenantdb"
)

// Archive says how a server keeps its write-ahead log.
type Archive struct {
	// On says that it does at all; Failed that the last attempt was in vain.
	On, Failed bool
	// Timeout is after how long a segment that is not full is handed over; zero is never.
	Timeout time.Duration
}

type server struct {
	Major        int
	System       string
	SegmentBytes int64
	Archive
}

// connect reaches a cluster. The cause is not told where it could hold the address.
func connect(ctx context.Context, connString string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(connString)
	if err != nil {
		return nil, errors.New("the address of the database is none that Postgres understands")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return conn, nil
}

// serverAt asks what every role may know.
func serverAt(ctx context.Context, connString string) (found server, err error) {
	conn, err := connect(ctx, connString)
	if err != nil {
		return server{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var seconds int
	err = conn.QueryRow(ctx, `select current_setting('server_version_num')::int / 10000, (select system_identifier::text from pg_control_system()),
		(select setting::bigint from pg_settings where name = 'wal_segment_size'), current_setting('archive_mode') <> 'off',
		(select setting::int from pg_settings where name = 'archive_timeout'),
		coalesce((select last_failed_time > coalesce(last_archived_time, '-infinity') from pg_stat_archiver), false)`).
		Scan(&found.Major, &found.System, &found.SegmentBytes, &found.On, &seconds, &found.Failed)
	if err != nil {
		return server{}, fmt.Errorf("ask the server what it is: %w", err)
	}
	found.Timeout = time.Duration(seconds) * time.Second
	return found, nil
}

// System names the cluster that an address leads to.
func System(ctx context.Context, connString string) (string, error) {
	found, err := serverAt(ctx, connString)
	return found.System, err
}

// Count is how many rows a table has.
type Count struct {
	Table string
	Rows  int64
}

// countRows counts the tables of the data, the keys and the console that the role may read, row by row.
func countRows(ctx context.Context, connString string) ([]Count, error) {
	conn, err := connect(ctx, connString)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `select table_schema || '.' || table_name as table,
		(xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', table_schema, table_name), false, true, '')))[1]::text::bigint as rows
		from information_schema.tables where table_schema in ('public', 'keys', 'console') and table_type = 'BASE TABLE'
			and has_table_privilege(format('%I.%I', table_schema, table_name), 'select') order by 1`)
	if err != nil {
		return nil, fmt.Errorf("count the rows: %w", err)
	}
	counts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Count])
	if err != nil {
		return nil, fmt.Errorf("count the rows: %w", err)
	}
	return counts, nil
}

// reached says until when the log was replayed that a restored cluster was brought forward with, and whether the keys lie in a database
// of it; the zero time where no transaction was.
func reached(ctx context.Context, connString string) (until time.Time, withData, withKeys bool, err error) {
	conn, err := connect(ctx, connString)
	if err != nil {
		return time.Time{}, false, false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var at *time.Time
	err = conn.QueryRow(ctx, `select pg_last_xact_replay_timestamp(), to_regclass('public.journal_entries') is not null, to_regclass('keys.keysets') is not null`).Scan(&at, &withData, &withKeys)
	if err != nil {
		return time.Time{}, false, false, fmt.Errorf("ask how far the log went: %w", err)
	}
	if at != nil {
		until = at.UTC()
	}
	return until, withData, withKeys, nil
}

// listDossiers gives those of the tenant whose scope is bound.
func listDossiers(ctx context.Context, db *tenantdb.DB) ([]uuid.UUID, error) {
	var found []struct{ DossierID uuid.UUID }
	if err := db.Read(ctx, tenantdb.Many(&found, tenantdb.Select().TableExpr("dossiers").Column("dossier_id").Order("dossier_id"))); err != nil {
		return nil, fmt.Errorf("list the dossiers: %w", err)
	}
	ids := make([]uuid.UUID, len(found))
	for i, one := range found {
		ids[i] = one.DossierID
	}
	return ids, nil
}

// makeDatabase makes the one of a drill.
func makeDatabase(ctx context.Context, connString string) error {
	conn, err := connect(ctx, connString)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "create database passerelle"); err != nil {
		return fmt.Errorf("make a database: %w", err)
	}
	return nil
}

// switchLog has a server begin another segment, and waits until the one before has been handed over.
func switchLog(ctx context.Context, connString string) error {
	conn, err := connect(ctx, connString)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var last string
	if err := conn.QueryRow(ctx, "select pg_walfile_name(pg_switch_wal())").Scan(&last); err != nil {
		return fmt.Errorf("begin another segment of the log: %w", err)
	}
	for range 3000 {
		var handedOver bool
		if err := conn.QueryRow(ctx, "select coalesce(left(last_archived_wal, 24) >= $1, false) from pg_stat_archiver", last).Scan(&handedOver); err != nil {
			return fmt.Errorf("wait for the log: %w", err)
		}
		if handedOver {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server does not hand over %s of its log", last)
}

// ruin is what a drill recovers from: first a table that was not there, then all of them are gone. It gives the moment between.
func ruin(ctx context.Context, connString string) (at time.Time, err error) {
	conn, err := connect(ctx, connString)
	if err != nil {
		return time.Time{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "create table public.written_late as select 1 as n"); err != nil {
		return time.Time{}, fmt.Errorf("write once more: %w", err)
	}
	if err := conn.QueryRow(ctx, "select clock_timestamp()").Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("ask for the time: %w", err)
	}
	if _, err := conn.Exec(ctx, "drop schema public cascade"); err != nil {
		return time.Time{}, fmt.Errorf("drop everything: %w", err)
	}
	return at, nil
}
