package keys

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// TestParcel: what is sealed to a public key opens with its private half, for the passage that it is of, and with nothing else.
func TestParcel(t *testing.T) {
	t.Parallel()
	passage := Passage{uuid.New(), ids.New[tenantdb.Tenant](), ids.New[tenantdb.Tenant]()}
	private, public, err := NewPair()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := public.Seal(passage, map[string]string{"name": "Canary"})
	if err != nil {
		t.Fatal(err)
	}
	var opened map[string]string
	if err := private.Open(passage, sealed, &opened); err != nil || opened["name"] != "Canary" {
		t.Fatalf("%v, %v", opened, err)
	}
	if bytes.Contains(sealed, []byte("Canary")) {
		t.Error("a parcel can be read as it lies")
	}
	other, _, err := NewPair()
	if err != nil {
		t.Fatal(err)
	}
	cut := append(Parcel{}, sealed...)
	cut[len(cut)-1] ^= 1
	for what, c := range map[string]struct {
		key     PrivateKey
		passage Passage
		sealed  Parcel
	}{
		"another key":           {other, passage, sealed},
		"the public half":       {PrivateKey(public), passage, sealed},
		"no key":                {nil, passage, sealed},
		"another move":          {private, Passage{uuid.New(), passage.From, passage.To}, sealed},
		"from somebody else":    {private, Passage{passage.Move, passage.To, passage.To}, sealed},
		"to somebody else":      {private, Passage{passage.Move, passage.From, passage.From}, sealed},
		"what was changed":      {private, passage, cut},
		"what was cut off":      {private, passage, sealed[:len(sealed)/2]},
		"nothing in the parcel": {private, passage, nil},
	} {
		var into map[string]string
		if err := c.key.Open(c.passage, c.sealed, &into); !errors.Is(err, ErrParcel) || into != nil {
			t.Errorf("%s opens it: %v, %v", what, into, err)
		}
	}
	if _, err := PublicKey(private).Seal(passage, "x"); !errors.Is(err, ErrParcel) {
		t.Errorf("a private key goes as a public one: %v", err)
	}
}
