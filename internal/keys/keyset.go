package keys

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/tenantdb"
)

// What a new key is made of, a tenant's or a holder's.
var (
	tenantTemplate = aead.AES256GCMKeyTemplate
	holderTemplate = aead.XAES256GCM192BitNonceKeyTemplate
)

// errWrongMaster is told of a keyset that the master key does not open.
var errWrongMaster = errors.New("the keys of the tenant cannot be unwrapped: is this the master key that wrapped them?")

// unwrapTenant opens the keyset of a tenant. Where the master key cannot be reached, it is ErrUnavailable.
func unwrapTenant(ctx context.Context, master Master, tenant tenantdb.TenantID, wrapped []byte) (*keyset.Handle, error) {
	asked := &asking{Master: master}
	handle, err := keyset.ReadWithContext(ctx, keyset.NewBinaryReader(bytes.NewReader(wrapped)), asked, []byte(tenant.String()))
	switch {
	case err == nil:
		return handle, nil
	case asked.told() != nil:
		return nil, fmt.Errorf("unwrap the keys of the tenant: %w", asked.err)
	default:
		return nil, errWrongMaster
	}
}

func wrapTenant(ctx context.Context, master Master, tenant tenantdb.TenantID, handle *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	asked := &asking{Master: master}
	err := handle.WriteWithContext(ctx, keyset.NewBinaryWriter(&text), asked, []byte(tenant.String()))
	if told := asked.told(); told != nil {
		err = told
	}
	if err != nil {
		return nil, fmt.Errorf("wrap the keyset of a tenant: %w", err)
	}
	return text.Bytes(), nil
}

// asking remembers why a master key gave no answer, which Tink turns into a text.
type asking struct {
	Master
	err error
}

// told is what a person has to be told: that the keys cannot be reached, or that another master key wrapped them.
func (a *asking) told() error {
	var unknown *UnknownMasterError
	if errors.Is(a.err, ErrUnavailable) || errors.As(a.err, &unknown) || errors.Is(a.err, context.Canceled) || errors.Is(a.err, context.DeadlineExceeded) {
		return a.err
	}
	return nil
}

func (a *asking) EncryptWithContext(ctx context.Context, plaintext, associated []byte) (ciphertext []byte, err error) {
	ciphertext, a.err = a.Master.EncryptWithContext(ctx, plaintext, associated)
	return ciphertext, a.err
}

func (a *asking) DecryptWithContext(ctx context.Context, ciphertext, associated []byte) (plaintext []byte, err error) {
	plaintext, a.err = a.Master.DecryptWithContext(ctx, ciphertext, associated)
	return plaintext, a.err
}

func unwrapHolder(wrapping tink.AEAD, tenant tenantdb.TenantID, holder Holder, wrapped []byte) (*keyset.Handle, error) {
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(wrapped)), wrapping, associatedOf(tenant, holder))
	if err != nil {
		return nil, &ForgedError{holder}
	}
	return handle, nil
}

func wrapHolder(wrapping tink.AEAD, tenant tenantdb.TenantID, holder Holder, handle *keyset.Handle) ([]byte, error) {
	var text bytes.Buffer
	if err := handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&text), wrapping, associatedOf(tenant, holder)); err != nil {
		return nil, fmt.Errorf("wrap a keyset: %w", err)
	}
	return text.Bytes(), nil
}

// associatedOf is what is authenticated beside a holder's keyset (AAD): version, tenant, kind and holder.
func associatedOf(tenant tenantdb.TenantID, holder Holder) []byte {
	return []byte("v1|" + tenant.String() + "|" + string(holder.Kind) + "|" + holder.ID.String())
}

// keyOf is the number of the key that sealed a ciphertext.
func keyOf(ciphertext []byte) (key uint32, ok bool) {
	if len(ciphertext) < 5 || ciphertext[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(ciphertext[1:5]), true
}
