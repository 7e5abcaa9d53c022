package keys

import (
	"errors"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

type line struct {
	Words Sealed[string] `bun:"words"`
}

func (*line) Place() Place { return Place{"lines", "1"} }

// Should two tenants ever come to the same keyset, neither would open what is the other's.
func TestTheTenantIsAuthenticated(t *testing.T) {
	handle, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	same, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	one, other := &Box{tenant: ids.New[tenantdb.Tenant](), aead: same}, &Box{tenant: ids.New[tenantdb.Tenant](), aead: same}
	sealed := &line{Of("words")}
	if err := one.Seal(sealed); err != nil {
		t.Fatal(err)
	}
	if err := one.Open(sealed); err != nil {
		t.Fatal(err)
	}
	if err := other.Open(sealed); !errors.Is(err, ErrForged) {
		t.Fatalf("another tenant's box opened it: %v", err)
	}
}
