package dossiers

import (
	"context"
	"errors"
	"fmt"

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

// Behind finds the dossier that is called so and is not there for whoever asks; ok is false where there is none. Its identifier and its name
// are all that is told of it.
func Behind(ctx context.Context, db *tenantdb.DB, name CodeName) (mention Mention, ok bool, err error) {
	by, _ := access.From(ctx)
	look := func(ctx context.Context) error {
		return db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
			mention, err = Named(ctx, tx, name)
			return err
		})
	}
	if err := look(ctx); !errors.Is(err, fault.NotFound()) {
		return mention, false, err
	}
	err = look(tenantdb.WithScope(ctx, tenantdb.Admittance(by.Tenant, by.Person)))
	if errors.Is(err, fault.NotFound()) {
		return Mention{}, false, nil
	}
	return mention, err == nil, err
}
