package dossiers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// MayBeGiven refuses, at a field, to give something to do for a restricted dossier to somebody who is not named for it. The database does
// as well.
func MayBeGiven(ctx context.Context, tx tenantdb.Tx, id ID, member tenantdb.PersonID, field string) error {
	unnamed, err := unnamed(ctx, tx, id, member)
	if err == nil && unnamed {
		return fault.Invalid(field, "dossiers.restricted.not_named")
	}
	return err
}

// MayBeErased refuses to erase a restricted dossier to somebody who is in it for an emergency alone: what is erased does not come back.
func MayBeErased(ctx context.Context, tx tenantdb.Tx, id ID, by tenantdb.PersonID) error {
	unnamed, err := unnamed(ctx, tx, id, by)
	if err == nil && unnamed {
		return fault.Refused("dossiers.restricted.erase")
	}
	return err
}

// unnamed says whether a dossier is restricted and somebody is not named for it.
func unnamed(ctx context.Context, tx tenantdb.Tx, id ID, member tenantdb.PersonID) (bool, error) {
	exists, err := tx.Select().TableExpr("restrictions as r").Where("r.dossier_id = ?", id).
		Where("not exists (?)", tx.Select().TableExpr("admissions as a").ColumnExpr("1").
			Where("a.tenant_id = r.tenant_id").Where("a.dossier_id = r.dossier_id").Where("a.member_id = ?", member)).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look whether somebody is named: %w", err)
	}
	return exists, nil
}

// Behind finds the restricted dossier that is called so, and says whether it is kept from whoever asks; NotFound is that there is none. Its
// identifier and its name are all that is told of it. What was typed, which may be somebody's name, is compared here and never sent to the
// database.
func Behind(ctx context.Context, db *tenantdb.DB, name CodeName) (mention Mention, barred bool, err error) {
	by, _ := access.From(ctx)
	var restricted []Mention
	if err := db.Read(tenantdb.WithScope(ctx, tenantdb.Admittance(by.Tenant, by.Person)), tenantdb.Many(&restricted, restrictedNames.With())); err != nil {
		return Mention{}, false, fmt.Errorf("look among restricted dossiers: %w", err)
	}
	i := slices.IndexFunc(restricted, func(m Mention) bool { return m.CodeName.Key() == name.Key() })
	if i < 0 {
		return Mention{}, false, fault.NotFound()
	}
	mention = restricted[i]
	if err = db.Read(ctx, Mentioned(mention.DossierID, &mention)); errors.Is(err, fault.NotFound()) {
		return mention, true, nil
	}
	return mention, false, err
}

var restrictedNames = tenantdb.Prepare(tenantdb.Select().TableExpr("restrictions as r").ColumnExpr("d.dossier_id, d.code_name").
	Join("join dossiers as d on d.tenant_id = r.tenant_id and d.dossier_id = r.dossier_id"))
