package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"passerelle/internal/config"
	"passerelle/internal/pgtest"
)

// TestBackupAndErasure: a backup that holds keys is not kept for longer than certificates of erasure say.
func TestBackupAndErasure(t *testing.T) {
	t.Parallel()
	database := pgtest.New(t)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	days := func(n int) *int { return &n }
	one := config.Config{BackupDatabaseURL: database.OwnerConnString, KeysBackupDays: 7}
	twice := one
	twice.KeysBackupDatabaseURL = one.BackupDatabaseURL
	for name, example := range map[string]struct {
		settings config.Config
		command  baseCommand
		want     string
	}{
		"both in one cluster":           {one, baseCommand{}, "set KEYS_BACKUP_DAYS to 35"},
		"keys kept for too long":        {config.Config{KeysBackupDatabaseURL: one.BackupDatabaseURL, KeysBackupDays: 7}, baseCommand{Keys: true, Keep: days(8)}, "set KEYS_BACKUP_DAYS to 8"},
		"the same cluster under two":    {twice, baseCommand{Keys: true}, "lead to the same cluster"},
		"the same, as that of the data": {twice, baseCommand{}, "set KEYS_BACKUP_DAYS to 35"},
		"nothing to back up":            {config.Config{}, baseCommand{}, "BACKUP_DATABASE_URL is not set"},
		"no keys to back up":            {one, baseCommand{Keys: true}, "KEYS_BACKUP_DATABASE_URL is not set"},
		"nobody to seal it for":         {one, baseCommand{Keep: days(7), Recipient: "ssh-nonsense"}, "the key for which backups are sealed is none"},
	} {
		t.Run(name, func(t *testing.T) {
			example.command.Dir = dir
			if example.command.Recipient == "" {
				example.command.Recipient = identity.Recipient().String()
			}
			if err := example.command.Run(t.Context(), example.settings); err == nil || !strings.Contains(err.Error(), example.want) {
				t.Errorf("want %q, got %v", example.want, err)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestWALIsKept: what archive_command calls, with the public key in a file.
func TestWALIsKept(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	key, piece := filepath.Join(dir, "backups.pub"), filepath.Join(dir, "000000010000000000000001")
	for path, content := range map[string]string{key: "# public key\n" + identity.Recipient().String() + "\n", piece: "log"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := (walCommand{Dir: filepath.Join(dir, "backups"), File: piece, Recipient: key}).Run(); err != nil {
		t.Fatal(err)
	}
	if kept, err := filepath.Glob(filepath.Join(dir, "backups", "wal", "000000010000000000000001-*.age")); err != nil || len(kept) != 1 {
		t.Errorf("kept %v, %v", kept, err)
	}
}
