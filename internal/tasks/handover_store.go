package tasks

import (
	"context"
	"fmt"

	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// CountByAssignee asks how many open tasks about dossiers each member has.
func CountByAssignee(into *[]dossiers.Carried) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("tasks").ColumnExpr("assignee_id as member_id, count(*) as n").
		Where("ended_at is null").Where("dossier_id is not null").GroupExpr("assignee_id"))
}

// updateAssignee gives the tasks that changed hands, without their words.
func updateAssignee(ctx context.Context, tx tenantdb.Tx, by, from, to tenantdb.PersonID) (handed []Task, err error) {
	err = tx.Update().TableExpr("tasks").Set("assignee_id = ?", to).Set("version = version + 1").Set("changed_by = ?", by).
		Where("assignee_id = ?", from).Where("ended_at is null").Where("dossier_id is not null").
		Returning("task_id, dossier_id, kind").Scan(ctx, &handed)
	if err != nil {
		return nil, fmt.Errorf("hand tasks over: %w", err)
	}
	return handed, nil
}
