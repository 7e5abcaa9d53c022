package localpg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestToolsAreAskedFor: a Postgres that serves and takes no backups, as npm's, is none for a backup, and it is said what is missing.
func TestToolsAreAskedFor(t *testing.T) {
	t.Parallel()
	account, err := accountFor("")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := FindTools(t.Context(), Options{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if output, err := whole.Command(t.Context(), BaseBackup, "--version").Output(); err != nil || !strings.HasPrefix(string(output), BaseBackup) {
		t.Errorf("%s, %v", output, err)
	}
	half, err := os.MkdirTemp("", "passerelle-pgtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(half) })
	if err := os.Chmod(half, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range needed(false) {
		if err := os.Symlink(filepath.Join(whole.programs.dir, name), filepath.Join(half, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := inspect(t.Context(), half, account, false); err != nil {
		t.Errorf("it serves: %v", err)
	}
	if _, err := FindTools(t.Context(), Options{BinDir: half}, 0); err == nil || !strings.Contains(err.Error(), "it must hold initdb, postgres, pg_basebackup, pg_verifybackup") {
		t.Errorf("got %v", err)
	}
	if _, err := FindTools(t.Context(), Options{BinDir: whole.programs.dir}, whole.programs.major+1); err == nil || !strings.Contains(err.Error(), "install Postgres") {
		t.Errorf("of another version: %v", err)
	}
}
