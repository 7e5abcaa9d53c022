package migrate_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T, connString string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), connString)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func ask(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func files(contents ...string) fstest.MapFS {
	all := fstest.MapFS{}
	for i, content := range contents {
		all["00"+string(rune('1'+i))+"_change.tx.up.sql"] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

func TestUp(t *testing.T) {
	t.Run("applies each file once, as the owner", func(t *testing.T) {
		database := pgtest.Empty(t)
		first := files("create table a (x int)")
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: first}); err != nil {
			t.Fatal(err)
		}
		var told []string
		second := files("create table a (x int)", "create table b (x int)")
		for range 2 {
			if err := migrate.Up(t.Context(), database, migrate.Options{Files: second, Progress: func(s string) { told = append(told, s) }}); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(told, " "); got != "002_change" {
			t.Fatalf("applied %q", got)
		}
		if got := ask(t, connect(t, database), "select string_agg(tablename || ' of ' || tableowner, ', ' order by tablename) from pg_tables where schemaname = 'public'"); got != "a of passerelle_owner, b of passerelle_owner" {
			t.Fatalf("got %q", got)
		}
	})

	t.Run("leaves nothing of a file that fails, and goes on from there", func(t *testing.T) {
		database := pgtest.Empty(t)
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)", "create table b (x int); select 1/0")}); err == nil {
			t.Fatal("a migration that fails went through")
		}
		if got := ask(t, connect(t, database), "select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'"); got != "a" {
			t.Fatalf("left %q", got)
		}
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)", "create table b (x int)")}); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("marks a file in the transaction that applies it", func(t *testing.T) {
		database := pgtest.Empty(t)
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)")}); err != nil {
			t.Fatal(err)
		}
		conn := connect(t, database)
		if _, err := conn.Exec(t.Context(), `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
			create trigger refuse before insert on migrations.bun_migrations for each row execute function refuse()`); err != nil {
			t.Fatal(err)
		}
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)", "create table last (x int)")}); err == nil {
			t.Fatal("a migration that cannot be marked went through")
		}
		if got := ask(t, conn, "select count(*)::text from pg_tables where tablename = 'last'"); got != "0" {
			t.Fatal("the migration stays although it is not marked")
		}
	})

	t.Run("waits for another that is under way, in this database and beside it", func(t *testing.T) {
		databases := []string{pgtest.Empty(t), pgtest.Empty(t)}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if err := migrate.Up(t.Context(), databases[i%2], migrate.Options{Password: "a password", Files: files("create table a (x int)")}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})

	t.Run("leaves the application without power", func(t *testing.T) {
		database := pgtest.Empty(t)
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int); create function f() returns int language sql return 1")}); err != nil {
			t.Fatal(err)
		}
		app := connect(t, strings.Replace(database, "user=postgres", "user="+migrate.App, 1))
		for _, attack := range []string{
			"select * from a", "select f()", "select * from migrations.bun_migrations", "create table t (x int)",
			"create temporary table t (x int)", "create schema s", "set role " + migrate.Owner, "drop table a",
		} {
			if _, err := app.Exec(t.Context(), attack); err == nil || !strings.Contains(err.Error(), "42501") {
				t.Errorf("%s: %v, want a refusal", attack, err)
			}
		}
		for setting, want := range map[string]string{
			"statement_timeout": "5s", "lock_timeout": "1s", "idle_in_transaction_session_timeout": "10s",
			"log_min_error_statement": "panic", "log_min_messages": "fatal", "search_path": "public",
		} {
			if got := ask(t, app, "show "+setting); got != want {
				t.Errorf("%s is %q, want %q", setting, got, want)
			}
		}
	})

	t.Run("waits for what is in use, and has nobody wait behind it for long", func(t *testing.T) {
		database := pgtest.Empty(t)
		first := "create table a (x int); grant select on a to public"
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files(first)}); err != nil {
			t.Fatal(err)
		}
		long := connect(t, database)
		if _, err := long.Exec(t.Context(), "begin; select * from a"); err != nil {
			t.Fatal(err)
		}
		var told atomic.Int32
		done := make(chan error, 1)
		go func() {
			done <- migrate.Up(t.Context(), database, migrate.Options{Files: files(first, "alter table a add column y int"), Progress: func(line string) {
				if strings.Contains(line, "in use") {
					told.Add(1)
				}
			}})
		}()
		app := connect(t, strings.Replace(database, "user=postgres", "user="+migrate.App, 1))
		for told.Load() < 3 {
			// Whoever is at work gives up after a second.
			if _, err := app.Exec(t.Context(), "select * from a"); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-done:
				t.Fatalf("it did not wait: %v", err)
			default:
			}
		}
		if _, err := long.Exec(t.Context(), "commit"); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		ask(t, connect(t, database), "select count(y)::text from a")
	})

	t.Run("leaves the platform console only the door", func(t *testing.T) {
		database := pgtest.Empty(t)
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)")}); err != nil {
			t.Fatal(err)
		}
		platform := connect(t, strings.Replace(database, "user=postgres", "user="+migrate.Platform, 1))
		if _, err := platform.Exec(t.Context(), "select * from a"); err == nil {
			t.Fatal("the platform console reads a table")
		}
	})

	t.Run("keeps the keys apart, whether they share the database or not", func(t *testing.T) {
		shared, alone := pgtest.Empty(t), pgtest.Empty(t)
		if err := migrate.Up(t.Context(), shared, migrate.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, database := range []string{shared, alone} {
			for range 2 {
				if err := migrate.UpKeys(t.Context(), database, migrate.Options{}); err != nil {
					t.Fatal(err)
				}
			}
			pool, err := tenantdb.OpenKeys(t.Context(), strings.Replace(database, "user=postgres", "user="+migrate.Keys, 1), tenantdb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			if err := pool.CheckKeys(t.Context()); err != nil {
				t.Error(err)
			}
		}
		// Where only the keys lie, the application's role does not even come in.
		if conn, err := pgx.Connect(t.Context(), strings.Replace(alone, "user=postgres", "user="+migrate.App, 1)); err == nil {
			conn.Close(context.Background())
			t.Error("the application reaches the database of the keys")
		}
	})

	t.Run("needs no superuser", func(t *testing.T) {
		// A cluster of its own, in which the deployer is the one to make the roles, as on a managed server.
		home, err := os.MkdirTemp("", "passerelle-migrate-")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(home) })
		if err := os.Chmod(home, 0o755); err != nil {
			t.Fatal(err)
		}
		cluster, err := localpg.Start(t.Context(), localpg.Options{DataDir: filepath.Join(home, "postgres"), Fast: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cluster.Stop() })
		admin := connect(t, cluster.ConnString("postgres", localpg.Superuser))
		for _, statement := range []string{"create role deployer login createrole", "create database managed owner deployer"} {
			if _, err := admin.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			for _, up := range []func(context.Context, string, migrate.Options) error{migrate.Up, migrate.UpKeys} {
				if err := up(t.Context(), cluster.ConnString("managed", "deployer"), migrate.Options{Password: "a password"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := ask(t, connect(t, cluster.ConnString("managed", migrate.App)), "show statement_timeout"); got != "5s" {
			t.Fatalf("statement_timeout is %q", got)
		}
		app, err := tenantdb.Open(t.Context(), cluster.ConnString("managed", migrate.App), tenantdb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(app.Close)
		if err := app.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("keeps what an administrator has set", func(t *testing.T) {
		database := pgtest.Empty(t)
		admin := connect(t, database)
		if _, err := admin.Exec(t.Context(), "alter role passerelle_platform set statement_timeout = '9s'"); err != nil {
			t.Fatal(err)
		}
		if err := migrate.Up(t.Context(), database, migrate.Options{Files: files("create table a (x int)")}); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, connect(t, strings.Replace(database, "user=postgres", "user="+migrate.Platform, 1)), "show statement_timeout"); got != "9s" {
			t.Fatalf("statement_timeout is %q", got)
		}
	})
}

func TestDump(t *testing.T) {
	for schema, part := range map[string]struct {
		up   func(context.Context, string, migrate.Options) error
		dump func(context.Context, *pgx.Conn) (string, error)
	}{"public": {migrate.Up, migrate.Dump}, "keys": {migrate.UpKeys, migrate.DumpKeys}} {
		t.Run("makes the same schema again, "+schema, func(t *testing.T) {
			want, err := part.dump(t.Context(), connect(t, pgtest.New(t).OwnerConnString))
			if err != nil {
				t.Fatal(err)
			}
			database := pgtest.Empty(t)
			if err := part.up(t.Context(), database, migrate.Options{Files: files("select 1")}); err != nil {
				t.Fatal(err)
			}
			copied := connect(t, database)
			if _, err := copied.Exec(t.Context(), "set role "+migrate.Owner+"; set search_path = "+schema+"; "+want+"; reset role"); err != nil {
				t.Fatal(err)
			}
			got, err := part.dump(t.Context(), copied)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Fatalf("the copy differs:\n%s", got)
			}
		})
	}

	t.Run("refuses what it would leave out", func(t *testing.T) {
		for _, thing := range []string{"create sequence s", "create type mood as enum ('a')", "create view v as select 1", "create table t (x int generated always as identity)"} {
			conn := connect(t, pgtest.New(t).OwnerConnString)
			if _, err := conn.Exec(t.Context(), thing); err != nil {
				t.Fatal(err)
			}
			if _, err := migrate.Dump(t.Context(), conn); err == nil {
				t.Errorf("%s: dumped without a word", thing)
			}
		}
	})
}
