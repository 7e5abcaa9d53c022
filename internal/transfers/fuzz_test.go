package transfers

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"testing"
	"time"
)

// FuzzArchive: an archive of whatever bytes is refused, or holds exactly the files whose manifest was signed, in their order.
func FuzzArchive(f *testing.F) {
	var packed bytes.Buffer
	w := &writer{tar: tar.NewWriter(&packed), at: time.Date(2026, time.November, 28, 0, 0, 0, 0, time.UTC)}
	truth := []file{
		{aboutName, []byte(about)}, {headerName, []byte(`{"format":"passerelle tenant 1","tables":[{"name":"notes","sealed":["words"]}]}`)},
		{piece("notes", 1), []byte("{\"dossier_id\":\"0f5c1f0e-6d0a-4b6e-9a35-1f2d3c4b5a69\",\"words\":{\"sealed\":\"x\"}}\n{\"dossier_id\":null}\n")},
		{jobsName, nil}, {remainsName, []byte("{}")},
	}
	for _, one := range truth {
		if err := w.add(one.name, bytes.Count(one.content, []byte("\n")), one.content); err != nil {
			f.Fatal(err)
		}
	}
	manifest, err := json.Marshal(w.manifest)
	if err != nil {
		f.Fatal(err)
	}
	if err := errors.Join(w.add(manifestName, 0, manifest), w.add(signatureName, 0, []byte("signed")), w.tar.Close()); err != nil {
		f.Fatal(err)
	}
	genuine := func(string) (string, error) { return signedText(sha256.Sum256(manifest)), nil }
	f.Add(packed.Bytes())
	f.Add(packed.Bytes()[:packed.Len()-3000])
	f.Add(append(bytes.Clone(packed.Bytes()[:512*4]), packed.Bytes()...))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r := &reader{tar: tar.NewReader(bytes.NewReader(packed))}
		var read []file
		for {
			next, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				if !errors.Is(err, errArchive) {
					t.Errorf("refused by %v", err)
				}
				return
			}
			for line := range bytes.Lines(next.content) {
				var one row
				if _, rows := tableOf(next.name); rows && json.Unmarshal(line, &one) == nil {
					for column := range maps.Keys(one) {
						one.id(column)
						one.null(column)
					}
				}
			}
			if next.name != manifestName && next.name != signatureName {
				read = append(read, next)
			}
		}
		if r.check(genuine) != nil {
			return
		}
		if len(read) != len(truth) {
			t.Fatalf("%d files are taken for the %d that were signed", len(read), len(truth))
		}
		for i, one := range read {
			if one.name != truth[i].name || !bytes.Equal(one.content, truth[i].content) {
				t.Errorf("%s is taken for %s, with %q", one.name, truth[i].name, one.content)
			}
		}
	})
}
