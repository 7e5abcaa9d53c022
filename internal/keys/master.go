package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Master wraps the keysets of tenants: a key that lies outside every database. It is asked once a tenant and some
// minutes, never once a field.
type Master = tink.AEADWithContext

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
	return inMemory{local}, nil
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
type inMemory struct{ tink.AEAD }

func (m inMemory) EncryptWithContext(_ context.Context, plaintext, associated []byte) ([]byte, error) {
	return m.Encrypt(plaintext, associated)
}

func (m inMemory) DecryptWithContext(_ context.Context, ciphertext, associated []byte) ([]byte, error) {
	return m.Decrypt(ciphertext, associated)
}
