package app_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/cast"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

// overhear listens on every channel that the application notifies, until it is asked for what was said.
func overhear(t *testing.T, site *webtest.Site) (heard func() []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	if _, err := conn.Exec(t.Context(), "listen passerelle_changes; listen passerelle_keys"); err != nil {
		t.Fatal(err)
	}
	return func() (texts []string) {
		t.Helper()
		site.Database.Exec(t, "select pg_notify('passerelle_changes', '{}')")
		for {
			waiting, stop := context.WithTimeout(t.Context(), 10*time.Second)
			notification, err := conn.WaitForNotification(waiting)
			stop()
			if err != nil {
				t.Fatalf("the test hears nothing: %v", err)
			}
			if notification.Payload == "{}" {
				return texts
			}
			texts = append(texts, notification.Payload)
		}
	}
}

// watch looks at what connections are doing, as often as it can, until it is asked for all that it saw.
func watch(t *testing.T, site *webtest.Site) (seen func() []string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	all, done := map[string]bool{}, make(chan struct{})
	var failure error
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			rows, err := site.Database.Owner.Query(ctx, "select distinct query from pg_stat_activity where usename like 'passerelle%'")
			var texts []string
			if err == nil {
				texts, err = pgx.CollectRows(rows, pgx.RowTo[string])
			}
			if err != nil && ctx.Err() == nil {
				failure = err
				return
			}
			for _, text := range texts {
				all[text] = true
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	return func() []string {
		t.Helper()
		stop()
		<-done
		if failure != nil {
			t.Fatal(failure)
		}
		return slices.Collect(maps.Keys(all))
	}
}

// shownTo is what a role sees of the statements of all.
func shownTo(t *testing.T, connString string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), connString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	var all string
	if err := conn.QueryRow(t.Context(), "select string_agg(query, ' ') from pg_stat_activity").Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// prepared are the statements that the application's connections keep: all of them at once, so that none hides.
func prepared(t *testing.T, site *webtest.Site) (texts []string) {
	t.Helper()
	var (
		group   errgroup.Group
		waiting sync.WaitGroup
		mu      sync.Mutex
	)
	const connections = 8 // those of webtest
	waiting.Add(connections)
	for range connections {
		group.Go(func() error {
			return site.App.DB.View(cast.Lea.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error {
				waiting.Done()
				waiting.Wait()
				var here []string
				if err := tx.Select().TableExpr("pg_prepared_statements").ColumnExpr("statement").Scan(ctx, &here); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				texts = append(texts, here...)
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// dumped is every table of every schema as COPY writes it, those of the server itself and its statistics included.
func dumped(t *testing.T, site *webtest.Site) map[string][]byte {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "analyze"); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and c.relpersistence = 'p'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	dump := map[string][]byte{}
	for _, table := range tables {
		var text bytes.Buffer
		if _, err := conn.PgConn().CopyTo(t.Context(), &text, "copy "+table+" to stdout"); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		dump[table] = text.Bytes()
	}
	return dump
}

// inDump finds the tables in which a text stands, as letters or as the bytes of them.
func inDump(dump map[string][]byte, text string) (found []string) {
	for table, content := range dump {
		if bytes.Contains(content, []byte(text)) || bytes.Contains(content, []byte(hex.EncodeToString([]byte(text)))) {
			found = append(found, table)
		}
	}
	return found
}

// backedUp is a base backup: the files of a server that goes on working, copied between the calls that make them one.
func backedUp(t *testing.T, site *webtest.Site, folder string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), site.Database.OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "select pg_backup_start('theft', true)"); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "/archive/") {
			return nil // files come and go while the server works
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(backup, filepath.Dir(relative)), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(backup, relative), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	var label string
	if err := conn.QueryRow(t.Context(), "select labelfile from pg_backup_stop(false)").Scan(&label); err != nil || !strings.Contains(label, "theft") {
		t.Fatalf("the backup is none: %q, %v", label, err)
	}
	if err := os.WriteFile(filepath.Join(backup, "backup_label"), []byte(label), 0o600); err != nil {
		t.Fatal(err)
	}
	return backup
}

// archiveOf is the folder of what was archived, once everything until now has been.
func archiveOf(t *testing.T, site *webtest.Site, folder string) string {
	t.Helper()
	var last string
	if err := site.Database.Owner.QueryRow(t.Context(), "select pg_walfile_name(pg_switch_wal())").Scan(&last); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var archived string
		if err := site.Database.Owner.QueryRow(t.Context(), "select coalesce((select last_archived_wal from pg_stat_archiver), '')").Scan(&archived); err != nil {
			t.Fatal(err)
		}
		if archived >= last {
			return filepath.Join(folder, "archive")
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s was archived, and %s was not", archived, last)
		}
	}
}

// serverLog is what the server wrote about itself; it lies beside the folder, which may be reached through a link.
func serverLog(t *testing.T, folder string) string {
	t.Helper()
	content, err := os.ReadFile(folder + ".log")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// inFiles finds the files below a folder in which a text stands.
func inFiles(t *testing.T, folder, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // files come and go while the server works
		}
		content, err := os.ReadFile(path)
		if err == nil && bytes.Contains(content, []byte(text)) {
			found = append(found, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
