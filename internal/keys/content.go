package keys

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/tenantdb"
)

// ContentKey seals one file, which lies where no rotation reaches. It stands in a sealed field of the row that the file belongs to: when
// keys are changed, that is sealed anew, and the file stays as it is; when they are destroyed, nobody opens the file any more.
type ContentKey []byte

// errContent is told of a file that its key does not open.
var errContent = errors.New("a file does not open with its key: it was changed, cut off or exchanged")

// NewContentKey makes a key for one file.
func NewContentKey() (ContentKey, error) {
	handle, err := keyset.NewHandle(holderTemplate())
	if err != nil {
		return nil, fmt.Errorf("make the key of a file: %w", err)
	}
	var key bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&key)); err != nil {
		return nil, fmt.Errorf("make the key of a file: %w", err)
	}
	return key.Bytes(), nil
}

// Seal encrypts a file of a tenant, by the name under which it lies.
func (k ContentKey) Seal(tenant tenantdb.TenantID, name string, plain []byte) ([]byte, error) {
	with, err := k.aead()
	if err != nil {
		return nil, err
	}
	return with.Encrypt(plain, associatedOfContent(tenant, name))
}

// Open decrypts it, whole or not at all.
func (k ContentKey) Open(tenant tenantdb.TenantID, name string, sealed []byte) ([]byte, error) {
	with, err := k.aead()
	if err != nil {
		return nil, err
	}
	plain, err := with.Decrypt(sealed, associatedOfContent(tenant, name))
	if err != nil {
		return nil, errContent
	}
	return plain, nil
}

func (k ContentKey) aead() (tink.AEAD, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(k)))
	if err != nil {
		return nil, errContent
	}
	return aead.New(handle)
}

// associatedOfContent is what is authenticated beside a file (AAD): version, tenant and name.
func associatedOfContent(tenant tenantdb.TenantID, name string) []byte {
	return []byte("v1|" + tenant.String() + "|file|" + name)
}
