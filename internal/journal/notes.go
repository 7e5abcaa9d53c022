package journal

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Signed is a text that was signed in the name of a tenant's journal, and the public key that verifies it: the one with which the
// tenant's checkpoints are verified.
type Signed struct{ Note, Key string }

// Sign signs a text with the key that signs the tenant's journal. The text ends with a line.
func Sign(ctx context.Context, ring *keys.Ring, tenant tenantdb.TenantID, text string) (Signed, error) {
	signer, key, err := signerOf(asSequencer(ctx, tenant), ring, tenant)
	if err != nil {
		return Signed{}, err
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return Signed{}, fmt.Errorf("sign for the tenant: %w", err)
	}
	return Signed{string(signed), key}, nil
}

// ErrUnsigned is returned for a text that the key did not sign, or that was changed since.
var ErrUnsigned = errors.New("it was not signed by this key, or was changed since")

// OpenSigned gives the text that was signed with a key.
func OpenSigned(signed, key string) (string, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return "", errors.New("the key is none: it is the one that was printed with the checkpoints of the journal")
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return "", ErrUnsigned
	}
	return opened.Text, nil
}
