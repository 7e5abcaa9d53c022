package localpg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	writer := tar.NewWriter(zipped)
	for name, content := range files {
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func TestUnpack(t *testing.T) {
	t.Run("makes files and the links they need", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "content")
		if err := unpack(archive(t, map[string]string{
			"package/native/lib/libpq.so.5.17":  "library",
			"package/native/pg-symlinks.json":   `[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so"}]`,
			"package/native/share/postgres.bki": "catalogue",
		}), dir); err != nil {
			t.Fatal(err)
		}
		if target, err := os.Readlink(filepath.Join(dir, "native/lib/libpq.so")); err != nil || target != "libpq.so.5.17" {
			t.Fatalf("%q, %v", target, err)
		}
		if content, err := os.ReadFile(filepath.Join(dir, "native/lib/libpq.so")); err != nil || string(content) != "library" {
			t.Fatalf("%q, %v", content, err)
		}
	})
	for name, files := range map[string]map[string]string{
		"a file":   {"package/../../escaped": "x"},
		"a link":   {"package/native/pg-symlinks.json": `[{"source":"native/x","target":"../../escaped"}]`},
		"a target": {"package/native/pg-symlinks.json": `[{"source":"../../etc/passwd","target":"native/x"}]`},
	} {
		t.Run("refuses "+name+" that leads outside", func(t *testing.T) {
			parent := t.TempDir()
			if err := os.Mkdir(filepath.Join(parent, "in"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := unpack(archive(t, files), filepath.Join(parent, "in", "content")); err == nil {
				t.Fatal("unpacked")
			}
			if _, err := os.Lstat(filepath.Join(parent, "escaped")); err == nil {
				t.Fatal("a file was written outside")
			}
		})
	}
}
