package keys_test

import (
	"bytes"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
)

func TestContentKey(t *testing.T) {
	key, err := keys.NewContentKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.NewContentKey()
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("Canary "), 1000)
	sealed, err := key.Seal(cast.Vaud.ID, "a", plain)
	if err != nil || bytes.Contains(sealed, []byte("Canary")) {
		t.Fatal(err)
	}
	if opened, err := key.Open(cast.Vaud.ID, "a", sealed); err != nil || !bytes.Equal(opened, plain) {
		t.Errorf("%d bytes, %v", len(opened), err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for what, open := range map[string]func() ([]byte, error){
		"another's key":    func() ([]byte, error) { return other.Open(cast.Vaud.ID, "a", sealed) },
		"another's name":   func() ([]byte, error) { return key.Open(cast.Vaud.ID, "b", sealed) },
		"another's tenant": func() ([]byte, error) { return key.Open(cast.Geneve.ID, "a", sealed) },
		"a flipped bit":    func() ([]byte, error) { return key.Open(cast.Vaud.ID, "a", flipped) },
		"cut off":          func() ([]byte, error) { return key.Open(cast.Vaud.ID, "a", sealed[:len(sealed)-1]) },
		"nothing":          func() ([]byte, error) { return key.Open(cast.Vaud.ID, "a", nil) },
		"no key":           func() ([]byte, error) { return keys.ContentKey(nil).Open(cast.Vaud.ID, "a", sealed) },
	} {
		if opened, err := open(); err == nil || opened != nil {
			t.Errorf("%s opens it", what)
		}
	}
}
