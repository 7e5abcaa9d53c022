package keys

import (
	"context"
	stded "crypto/ed25519"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/signature"
	"github.com/tink-crypto/tink-go/v2/signature/ed25519"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/tenantdb"
)

// signerTemplate makes signatures that hold nothing else (64 bytes), as everybody else's programs verify them.
var signerTemplate = signature.ED25519KeyWithoutPrefixTemplate

// Signer signs in the name of one tenant's journal (Ed25519).
type Signer struct {
	tink.Signer
	public stded.PublicKey
}

// Public is the key by which anybody can verify what was signed.
func (s *Signer) Public() stded.PublicKey { return s.public }

// Signer gives what signs the journal of the tenant whose sequencer's scope is bound; the first time, it is made.
func (r *Ring) Signer(ctx context.Context) (*Signer, error) {
	found, err := r.KeptSigner(ctx)
	if !errors.Is(err, ErrDestroyed) {
		return found, err
	}
	// No sequencer can destroy it: there was none.
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	if err := r.createSigner(ctx, tenant, Holder{Journal, tenant.UUID()}); err != nil {
		return nil, err
	}
	// Another process may have been quicker: what signs has to be what is kept.
	return r.KeptSigner(ctx)
}

// KeptSigner is Signer, and ErrDestroyed where none was made: for those who only look.
func (r *Ring) KeptSigner(ctx context.Context) (*Signer, error) {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	holder := Holder{Journal, tenant.UUID()}
	read := r.tenants.now()
	ofTenant, ofHolder, err := findHolder(ctx, r.db, holder)
	if err != nil {
		return nil, err
	}
	handle, err := r.openHolder(ctx, tenant, holder, ofTenant, ofHolder, read)
	if err != nil {
		return nil, err
	}
	return signerOf(handle, holder)
}

func (r *Ring) createSigner(ctx context.Context, tenant tenantdb.TenantID, holder Holder) error {
	wrapping, err := r.tenantKeys(ctx, tenant)
	if err != nil {
		return err
	}
	handle, err := keyset.NewHandle(signerTemplate())
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	wrapped, err := wrapHolder(wrapping, tenant, holder, handle)
	if err != nil {
		return err
	}
	return insertHolder(ctx, r.db, keysetRow{TenantID: tenant, Kind: holder.Kind, HolderID: holder.ID, Wrapped: wrapped})
}

func signerOf(handle *keyset.Handle, holder Holder) (*Signer, error) {
	public, err := handle.Public()
	if err != nil {
		return nil, &ForgedError{holder}
	}
	primary, err := public.Primary()
	if err != nil {
		return nil, &ForgedError{holder}
	}
	key, ok := primary.Key().(*ed25519.PublicKey)
	if !ok {
		return nil, &ForgedError{holder}
	}
	signer, err := signature.NewSigner(handle)
	if err != nil {
		return nil, &ForgedError{holder}
	}
	return &Signer{signer, key.KeyBytes()}, nil
}
