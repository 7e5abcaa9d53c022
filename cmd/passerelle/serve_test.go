package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

// TestMain is the program itself where a test has started it as one.
func TestMain(m *testing.M) {
	if os.Getenv("PASSERELLE_TEST_AS_PROGRAM") != "" {
		main()
		return
	}
	pgtest.Main(m)
}

// TestT41 starts the server over a database in whose fences there is a hole: it ends at once, says which, and never listens.
// That every other hole is named as well is shown by tenantdb.TestCheckNamesEachHole.
func TestT41(t *testing.T) {
	const asApp = "passerelle_app"
	text, err := keys.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	master := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(master, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, hole := range map[string]struct{ role, arrange, named string }{
		"as owner":               {"hole_owner", "create role hole_owner login; alter table situations owner to hole_owner", "the role owns situations"},
		"as superuser":           {"postgres", "", "the role postgres is a superuser"},
		"with bypassrls":         {"hole_bypass", "create role hole_bypass login bypassrls", "the role hole_bypass may bypass row-level security"},
		"a table without force":  {asApp, "alter table dossiers no force row level security", "dossiers does not force row-level security"},
		"a key without tenant":   {asApp, "create unique index dossiers_alone on dossiers (dossier_id); create table scraps (tenant_id uuid not null, dossier_id uuid, constraint scraps_of_a_dossier foreign key (dossier_id) references dossiers (dossier_id))", "the foreign key scraps_of_a_dossier leaves tenant_id out"},
		"keys without force":     {asApp, "alter table keys.keysets no force row level security", "keysets does not force row-level security"},
		"no hole, but nobody is": {asApp, "", ""},
	} {
		t.Run(what, func(t *testing.T) {
			db := pgtest.New(t)
			if strings.HasPrefix(hole.role, "hole_") {
				defer db.Exec(t, "drop owned by "+hole.role+"; drop role "+hole.role)
			}
			if _, err := db.Owner.Exec(t.Context(), hole.arrange); err != nil {
				t.Fatal(err)
			}
			if hole.role != asApp {
				if _, err := db.Owner.Exec(t.Context(), "do $$ begin execute format('grant connect on database %I to public', current_database()); end $$; grant usage on schema public to public"); err != nil {
					t.Fatal(err)
				}
			}
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			program := exec.CommandContext(ctx, os.Args[0], "serve")
			program.Env = append(os.Environ(), "PASSERELLE_TEST_AS_PROGRAM=yes", "ORIGIN=https://passerelle.example", "LISTEN=127.0.0.1:0", "MASTER_KEY_FILE="+master,
				"DATABASE_URL="+strings.Replace(db.AppConnString, "user="+asApp, "user="+hole.role, 1), "KEYS_DATABASE_URL="+db.KeysConnString, "SEQUENCER_DATABASE_URL="+db.SequencerConnString)
			var said bytes.Buffer
			program.Stdout, program.Stderr = &said, &said
			if hole.named == "" {
				// Without a hole it goes on until it is told to end.
				program.Cancel = func() error { return program.Process.Signal(os.Interrupt) }
				time.AfterFunc(3*time.Second, stop)
				if err := program.Run(); program.ProcessState.ExitCode() != 0 && !errors.Is(err, context.Canceled) {
					t.Errorf("it did not start: %v: %s", err, &said)
				}
				return
			}
			var exit *exec.ExitError
			if err := program.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said.String(), "refusing to start") || !strings.Contains(said.String(), hole.named) {
				t.Errorf("%v: %s", err, &said)
			}
		})
	}
}
