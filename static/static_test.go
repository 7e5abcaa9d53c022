package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNamesHoldTheHashOfTheContentAndOfWhatItRefersTo(t *testing.T) {
	t.Parallel()
	stocked := func(font string) shelf {
		s, err := stock(fstest.MapFS{
			"app.css":           {Data: []byte("@font-face { src: url(./noto.woff2) }")},
			"vendor/noto.woff2": {Data: []byte(font)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, other := stocked("one"), stocked("other")
	if one.urls["app.css"] == other.urls["app.css"] {
		t.Error("a new font keeps the old style sheet")
	}
	name := strings.TrimPrefix(one.urls["app.css"], "/static/")
	if !regexp.MustCompile(`^app\.[0-9a-f]{12}\.css$`).MatchString(name) {
		t.Errorf("the style sheet is at %s", name)
	}
	if got, want := string(one.assets[name].Bytes), "url("+one.urls["noto.woff2"]+")"; !strings.Contains(got, want) {
		t.Errorf("%s does not contain %s", got, want)
	}
}

func TestABrokenReferenceIsFoundAtStart(t *testing.T) {
	t.Parallel()
	if _, err := stock(fstest.MapFS{"app.js": {Data: []byte(`import "./gone.js"`)}}); err == nil {
		t.Error("a script may import what is not there")
	}
	if _, err := stock(fstest.MapFS{"a/x.js": {}, "b/x.js": {}}); err == nil {
		t.Error("two files may have one name")
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	if len(all.assets) < 10 {
		t.Fatalf("only %d assets", len(all.assets))
	}
	for name, asset := range all.assets {
		if asset.ContentType == "" || len(asset.Bytes) == 0 {
			t.Errorf("%s is %q, %d bytes", name, asset.ContentType, len(asset.Bytes))
		}
		if asset.Gzip == nil {
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(asset.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, asset.Bytes) {
			t.Errorf("%s is something else when compressed", name)
		}
	}
	if _, ok := Find("app.css"); ok {
		t.Error("a name without its hash would be kept for ever")
	}
}

var foreign = regexp.MustCompile(`GDS Transport|crown|crest|@import|url\(["']?(?:https?:)?//`)

// Nothing of anybody else's brand, and nothing from another site, may reach a page.
func TestNothingForeign(t *testing.T) {
	t.Parallel()
	for name, asset := range all.assets {
		if strings.HasSuffix(name, ".css") {
			if found := foreign.FindString(string(asset.Bytes)); found != "" {
				t.Errorf("%s contains %s", name, found)
			}
		}
	}
}

func TestVendoredFilesAreThoseOfVERSIONS(t *testing.T) {
	t.Parallel()
	versions, err := os.ReadFile("vendor/VERSIONS")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"VERSIONS": true, "LICENCES": true}
	for line := range strings.Lines(string(versions)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		named[words[0]] = true
		content, err := os.ReadFile(filepath.Join("vendor", words[0]))
		if err != nil {
			t.Error(err)
			continue
		}
		sum := sha512.Sum384(content)
		if got := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); got != words[len(words)-1] {
			t.Errorf("%s is %s", words[0], got)
		}
	}
	there, err := os.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range there {
		if !named[entry.Name()] {
			t.Errorf("vendor/%s has no line in VERSIONS", entry.Name())
		}
	}
}
