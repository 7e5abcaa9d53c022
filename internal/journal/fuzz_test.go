package journal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"passerelle/internal/cast"
)

// FuzzVerify: an export and a checkpoint of whatever bytes are refused, or hold exactly the entries that were signed; and a text that is a
// checkpoint is written in no other way.
func FuzzVerify(f *testing.F) {
	at := time.Date(2026, time.November, 28, 9, 0, 0, 0, time.UTC)
	var export bytes.Buffer
	grown := &tree{hashes: map[int64]tlog.Hash{}}
	prints := &fingerprints{}
	tenant := cast.Vaud.ID.String()
	export.WriteString(`{"format":"` + exportFormat + `","tenant_id":"` + tenant + `","tenant":"vaud","made_at":"` + moment{at.Add(time.Hour)}.String() + "\"}\n")
	for i := range 5 {
		line, err := record{
			Version: recordVersion, TenantID: cast.Vaud.ID.UUID(), Transaction: "7", EntryID: uuid.NewSHA1(uuid.Nil, []byte{byte(i)}), At: moment{at.Add(time.Duration(i) * time.Minute)},
			PersonID: cast.Lea.ID.UUID(), Role: "caseworker", Action: "dossier_seen", DataClasses: []string{"identity"}, Reason: "<&>",
		}.line()
		if err != nil {
			f.Fatal(err)
		}
		if _, err := grown.add(tlog.RecordHash(line)); err != nil {
			f.Fatal(err)
		}
		hash := tlog.RecordHash(line)
		prints.bytes = append(prints.bytes, hash[:fingerprintSize]...)
		export.Write(append(line, '\n'))
	}
	export.WriteString("{\"entries\":5}\n")
	root, err := grown.root(5)
	if err != nil {
		f.Fatal(err)
	}
	c := checkpoint{tenant: cast.Vaud.ID, Tree: tlog.Tree{N: 5, Hash: root}, until: at.Add(30 * time.Minute), prints: prints, digest: sha256.Sum256(prints.bytes)}
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public, err := note.NewEd25519VerifierKey(origin(cast.Vaud.ID), private.Public().(ed25519.PublicKey))
	if err != nil {
		f.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		f.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, signing{verifier, private})
	if err != nil {
		f.Fatal(err)
	}
	genuine := slices.Collect(strings.Lines(export.String()))
	f.Add(export.Bytes(), bundle(signed, prints), c.text())
	f.Add(bytes.Replace(export.Bytes(), []byte("dossier_seen"), []byte("consent_seen"), 1), bytes.ReplaceAll(bundle(signed, prints), []byte("\n"), []byte("\r\n")), originPrefix+tenant+"\n0\n"+root.String()+"\nuntil "+moment{at}.String()+"\n")
	f.Add([]byte(genuine[0]+"{\"entries\":0}\n"), signed, c.text()+"leaves 0 x\n")
	f.Fuzz(func(t *testing.T, export, file []byte, text string) {
		if read, err := parseText(text); err == nil && read.text() != text {
			t.Errorf("%q is read, and written %q", text, read.text())
		}
		if size, err := HeldSize(file); err == nil && size < 0 {
			t.Errorf("a checkpoint of %d entries", size)
		}
		if _, err := Verify(bytes.NewReader(export), []Held{{"kept", file}}, public); err != nil {
			return
		}
		lines := slices.Collect(strings.Lines(string(export)))
		if len(lines) < len(genuine) {
			t.Fatalf("an export of %d lines is taken for one of %d", len(lines), len(genuine))
		}
		for i, line := range genuine[1:6] {
			if strings.TrimRight(lines[i+1], "\r\n") != strings.TrimRight(line, "\n") {
				t.Errorf("%q is taken for %q", lines[i+1], line)
			}
		}
	})
}

// signing signs notes with a key that is not in any ring.
type signing struct {
	note.Verifier
	key ed25519.PrivateKey
}

// Sign signs.
func (s signing) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }
