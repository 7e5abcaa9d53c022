package tasks

import (
	"context"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Owed tells that something is still to be done, which keeps a dossier from being closed (dossiers.Owed): done, dropped, or
// handed on.
func Owed(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) ([]dossiers.Obligation, error) {
	n, err := countOpen(ctx, tx, id)
	if err != nil || n == 0 {
		return nil, err
	}
	return []dossiers.Obligation{{Key: "tasks.owed", Args: []any{"Count", n}, Part: "tasks"}}, nil
}
