package agenda

import (
	"context"

	"passerelle/internal/deadlines"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Known gives, in the transaction of a change that rests on them, the facts that all capabilities have reported so far.
func Known(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier ids.ID[timeline.Dossier]) ([]deadlines.Fact, error) {
	reported, err := listFacts(ctx, tx, dossier)
	if err != nil {
		return nil, err
	}
	return Open(box.Open, reported)
}
