package dossiers

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/tenantdb"
)

// going holds for dossiers that still go on, in aftercare as well.
const going = "(closed_at is null or aftercare_at is not null)"

// CountByResponsible asks for how many dossiers that go on each member is responsible.
func CountByResponsible(into *[]Carried) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("dossiers").ColumnExpr("responsible_id as member_id, count(*) as n").Where(going).GroupExpr("responsible_id"))
}

// Carried is how many of something a member carries.
type Carried struct {
	MemberID tenantdb.PersonID
	N        int
}

// updateResponsible names the dossiers that changed hands.
func updateResponsible(ctx context.Context, tx tenantdb.Tx, from, to tenantdb.PersonID, at time.Time) ([]ID, error) {
	var rows []struct{ DossierID ID }
	err := tx.Update().TableExpr("dossiers").Set("responsible_id = ?", to).Set("version = version + 1").Set("updated_at = ?", at).
		Where("responsible_id = ?", from).Where(going).Returning("dossier_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("hand dossiers over: %w", err)
	}
	handed := make([]ID, len(rows))
	for i, row := range rows {
		handed[i] = row.DossierID
	}
	return handed, nil
}
