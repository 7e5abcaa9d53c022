package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// checkpoint says what the journal of a tenant was: so many entries, under this root, and every entry that was written
// before a moment is among them. It is signed as a note (golang.org/x/mod/sumdb/note) in the form of c2sp.org/tlog-checkpoint:
//
//	passerelle/journal/TENANT
//	SIZE
//	ROOT
//	until MOMENT
//	leaves FROM SHA-256
//
// The last line is there when fingerprints of leaves go along, and says which.
type checkpoint struct {
	tenant tenantdb.TenantID
	tlog.Tree
	until  time.Time
	prints *fingerprints
	// digest is the SHA-256 of the fingerprints.
	digest [sha256.Size]byte
}

// fingerprintSize is how many bytes of a leaf's hash a bundle carries. The root proves; these only find which entry is the
// one: who wanted to hide it would have to find an entry whose hash begins like another's (2^64 attempts).
const fingerprintSize = 8

// fingerprints are the beginnings of the hashes of leaves, from one on.
type fingerprints struct {
	from  int64
	bytes []byte
}

func (f *fingerprints) until() int64 { return f.from + int64(len(f.bytes)/fingerprintSize) }

// of is the fingerprint of a leaf, or none.
func (f *fingerprints) of(leaf int64) (print fingerprint, ok bool) {
	if f == nil || leaf < f.from || leaf >= f.until() {
		return print, false
	}
	return fingerprint(f.bytes[(leaf-f.from)*fingerprintSize:]), true
}

type fingerprint [fingerprintSize]byte

const (
	originPrefix = "passerelle/journal/"
	leavesBlock  = "LEAVES OF THE JOURNAL"
)

// origin names whose journal it is; it is the name of the key as well.
func origin(tenant tenantdb.TenantID) string { return originPrefix + tenant.String() }

func (c checkpoint) text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n%d\n%s\nuntil %s\n", origin(c.tenant), c.N, c.Hash, moment{c.until})
	if c.prints != nil {
		fmt.Fprintf(&text, "leaves %d %s\n", c.prints.from, base64.StdEncoding.EncodeToString(c.digest[:]))
	}
	return text.String()
}

// errForm is told of a text that no sequencer wrote.
var errForm = errors.New("it is no checkpoint of a journal")

// parseText reads what text wrote.
func parseText(text string) (c checkpoint, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 4 || len(lines) > 5 {
		return c, errForm
	}
	name, ours := strings.CutPrefix(lines[0], originPrefix)
	if c.tenant, err = ids.Parse[tenantdb.Tenant](name); err != nil || !ours {
		return c, errForm
	}
	if c.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || c.N < 0 {
		return c, errForm
	}
	if c.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return c, errForm
	}
	until, dated := strings.CutPrefix(lines[3], "until ")
	var at moment
	if err = at.UnmarshalText([]byte(until)); err != nil || !dated {
		return c, errForm
	}
	c.until = at.at
	if len(lines) == 5 {
		var digest string
		c.prints = &fingerprints{}
		if _, err := fmt.Sscanf(lines[4], "leaves %d %s", &c.prints.from, &digest); err != nil || c.prints.from < 0 || c.prints.from > c.N {
			return c, errForm
		}
		decoded, err := base64.StdEncoding.DecodeString(digest)
		if err != nil || len(decoded) != sha256.Size {
			return c, errForm
		}
		c.digest = [sha256.Size]byte(decoded)
	}
	if c.text() != text {
		return c, errForm // written in another way, it would say the same and be another text
	}
	return c, nil
}

// bundle is a signed checkpoint and the fingerprints that go along with it, as a data-protection officer keeps them.
func bundle(signed []byte, prints *fingerprints) []byte {
	return append(append(bytes.Clone(signed), '\n'), pem.EncodeToMemory(&pem.Block{Type: leavesBlock, Bytes: prints.bytes})...)
}

// split takes a bundle apart. It may have come through a mailbox that ends lines in another way.
func split(file []byte) (signed, prints []byte) {
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))
	signed, rest, found := bytes.Cut(file, []byte("\n-----BEGIN "))
	if !found {
		return file, nil
	}
	if block, _ := pem.Decode(append([]byte("-----BEGIN "), rest...)); block != nil && block.Type == leavesBlock {
		prints = block.Bytes
	}
	return append(signed, '\n'), prints
}

// openBundle verifies a bundle with the key that the officer holds. Its errors are sentences that go on from the name of
// the file.
func openBundle(file []byte, key note.Verifier) (checkpoint, error) {
	signed, prints := split(file)
	opened, err := note.Open(append(bytes.TrimRight(signed, "\n "), '\n'), note.VerifierList(key))
	var unknown *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unknown):
		if read, err := parseText(unknown.Note.Text); err == nil && origin(read.tenant) != key.Name() {
			return checkpoint{}, fmt.Errorf("is of another tenant (%s) than the key (%s)", origin(read.tenant), key.Name())
		}
		return checkpoint{}, errors.New("was not signed by this key")
	case errors.As(err, &invalid):
		return checkpoint{}, errors.New("was changed after it was signed: its signature does not fit")
	case err != nil:
		return checkpoint{}, errors.New("is no checkpoint of a journal")
	}
	c, err := parseText(opened.Text)
	if err != nil || origin(c.tenant) != key.Name() {
		return checkpoint{}, errors.New("is no checkpoint of a journal")
	}
	if c.prints != nil {
		c.prints.bytes = prints
		if sha256.Sum256(prints) != c.digest || c.prints.until() != c.N {
			return checkpoint{}, errors.New("is signed, but the leaves that go along with it are damaged or missing: take another copy of the file")
		}
	}
	return c, nil
}

// noteSigner lets a key of the ring sign notes.
type noteSigner struct {
	note.Verifier
	*keys.Signer
}

// signerOf is what signs the checkpoints of the tenant whose scope is bound.
func signerOf(ctx context.Context, ring *keys.Ring, tenant tenantdb.TenantID) (noteSigner, string, error) {
	signer, err := ring.Signer(ctx)
	if err != nil {
		return noteSigner{}, "", fmt.Errorf("find what signs the journal: %w", err)
	}
	return named(signer, tenant)
}

// named gives what signs the name by which its signatures are known.
func named(signer *keys.Signer, tenant tenantdb.TenantID) (noteSigner, string, error) {
	key, err := note.NewEd25519VerifierKey(origin(tenant), signer.Public())
	if err != nil {
		return noteSigner{}, "", fmt.Errorf("name what signs the journal: %w", err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return noteSigner{}, "", fmt.Errorf("name what signs the journal: %w", err)
	}
	return noteSigner{verifier, signer}, key, nil
}

func (s *Sequencer) signWhenDue(ctx context.Context, tenant tenantdb.TenantID) error {
	last, err := findCheckpoint(asSequencer(ctx, tenant), s.db)
	if err != nil || !last.Due {
		return err
	}
	_, err = s.sign(ctx, tenant, -1)
	return err
}

// Bundle is what a data-protection officer keeps.
type Bundle struct {
	// File is the signed checkpoint with the fingerprints; Key the public key that verifies it.
	File []byte
	Key  string
	// Size is how many entries it holds, Until the moment before which none is missing.
	Size  int64
	Until time.Time
}

// Bundle hashes what waits of a tenant, and signs the tree as it is now. The fingerprints of leaves go along from one on.
func (s *Sequencer) Bundle(ctx context.Context, tenant tenantdb.TenantID, from int64) (Bundle, error) {
	return s.sign(ctx, tenant, from)
}

// sign signs the tree of a tenant and keeps what it signed; from -1, no fingerprints go along.
func (s *Sequencer) sign(ctx context.Context, tenant tenantdb.TenantID, from int64) (Bundle, error) {
	for range attempts {
		until, err := s.settle(ctx, tenant)
		if err != nil {
			return Bundle{}, err
		}
		signed, done, err := s.signOnce(asSequencer(ctx, tenant), tenant, until, from)
		if err != nil || done {
			return signed, err
		}
	}
	return Bundle{}, fmt.Errorf("the journal of tenant %s is being signed by another all the time", tenant)
}

func (s *Sequencer) signOnce(ctx context.Context, tenant tenantdb.TenantID, until time.Time, from int64) (Bundle, bool, error) {
	signer, key, err := signerOf(ctx, s.ring, tenant)
	if err != nil {
		return Bundle{}, false, err
	}
	last, err := findCheckpoint(ctx, s.db)
	if err != nil {
		return Bundle{}, false, err
	}
	// A clock that was set back must not take anything back.
	if last.CompleteUntil.After(until) {
		until = last.CompleteUntil
	}
	size, err := findSize(ctx, s.db)
	if err != nil {
		return Bundle{}, false, err
	}
	t, err := findEdge(ctx, s.db, size)
	if err != nil {
		return Bundle{}, false, err
	}
	root, err := t.root(size)
	if err != nil {
		return Bundle{}, false, errTorn
	}
	c := checkpoint{tenant: tenant, Tree: tlog.Tree{N: size, Hash: root}, until: until.UTC().Truncate(time.Microsecond)}
	if from >= 0 {
		c.prints = &fingerprints{from: min(from, size)}
		if c.prints.bytes, err = fingerprintsOf(ctx, s.db, c.prints.from, size); err != nil {
			return Bundle{}, false, err
		}
		c.digest = sha256.Sum256(c.prints.bytes)
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return Bundle{}, false, fmt.Errorf("sign the journal: %w", err)
	}
	done, err := insertCheckpoint(ctx, s.db, checkpointRow{
		TenantID: tenant, Checkpoint: last.Checkpoint + 1, Size: size, Root: root[:], CompleteUntil: c.until, Note: string(signed),
	})
	result := Bundle{File: signed, Key: key, Size: size, Until: c.until}
	if c.prints != nil {
		result.File = bundle(signed, c.prints)
	}
	return result, done, err
}

// HeldSize is how many entries a checkpoint that somebody holds says there were. Nothing is verified: it is where the next
// one may begin.
func HeldSize(file []byte) (int64, error) {
	signed, _ := split(file)
	text, _, found := bytes.Cut(signed, []byte("\n\n"))
	c, err := parseText(string(text) + "\n")
	if !found || err != nil {
		return 0, errForm
	}
	return c.N, nil
}
