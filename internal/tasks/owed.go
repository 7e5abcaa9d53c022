package tasks

import (
	"context"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Obligations tell which open tasks keep a dossier from being closed (dossiers.Owed): done, dropped, or handed on.
func Obligations(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) ([]dossiers.Obligation, error) {
	open, err := Owed(ctx, tx, id)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	return []dossiers.Obligation{{Key: "tasks.owed", Args: []any{"Count", len(open)}, Part: "tasks"}}, nil
}
