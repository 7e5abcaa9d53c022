package dossiers

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Mention is how pages about something else speak of a dossier: by its code name.
type Mention struct {
	DossierID ID
	CodeName  CodeName
}

// Mentioned asks for the mention of a dossier, alongside what another capability asks.
func Mentioned(id ID, into *Mention) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("dossiers").Column("dossier_id", "code_name").Where("dossier_id = ?", id))
}

// Charge is in whose charge a dossier is.
type Charge struct {
	ResponsibleID tenantdb.PersonID
}

// ChargeOf asks in whose charge a dossier is, alongside what another capability asks.
func ChargeOf(id ID, into *Charge) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("dossiers").Column("responsible_id").Where("dossier_id = ?", id))
}

// MentionOf is the mention of a dossier within a transaction.
func MentionOf(ctx context.Context, tx tenantdb.Tx, id ID) (mention Mention, err error) {
	err = tx.Select().TableExpr("dossiers").Column("dossier_id", "code_name").Where("dossier_id = ?", id).Scan(ctx, &mention)
	if err := tenantdb.Found(err); err != nil {
		return Mention{}, fmt.Errorf("find dossier %s: %w", id, err)
	}
	return mention, nil
}

// Peek is Load without keeping the dossier as it is: for a page that shows what would be disclosed.
func Peek(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (File, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return File{}, err
	}
	return loadFile(ctx, tx, ring, id)
}

// Named gives the dossier that is called so, however the name is written, or fault.NotFound.
func Named(ctx context.Context, tx tenantdb.Tx, name CodeName) (Mention, error) {
	var mention Mention
	err := tx.Select().TableExpr("dossiers").Column("dossier_id", "code_name").Where("code_name_key = ?", name.Key()).Scan(ctx, &mention)
	if err := tenantdb.Found(err); err != nil {
		return Mention{}, fmt.Errorf("find dossier by its code name: %w", err)
	}
	return mention, nil
}
