package housing

import (
	"context"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Owed tells that the person still lives in a place of the house's, which keeps the dossier from being closed
// (dossiers.Owed). An own flat keeps nobody.
func Owed(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) ([]dossiers.Obligation, error) {
	n, err := Open(ctx, tx, id)
	if err != nil || n == 0 {
		return nil, err
	}
	return []dossiers.Obligation{{Key: "housing.owed", Part: "housing"}}, nil
}
