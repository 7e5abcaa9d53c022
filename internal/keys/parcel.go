package keys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"passerelle/internal/tenantdb"
)

// What one tenant hands over to another is sealed with HPKE (RFC 9180) to a key pair that the receiving one has made for it alone. Either half
// is a keyset of its own; the private one stands in a sealed field, and nowhere else.
type (
	PublicKey  []byte
	PrivateKey []byte
)

// Parcel is what was sealed to a public key, in a column of type bytea.
type Parcel []byte

// Passage is which move a parcel is of, from whom to whom. It is sealed along: a parcel of another move, or of another tenant, opens nowhere.
type Passage struct {
	Move     uuid.UUID
	From, To tenantdb.TenantID
}

// ErrParcel is returned for a parcel that a key does not open. It says nothing of what was in it.
var ErrParcel = errors.New("a package does not open with its key: it was changed, or is another's")

// NewPair makes the two halves.
func NewPair() (PrivateKey, PublicKey, error) {
	private, err := keyset.NewHandle(hybrid.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM_Key_Template())
	if err != nil {
		return nil, nil, fmt.Errorf("make a key pair: %w", err)
	}
	public, err := private.Public()
	if err != nil {
		return nil, nil, fmt.Errorf("make a key pair: %w", err)
	}
	var halves [2]bytes.Buffer
	if err := insecurecleartextkeyset.Write(private, keyset.NewBinaryWriter(&halves[0])); err != nil {
		return nil, nil, fmt.Errorf("make a key pair: %w", err)
	}
	if err := public.WriteWithNoSecrets(keyset.NewBinaryWriter(&halves[1])); err != nil {
		return nil, nil, fmt.Errorf("make a key pair: %w", err)
	}
	return halves[0].Bytes(), halves[1].Bytes(), nil
}

// Seal encrypts a value to the public key, for one passage.
func (k PublicKey) Seal(passage Passage, value any) (Parcel, error) {
	handle, err := keyset.ReadWithNoSecrets(keyset.NewBinaryReader(bytes.NewReader(k)))
	if err != nil {
		return nil, ErrParcel
	}
	with, err := hybrid.NewHybridEncrypt(handle)
	if err != nil {
		return nil, ErrParcel
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, errUnwritable
	}
	defer clear(plain)
	return with.Encrypt(plain, passage.info())
}

// Open decrypts a parcel of that passage, whole or not at all.
func (k PrivateKey) Open(passage Passage, sealed Parcel, into any) error {
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(k)))
	if err != nil {
		return ErrParcel
	}
	with, err := hybrid.NewHybridDecrypt(handle)
	if err != nil {
		return ErrParcel
	}
	plain, err := with.Decrypt(sealed, passage.info())
	if err != nil {
		return ErrParcel
	}
	defer clear(plain)
	if json.Unmarshal(plain, into) != nil {
		return errUnwritable
	}
	return nil
}

// info is what is authenticated beside the ciphertext: version, move and both tenants.
func (p Passage) info() []byte {
	return []byte("v1|move|" + p.Move.String() + "|" + p.From.String() + "|" + p.To.String())
}
