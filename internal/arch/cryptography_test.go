package arch

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// cryptographic are the libraries, by the beginning of their paths, whose use stands in docs/cryptography.md.
var cryptographic = []string{
	"crypto", "golang.org/x/crypto", "golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog", "golang.org/x/oauth2", "filippo.io", "hash/maphash", "math/rand",
	"github.com/tink-crypto", "github.com/go-webauthn", "github.com/coreos/go-oidc", "github.com/go-jose", "github.com/google/tink", "github.com/golang-jwt",
}

// unlisted finds cryptography that stands in no row of the page, and rows of what the code does not use.
func unlisted(page string, files []file) (found []string) {
	listed := map[string]bool{} // a place and a library, and whether it was found there
	for line := range strings.Lines(page) {
		cells := strings.Split(line, " | ")
		if len(cells) < 2 || !strings.HasPrefix(line, "| `") {
			continue
		}
		if len(cells) != 6 {
			found = append(found, fmt.Sprintf("a row of %d cells: %.40s", len(cells), line))
		}
		for _, place := range quoted(cells[0]) {
			for _, library := range quoted(cells[1]) {
				listed[place+" "+library] = false
			}
		}
	}
	for _, f := range written(files) {
		if slices.Contains(unserved, f.dir()) {
			continue
		}
		for _, imported := range f.imports() {
			if !slices.ContainsFunc(cryptographic, func(library string) bool { return imported == library || strings.HasPrefix(imported, library+"/") }) || imported == "crypto" {
				continue
			}
			use := f.dir() + " " + imported
			if _, there := listed[use]; !there {
				found = append(found, f.path+" uses "+imported+", which stands in no row of docs/cryptography.md")
			}
			listed[use] = true
		}
	}
	for use, used := range listed {
		if !used {
			found = append(found, "docs/cryptography.md lists what is not used: "+use)
		}
	}
	return found
}

// quoted are the words between backticks.
func quoted(text string) (words []string) {
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			words = append(words, part)
		}
	}
	return words
}

func TestCryptographyIsListed(t *testing.T) {
	text, err := os.ReadFile(path.Join(root, "docs/cryptography.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	guard(t, func(files []file) []string { return unlisted(page, files) }, nil)
	const row = "| `internal/keys`, `internal/web` | `crypto/sha256` | SHA-256 | sums | none | stays |\n"
	for name, c := range map[string]struct{ page, source, want string }{
		"a hash":             {row, "-- internal/keys/a.go --\npackage keys\nimport _ \"crypto/sha256\"\n-- internal/web/a.go --\npackage web\nimport _ \"crypto/sha256\"", ""},
		"an older one":       {row, "-- internal/keys/a.go --\npackage keys\nimport _ \"crypto/md5\"", "uses crypto/md5"},
		"elsewhere":          {row, "-- internal/mail/a.go --\npackage mail\nimport _ \"crypto/sha256\"", "internal/mail/a.go uses"},
		"no longer":          {row, "-- internal/keys/a.go --\npackage keys\nimport _ \"crypto/sha256\"", "not used: internal/web"},
		"a half row":         {"| `internal/keys` | `crypto/sha256` |\n", "-- internal/keys/a.go --\npackage keys\nimport _ \"crypto/sha256\"", "a row of"},
		"a word by chance":   {row, "-- internal/tasks/a.go --\npackage tasks\nimport _ \"cryptography/x\"", ""},
		"a test":             {"", "-- internal/tasks/a_test.go --\npackage tasks\nimport _ \"crypto/sha256\"", ""},
		"a guessable chance": {"", "-- internal/tasks/a.go --\npackage tasks\nimport _ \"math/rand/v2\"", "uses math/rand/v2"},
	} {
		t.Run(name, func(t *testing.T) {
			found := strings.Join(unlisted(c.page, planted(t, c.source)), "\n")
			if c.want == "" && strings.Contains(found, "uses") || !strings.Contains(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}
