package keys

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"passerelle/internal/cast"
)

type sealedNote struct {
	Words Sealed[string] `bun:"words"`
}

// Place is where it stands.
func (*sealedNote) Place() Place { return Place{"notes", "1"} }

// FuzzOpen: bytes that were not sealed in this very place open as nothing; a keyset that was not wrapped for this very holder is none, and one
// whose label alone was changed is still the same; a master key of whatever text is refused or can wrap.
func FuzzOpen(f *testing.F) {
	made := func() *keyset.Handle {
		handle, err := keyset.NewHandle(tenantTemplate())
		if err != nil {
			f.Fatal(err)
		}
		return handle
	}
	of, inner := made(), made()
	wrapping, err := aead.New(of)
	if err != nil {
		f.Fatal(err)
	}
	sealing, err := aead.New(inner)
	if err != nil {
		f.Fatal(err)
	}
	holder := Holder{Dossier, uuid.NewSHA1(uuid.Nil, []byte("a dossier"))}
	box := &Box{tenant: cast.Vaud.ID, holder: holder, aead: sealing}
	written := sealedNote{Words: Of("Rue du Lac 7")}
	if err := box.Seal(&written); err != nil {
		f.Fatal(err)
	}
	wrapped, err := wrapHolder(wrapping, cast.Vaud.ID, holder, inner)
	if err != nil {
		f.Fatal(err)
	}
	master, err := NewMaster()
	if err != nil {
		f.Fatal(err)
	}
	for _, changed := range [][]byte{written.Words.ciphertext, written.Words.ciphertext[:20], wrapped, wrapped[:len(wrapped)-3], []byte(master), []byte("vault:v1:x"), nil} {
		f.Add(changed, 0, byte(0))
		f.Add(changed, 7, byte(1))
	}
	f.Fuzz(func(t *testing.T, sent []byte, at int, flip byte) {
		for _, genuine := range [][]byte{sent, written.Words.ciphertext, wrapped} {
			changed := bytes.Clone(genuine)
			if at >= 0 && at < len(changed) {
				changed[at] ^= flip
			}
			var read sealedNote
			if err := read.Words.Scan(changed); err != nil {
				t.Fatal(err)
			}
			if err := box.Open(&read); changed != nil && !bytes.Equal(changed, written.Words.ciphertext) && (!errors.Is(err, ErrForged) || read.Words.Get() != "") {
				t.Errorf("%x is read as %q: %v", changed, read.Words.Get(), err)
			}
			masterOf(changed)
			wrapper(changed)
			handle, err := unwrapHolder(wrapping, cast.Vaud.ID, holder, changed)
			if err != nil {
				continue
			}
			opens, err := everyKey(handle)
			if err != nil {
				t.Fatal(err)
			}
			read = sealedNote{Words: Sealed[string]{ciphertext: written.Words.ciphertext}}
			if err := (&Box{tenant: cast.Vaud.ID, holder: holder, aead: opens}).Open(&read); err != nil {
				t.Errorf("%x is another keyset: %v", changed, err)
			}
		}
		read, err := MasterFromText(string(sent))
		if err != nil {
			return
		}
		if ciphertext, err := read.EncryptWithContext(t.Context(), []byte("x"), nil); err != nil || !read.Holds(ciphertext) {
			t.Errorf("a master key that cannot wrap: %v", err)
		}
	})
}
