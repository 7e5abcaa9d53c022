package dossiers

import (
	"context"
	"fmt"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Hold keeps a dossier as it is until the transaction of a capability's change ends, and gives what its fields are sealed
// with. Such a change begins with it: what the scope has no such dossier for is fault.NotFound.
func Hold(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (Mention, *keys.Box, error) {
	dossier, err := lockDossier(ctx, tx, id)
	if err != nil {
		return Mention{}, nil, err
	}
	box, err := ring.Box(ctx, HolderOf(id))
	return Mention{id, dossier.CodeName}, box, err
}

// Report tells a dossier's agenda all that a capability knows of dates, in the transaction that changed it, so that the
// deadlines are never older than what they follow from.
func Report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID, source agenda.Source, facts []deadlines.Fact) error {
	if _, err := agenda.Report(ctx, tx, box, TimelineID(id), source, facts); err != nil {
		return fmt.Errorf("report dossier %s: %w", id, err)
	}
	return nil
}

// particulars is the source of what a dossier itself knows.
const particulars agenda.Source = "particulars"

// facts are those that a beneficiary gives. Of an estimated age nothing follows: whoever is of age certainly is.
func (b Beneficiary) facts() []deadlines.Fact {
	if b.BirthDate == nil {
		return nil
	}
	return []deadlines.Fact{{Trigger: deadlines.Born, On: *b.BirthDate}}
}
