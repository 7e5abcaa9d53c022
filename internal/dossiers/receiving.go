package dossiers

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Unique is the error of a transaction in which a dossier was opened; where its code name is another's, it says so.
func Unique(err error) error {
	if tenantdb.Violates(err, "dossiers_have_a_code_name_of_their_own") {
		return fault.Invalid("code_name", "dossiers.code_name.taken")
	}
	return err
}

// Receive opens a dossier for somebody whom another organisation hands over, within the transaction that opens what it sent. An estimate of
// the age keeps its day. The keyset of the dossier is made before; who opens it leaves the event.
func Receive(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID, p Particulars, now time.Time) (*keys.Box, error) {
	by, err := access.Require(ctx, access.DossierCreate)
	if err != nil {
		return nil, err
	}
	if err := p.Check(forms.Today(now)).Err(); err != nil {
		return nil, err
	}
	box, err := ring.Box(ctx, HolderOf(id))
	if err != nil {
		return nil, err
	}
	dossier := Dossier{DossierID: id, Phase: FirstContact, OpenedAt: now, Version: 1, SituationVersion: 1}.with(p, now)
	fresh, err := insertDossier(ctx, tx, by.Tenant, box, dossier, p.Beneficiary.complete())
	if err != nil {
		return nil, err
	}
	if !fresh {
		return nil, fault.Conflict("dossiers.conflict.changed_meanwhile")
	}
	return box, Report(ctx, tx, box, id, Source, p.Beneficiary.Facts(), now)
}
