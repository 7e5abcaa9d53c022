package keys_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"passerelle/internal/keys"
)

func TestMasterFile(t *testing.T) {
	t.Run("is made once, for its owner alone", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "keys", "master.key")
		if _, err := keys.MasterFile(path, false); err == nil {
			t.Fatal("a key came from nowhere")
		}
		first, err := keys.MasterFile(path, true)
		if err != nil {
			t.Fatal(err)
		}
		for file, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			info, err := os.Stat(file)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", file, info.Mode().Perm(), err)
			}
		}
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(entries) != 1 {
			t.Errorf("left beside it: %v, %v", entries, err)
		}
		again, err := keys.MasterFile(path, true)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, err := first.EncryptWithContext(t.Context(), []byte(secret), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.DecryptWithContext(t.Context(), wrapped, nil); err != nil || string(got) != secret {
			t.Fatalf("the file was replaced: %v", err)
		}
	})

	t.Run("is one, whoever makes it at the same time", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "master.key")
		masters := make([]keys.Master, 8)
		var all sync.WaitGroup
		for i := range masters {
			all.Go(func() {
				var err error
				if masters[i], err = keys.MasterFile(path, true); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if t.Failed() {
			return
		}
		wrapped, err := masters[0].EncryptWithContext(t.Context(), []byte(secret), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, master := range masters {
			if _, err := master.DecryptWithContext(t.Context(), wrapped, nil); err != nil {
				t.Fatal("two keys were made")
			}
		}
	})

	t.Run("is refused when others can read it", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "master.key")
		if _, err := keys.MasterFile(path, true); err != nil {
			t.Fatal(err)
		}
		for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o601} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if _, err := keys.MasterFile(path, true); err == nil || !strings.Contains(err.Error(), "can be read by others: chmod 600") {
				t.Errorf("%v: %v", mode, err)
			}
		}
	})

	t.Run("is never replaced", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "master.key")
		for _, content := range []string{"", "not a key", `{"primaryKeyId":1}`} {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := keys.MasterFile(path, true); err == nil || !strings.Contains(err.Error(), "the master key cannot be read") || strings.Contains(err.Error(), "not a key") {
				t.Errorf("%q: %v", content, err)
			}
			if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, []byte(content)) {
				t.Errorf("%q became %q: %v", content, kept, err)
			}
		}
	})
}
