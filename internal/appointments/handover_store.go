package appointments

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// stillComing is what somebody goes along to for a dossier, and is not over.
const stillComing = "dossier_id is not null and outcome is null and starts_at + make_interval(mins => minutes) > ?"

// CountComing asks how many appointments of dossiers each member has before her or him.
func CountComing(now time.Time, into *[]dossiers.Carried) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("appointments").ColumnExpr("member_id, count(*) as n").Where(stillComing, now).GroupExpr("member_id"))
}

// updateMember gives the appointments that changed hands, without their places.
func updateMember(ctx context.Context, tx tenantdb.Tx, by, from, to tenantdb.PersonID, now time.Time) (handed []Appointment, err error) {
	err = tx.Update().TableExpr("appointments").Set("member_id = ?", to).Set("version = version + 1").Set("changed_by = ?", by).Set("changed_at = ?", now).
		Where("member_id = ?", from).Where(stillComing, now).
		Returning("appointment_id, dossier_id, kind").Scan(ctx, &handed)
	if err != nil {
		return nil, fmt.Errorf("hand appointments over: %w", err)
	}
	return handed, nil
}
