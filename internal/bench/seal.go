package bench

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// withRing lends the keys of a database, for as long as use takes.
func withRing(ctx context.Context, url string, master keys.Master, use func(*keys.Ring) error) error {
	db, err := tenantdb.Open(ctx, url, tenantdb.Options{MaxConns: fillers})
	if err != nil {
		return fmt.Errorf("open the keys: %w", err)
	}
	defer db.Close()
	ring, err := keys.New(ctx, db, master)
	if err != nil {
		return err
	}
	return use(ring)
}

// of binds the scope of a tenant's staff, in which keysets are made and found.
func of(ctx context.Context, tenant, person uuid.UUID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Staff(ids.From[tenantdb.Tenant](tenant), ids.From[tenantdb.Person](person)))
}

// The sealed rows, as the application reads them: a page opens only what was sealed for the place where it stands.

type beneficiary struct {
	DossierID   uuid.UUID
	Particulars keys.Sealed[dossiers.Beneficiary] `bun:"particulars"`
}

func (b *beneficiary) Place() keys.Place {
	return keys.Place{Table: "beneficiaries", Row: b.DossierID.String()}
}

type situation struct {
	DossierID uuid.UUID
	DataClass access.DataClass
	Body      keys.Sealed[string] `bun:"body"`
}

func (s *situation) Place() keys.Place {
	return keys.Place{Table: "situations", Row: s.DossierID.String() + " " + string(s.DataClass)}
}
