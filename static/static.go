// Package static holds the files that browsers keep: styles, scripts and fonts, each served under a name that holds
// the hash of its content, so that it may be kept for ever and is asked for again only when it has changed.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

//go:embed app.css js/*.js img/*.svg vendor/*.css vendor/*.js vendor/*.woff2
var files embed.FS

// Asset is a file as it is sent.
type Asset struct {
	Bytes []byte
	// Gzip is the same, compressed; nil where that saves nothing.
	Gzip        []byte
	ContentType string
}

var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// shelf is all assets: by the name in the address, and the addresses by the file's own name.
type shelf struct {
	assets map[string]Asset
	urls   map[string]string
}

var all = func() shelf {
	s, err := stock(files)
	if err != nil {
		panic(err)
	}
	return s
}()

// Find is the asset of a name in an address, such as app.5d41402abc4b.css.
func Find(name string) (Asset, bool) {
	asset, ok := all.assets[name]
	return asset, ok
}

// URL is the address of a file by its own name, such as app.css. A file that does not exist is a defect of ours.
func URL(name string) string {
	url, ok := all.urls[name]
	if !ok {
		panic("static: there is no file " + name)
	}
	return url
}

// reference is how one file names another, in CSS url(./x) and JavaScript import "./x".
var reference = regexp.MustCompile(`\./([a-z0-9.-]+\.(?:css|js|svg|woff2))\b`)

func stock(files fs.FS) (shelf, error) {
	s := shelf{assets: map[string]Asset{}, urls: map[string]string{}}
	sources := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		base := path.Base(name)
		if _, twice := sources[base]; twice {
			return fmt.Errorf("static: two files are called %s", base)
		}
		sources[base], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		return shelf{}, err
	}
	// A file's name depends on the names of the files that it refers to, so those come first.
	var place func(base string) error
	place = func(base string) error {
		if _, done := s.urls[base]; done {
			return nil
		}
		kind := path.Ext(base)
		content := sources[base]
		if kind != ".woff2" {
			var broken error
			content = reference.ReplaceAllFunc(content, func(match []byte) []byte {
				other := strings.TrimPrefix(string(match), "./")
				if _, ok := sources[other]; !ok || other == base {
					broken = fmt.Errorf("static: %s refers to %s, which is not there", base, other)
					return match
				}
				if err := place(other); err != nil {
					broken = err
					return match
				}
				return []byte(s.urls[other])
			})
			if broken != nil {
				return broken
			}
		}
		sum := sha256.Sum256(content)
		name := strings.TrimSuffix(base, kind) + "." + hex.EncodeToString(sum[:6]) + kind
		s.assets[name] = Asset{Bytes: content, Gzip: compress(kind, content), ContentType: contentTypes[kind]}
		s.urls[base] = "/static/" + name
		return nil
	}
	for base := range sources {
		if err := place(base); err != nil {
			return shelf{}, err
		}
	}
	return s, nil
}

func compress(kind string, content []byte) []byte {
	if kind == ".woff2" {
		return nil
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(content); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || out.Len() >= len(content) {
		return nil
	}
	return out.Bytes()
}
