package keys

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
	"google.golang.org/protobuf/proto"

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
	var text labelled
	asked := &asking{Master: master}
	err := handle.WriteWithContext(ctx, &text, asked, []byte(tenant.String()))
	if told := asked.told(); told != nil {
		err = told
	}
	if err != nil {
		return nil, fmt.Errorf("wrap the keyset of a tenant: %w", err)
	}
	return text.bytes, nil
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
	var text labelled
	if err := handle.WriteWithAssociatedData(&text, wrapping, associatedOf(tenant, holder)); err != nil {
		return nil, fmt.Errorf("wrap a keyset: %w", err)
	}
	return text.bytes, nil
}

// labelled is a wrapped keyset with the numbers and states of its keys beside it, in clear, so that keys can be counted by
// whoever can open none. Tink's own writer leaves them out; its reader does not mind them.
type labelled struct{ bytes []byte }

// Write refuses to write a keyset that is not wrapped.
func (*labelled) Write(*tinkpb.Keyset) error { return ErrOpen }

// WriteEncrypted writes a wrapped one.
func (l *labelled) WriteEncrypted(wrapped *tinkpb.EncryptedKeyset) (err error) {
	label := &tinkpb.KeysetInfo{PrimaryKeyId: wrapped.GetKeysetInfo().GetPrimaryKeyId()}
	for _, key := range wrapped.GetKeysetInfo().GetKeyInfo() {
		label.KeyInfo = append(label.KeyInfo, &tinkpb.KeysetInfo_KeyInfo{KeyId: key.GetKeyId(), Status: key.GetStatus()})
	}
	l.bytes, err = proto.Marshal(&tinkpb.EncryptedKeyset{EncryptedKeyset: wrapped.GetEncryptedKeyset(), KeysetInfo: label})
	return err
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
