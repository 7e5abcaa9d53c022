package referrals

import (
	"context"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Owed tells what of a dossier's referrals keeps it from being closed: an office still works on one, which is awaited or
// revoked, or one is a draft, which is sent or thrown away (dossiers.Owed).
func Owed(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) ([]dossiers.Obligation, error) {
	running, err := runningOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var owed []dossiers.Obligation
	for _, line := range running {
		owed = append(owed, line.obligation())
	}
	return owed, nil
}

// obligation says what is to be done with a referral that is not over.
func (l Line) obligation() dossiers.Obligation {
	key := "referrals.owed.running"
	switch {
	case l.Draft():
		key = "referrals.owed.draft"
	case l.Waiting():
		key = "referrals.owed.waiting"
	}
	return dossiers.Obligation{Key: key, Args: []any{"Reference", l.Reference, "Office", l.OfficeName}}
}
