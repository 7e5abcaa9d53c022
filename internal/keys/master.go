package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Master wraps the keysets of tenants: a key that lies outside every database. It is asked once a tenant and some
// minutes, never once a field.
type Master interface {
	tink.AEADWithContext
	// Holds says whether it has the key that wrapped something: nobody guesses.
	Holds(ciphertext []byte) bool
}

// Together is a master key, and those that it takes over from: what they have wrapped is still opened.
func Together(current Master, previous ...Master) Master {
	if len(previous) == 0 {
		return current
	}
	return together(append([]Master{current}, previous...))
}

type together []Master

func (t together) EncryptWithContext(ctx context.Context, plaintext, associated []byte) ([]byte, error) {
	return t[0].EncryptWithContext(ctx, plaintext, associated)
}

func (t together) DecryptWithContext(ctx context.Context, ciphertext, associated []byte) ([]byte, error) {
	for _, master := range t {
		if master.Holds(ciphertext) {
			return master.DecryptWithContext(ctx, ciphertext, associated)
		}
	}
	return nil, &UnknownMasterError{masterOf(ciphertext)}
}

// Reach asks for the present one, where another server has it.
func (t together) Reach(ctx context.Context) error { return reach(ctx, t[0]) }

// reach says whether a master key can be asked, where another server has it.
func reach(ctx context.Context, master Master) error {
	if elsewhere, ok := master.(interface{ Reach(context.Context) error }); ok {
		return elsewhere.Reach(ctx)
	}
	return nil
}

func (t together) Holds(ciphertext []byte) bool {
	return slices.ContainsFunc(t, func(master Master) bool { return master.Holds(ciphertext) })
}

// UnknownMasterError says that a keyset was wrapped by a master key that is not configured.
type UnknownMasterError struct{ name string }

func (e *UnknownMasterError) Error() string {
	return "wrapped by the master key " + e.name + ", which is not set, neither as the present nor as the previous one"
}

// masterOf names the key that wrapped a tenant's keyset, by what the ciphertext says of itself.
func masterOf(ciphertext []byte) string {
	if key, ok := keyOf(ciphertext); ok {
		return name(key)
	}
	if named := vaultWrapped.FindSubmatch(ciphertext); named != nil {
		return fmt.Sprintf("vault %s v%s", named[1], named[2])
	}
	return "unknown"
}

// name is how people tell keys apart: eight digits.
func name(key uint32) string { return fmt.Sprintf("%08x", key) }

// MasterFromText reads a master key as MasterFile writes it: a keyset of Tink in JSON, as an operator keeps it in a
// secret of the environment.
func MasterFromText(text string) (Master, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(text)))
	if err != nil {
		return nil, errors.New("the master key cannot be read: it has to be a keyset as passerelle writes it into MASTER_KEY_FILE")
	}
	local, err := aead.New(handle)
	if err != nil {
		return nil, errors.New("the master key is of a kind that cannot wrap other keys")
	}
	master := inMemory{AEAD: local}
	for _, key := range handle.KeysetInfo().GetKeyInfo() {
		if key.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK {
			return nil, errors.New("the master key does not name itself in what it wraps: make one with passerelle keys new")
		}
		master.keys = append(master.keys, key.GetKeyId())
	}
	return master, nil
}

// MasterFile reads the master key from a file that nobody but its owner may read. With create, one that is not there is
// made: for the demo and for a first start.
func MasterFile(path string, create bool) (Master, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
		if err := writeMaster(path); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("the master key %s cannot be read: %w", path, errors.Unwrap(err))
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("the master key %s can be read by others: chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the master key %s cannot be read: %w", path, errors.Unwrap(err))
	}
	defer clear(text)
	return MasterFromText(string(text))
}

// NewMaster makes a master key and writes it as text.
func NewMaster() (string, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return "", fmt.Errorf("make a master key: %w", err)
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&text)); err != nil {
		return "", fmt.Errorf("make a master key: %w", err)
	}
	return text.String(), nil
}

// writeMaster never replaces a key that is there: what it wrapped would be lost.
func writeMaster(path string) error {
	text, err := NewMaster()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the folder of the master key %s cannot be made: %w", path, errors.Unwrap(err))
	}
	// Written beside and linked, so that a file of this name is whole or not there.
	draft, err := os.CreateTemp(filepath.Dir(path), ".master-*")
	if err != nil {
		return fmt.Errorf("the master key %s cannot be written: %w", path, errors.Unwrap(err))
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("the master key %s cannot be written", path)
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the master key %s cannot be written: %w", path, errors.Unwrap(err))
	}
	return nil
}

// inMemory is a master key that this process holds.
type inMemory struct {
	tink.AEAD
	keys []uint32
}

func (m inMemory) EncryptWithContext(_ context.Context, plaintext, associated []byte) ([]byte, error) {
	return m.Encrypt(plaintext, associated)
}

func (m inMemory) DecryptWithContext(_ context.Context, ciphertext, associated []byte) ([]byte, error) {
	return m.Decrypt(ciphertext, associated)
}

func (m inMemory) Holds(ciphertext []byte) bool {
	key, ok := keyOf(ciphertext)
	return ok && slices.Contains(m.keys, key)
}
