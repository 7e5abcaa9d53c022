// Package build builds the program as it is released, and compares.
package build

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestT60 builds the program as it is released, from two copies that lie elsewhere and are called otherwise. What is ours is compiled anew in
// the second one, since each of its files ends with a remark of its own; libraries come from the cache of the first. Both are the same to
// the byte: whoever has the sources can see that a binary is made of them.
func TestT60(t *testing.T) {
	first := built(t, filepath.Join(t.TempDir(), "one"), "")
	second := built(t, filepath.Join(t.TempDir(), "an", "other", "place"), "\n// Read by nobody.\n")
	if first != second {
		t.Errorf("the same sources make %x and %x", first, second)
	}
	if third := built(t, filepath.Join(t.TempDir(), "changed"), "\nfunc init() { println(`changed`) }\n"); third == first {
		t.Error("other sources make the same binary: nothing was compared")
	}
	how := regexp.MustCompile(`CGO_ENABLED=0 go build .*-ldflags="[^"]*"`)
	version := regexp.MustCompile(`\$[({]VERSION[)}]`)
	var ways []string
	for _, file := range []string{"../../Makefile", "../../Dockerfile"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ways = append(ways, version.ReplaceAllString(how.FindString(string(content)), "VERSION"))
	}
	if ways[0] == "" || ways[0] != ways[1] {
		t.Errorf("the image is built by\n%s\nand the binary by\n%s", ways[1], ways[0])
	}
}

// built is the hash of the binary that make build makes of a copy of the sources.
func built(t *testing.T, into, remark string) [sha256.Size]byte {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		relative, _ := filepath.Rel("../..", path) // one lies below the other
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (relative != "." && strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"bin", "tmp", "test", "testdata"}, relative)):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(into, relative), 0o700)
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".go") && (remark == "" || !strings.Contains(remark, "init") || relative == filepath.Join("cmd", "passerelle", "main.go")) {
			content = append(content, remark...)
		}
		return os.WriteFile(filepath.Join(into, relative), content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "make", "build", "VERSION=v0")
	build.Dir, build.Env = into, append(os.Environ(), "GOFLAGS=", "MAKEFLAGS=")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	binary, err := os.ReadFile(filepath.Join(into, "bin", "passerelle"))
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(binary)
}
