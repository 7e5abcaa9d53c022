package dossiers

import (
	"context"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// Propose makes up a code name that no dossier has, be it one that is kept from whoever asks: else the proposal would be refused, which
// says that there is one.
func (s *Service) Propose(ctx context.Context) (name CodeName, err error) {
	if _, err := access.Require(ctx, access.DossierCreate); err != nil {
		return "", err
	}
	return s.free(ctx, Propose)
}

// free is the first of what is made up that no dossier is called.
func (s *Service) free(ctx context.Context, propose func() CodeName) (name CodeName, err error) {
	err = s.db.View(tenantdb.Throughout(ctx), func(ctx context.Context, tx tenantdb.Tx) error {
		for {
			names := []CodeName{propose(), propose(), propose(), propose()}
			taken, err := Taken(ctx, tx, names)
			if err != nil {
				return err
			}
			for _, name = range names {
				if !slices.Contains(taken, name.Key()) {
					return nil
				}
			}
		}
	})
	return name, err
}
