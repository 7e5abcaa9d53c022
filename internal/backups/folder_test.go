package backups

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"passerelle/internal/localpg"
)

const mib16 = 16 << 20

func identity(t *testing.T) *age.X25519Identity {
	t.Helper()
	made, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func write(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeepLog(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), identity(t)
	first := append(bytes.Repeat([]byte{0}, 3*page), "words of Canary"...)
	first = append(first, bytes.Repeat([]byte{0}, 2*page+7)...)
	piece := write(t, filepath.Join(t.TempDir(), "000000010000000000000007"), first)
	for range 2 { // Postgres asks again when it was cut off
		if err := KeepLog(dir, piece, []age.Recipient{to.Recipient()}); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(filepath.Join(dir, walDir)); err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	kept, err := pieces(dir)
	if err != nil {
		t.Fatal(err)
	}
	sealedFile := filepath.Join(dir, walDir, kept["000000010000000000000007"])
	if content, err := os.ReadFile(sealedFile); err != nil || bytes.Contains(content, []byte("Canary")) {
		t.Errorf("it lies in clear, %v", err)
	}
	other := write(t, filepath.Join(t.TempDir(), "000000010000000000000007"), []byte("another"))
	if err := KeepLog(dir, other, []age.Recipient{to.Recipient()}); err == nil || !strings.Contains(err.Error(), "two servers must not") {
		t.Errorf("another piece of the same name: %v", err)
	}
	if err := KeepLog(dir, write(t, filepath.Join(t.TempDir(), "postgresql.conf"), nil), []age.Recipient{to.Recipient()}); err == nil {
		t.Error("what is no log was kept")
	}

	log := logAfter{pieces: kept}
	tools, err := localpg.FindTools(t.Context(), localpg.Options{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	lay := func(key *age.X25519Identity) (string, error) {
		into := t.TempDir()
		return filepath.Join(into, "000000010000000000000007"), log.lay(dir, into, []age.Identity{key}, tools, func(int) {})
	}
	if path, err := lay(to); err != nil {
		t.Error(err)
	} else if content, err := os.ReadFile(path); err != nil || !bytes.Equal(content, first) {
		t.Errorf("it came back as %d bytes and was %d, %v", len(content), len(first), err)
	}
	if _, err := lay(identity(t)); err == nil || !strings.Contains(err.Error(), "made for another key") {
		t.Errorf("opened with another key: %v", err)
	}
	content, err := os.ReadFile(sealedFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, sealedFile, content[:len(content)-9])
	if _, err := lay(to); err == nil || !strings.Contains(err.Error(), "damaged or was changed") {
		t.Errorf("cut off: %v", err)
	}
}

// folder is one with backups that ended so many days ago and hold one segment each, and with pieces of the log.
func folder(t *testing.T, now time.Time, backups map[int]string, log ...string) string {
	t.Helper()
	dir := t.TempDir()
	for days, holds := range backups {
		ended := now.Add(-time.Duration(days) * 24 * time.Hour)
		label, err := json.Marshal(Backup{Format: format, Ended: ended, Server: 17, SegmentBytes: mib16, First: holds, Last: holds})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, baseDir, ended.Format(nameLayout), labelFile), label)
	}
	for _, name := range log {
		write(t, filepath.Join(dir, walDir, nameOf(name, "0")), nil)
	}
	return dir
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)
	before := now.Add(-7 * 24 * time.Hour)
	log := []string{"00000002.history", "000000010000000000000002", "0000000100000000000000FF", "0000000100000000000000FF.00000028.backup", "000000010000000100000000", "000000020000000100000001"}
	t.Run("takes what is over, and the log that only that needed", func(t *testing.T) {
		dir := folder(t, now, map[int]string{9: "000000010000000000000002", 8: "0000000100000000000000FF", 6: "000000010000000100000000", 1: "000000020000000100000001"}, log...)
		removed, count, err := expire(dir, before)
		if err != nil || len(removed) != 2 || count != 3 {
			t.Fatalf("removed %v and %d pieces, %v", removed, count, err)
		}
		if left, err := list(dir); err != nil || len(left) != 2 {
			t.Errorf("left %v, %v", left, err)
		}
		kept, err := pieces(dir)
		if want := []string{"00000002.history", "000000010000000100000000", "000000020000000100000001"}; err != nil || len(kept) != 3 || slices.ContainsFunc(want, func(name string) bool { return kept[name] == "" }) {
			t.Errorf("kept %v, %v", kept, err)
		}
	})
	t.Run("never takes the last one", func(t *testing.T) {
		dir := folder(t, now, map[int]string{30: "000000010000000000000002", 20: "0000000100000000000000FF"}, log...)
		if removed, count, err := expire(dir, before); err != nil || len(removed) != 1 || count != 1 {
			t.Errorf("removed %v and %d pieces, %v", removed, count, err)
		}
	})
	t.Run("counts what was cut short for nothing", func(t *testing.T) {
		dir := folder(t, now, map[int]string{20: "000000010000000000000002"})
		write(t, filepath.Join(dir, baseDir, "20261128T060000Z"+unfinished, labelFile), []byte("{}"))
		if removed, _, err := expire(dir, before); err != nil || len(removed) != 0 {
			t.Errorf("removed %v, %v", removed, err)
		}
	})
}

func TestGap(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)
	for name, example := range map[string]struct {
		log           []string
		missing, last string
	}{
		"whole":                 {[]string{"0000000100000000000000FF", "000000010000000100000000"}, "", "000000010000000100000000"},
		"nothing yet":           {nil, "", "0000000100000000000000FE"},
		"the first":             {[]string{"000000010000000100000000"}, "0000000100000000000000FF", "0000000100000000000000FE"},
		"between":               {[]string{"0000000100000000000000FF", "000000010000000100000001"}, "000000010000000100000000", "0000000100000000000000FF"},
		"another timeline":      {[]string{"0000000100000000000000FF", "000000020000000100000000"}, "", "000000020000000100000000"},
		"older than the backup": {[]string{"000000010000000000000001"}, "", "0000000100000000000000FE"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, now, map[int]string{1: "0000000100000000000000FE"}, example.log...)
			b, err := choose(dir, now)
			if err != nil {
				t.Fatal(err)
			}
			if found, err := logOf(dir, b); err != nil || found.missing != example.missing || found.last != example.last {
				t.Errorf("missing %q after %q, %v", found.missing, found.last, err)
			}
		})
	}
	t.Run("what was not backed up yet is asked for", func(t *testing.T) {
		dir := folder(t, now, map[int]string{1: "0000000100000000000000FE"})
		if _, err := choose(dir, now.Add(-48*time.Hour)); err == nil || !strings.Contains(err.Error(), "goes forward from there and not back") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPasswordsAreNoArguments(t *testing.T) {
	t.Parallel()
	rest, password, err := withoutPassword("postgres://passerelle_backup:secret@db:5432/postgres?sslmode=verify-full")
	if err != nil || password != "secret" || strings.Contains(rest, "secret") || !strings.Contains(rest, "passerelle_backup@db:5432/postgres?sslmode=verify-full") {
		t.Errorf("%q, %q, %v", rest, password, err)
	}
	if _, _, err := withoutPassword("host=db password=secret"); err == nil {
		t.Error("it would stand in the list of processes")
	}
}

func TestWhatPgBasebackupSays(t *testing.T) {
	t.Parallel()
	m := Made{Backup: Backup{SegmentBytes: mib16}}
	sum := 0
	m.listen(io.NopCloser(strings.NewReader("pg_basebackup: write-ahead log start point: 1/2000028 on timeline 3\n    0/40960 kB (0%), 0/1 tablespace\r20480/40960 kB (50%), 0/1 tablespace\r40960/40960 kB (100%), 1/1 tablespace\npg_basebackup: write-ahead log end point: 1/4000000\n")),
		func(_ string, total int) func(int) {
			if total != 40 {
				t.Errorf("%d MB in all", total)
			}
			return func(n int) { sum += n }
		})
	if m.First != "000000030000000100000002" || m.Last != "000000030000000100000003" || sum != 40 {
		t.Errorf("from %s to %s, %d MB", m.First, m.Last, sum)
	}
}
