package tasks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where tasks have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "task_texts", Holder: "dossier_id", Key: []string{"task_id"}, Columns: []string{"body"}},
	{Kind: keys.Person, Table: "own_task_texts", Holder: "assignee_id", Key: []string{"task_id"}, Columns: []string{"body"}},
}

func placeOf(dossier dossiers.ID, id ID) keys.Place {
	if dossier.Zero() {
		return keys.Place{Table: "own_task_texts", Row: id.String()}
	}
	return keys.Place{Table: "task_texts", Row: id.String()}
}

// mostTold is how many tasks of a dossier its person is told of.
const mostTold = 2_000

// selected is a task with its sealed words, and without the code name of its dossier.
func selected(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("tasks as task").ColumnExpr("task.task_id, task.dossier_id, task.assignee_id, task.kind, task.due_on").
		ColumnExpr("coalesce(task.every, 0) as every, coalesce(task.unit, '') as unit, task.anchor_on, task.version, task.changed_by").
		ColumnExpr("task.ended_at, task.ended_by, coalesce(task.outcome, '') as outcome")
}

func spoken(query *bun.SelectQuery) *bun.SelectQuery {
	return selected(query).ColumnExpr("'' as code_name, said.body").
		Join("join task_texts as said on said.tenant_id = task.tenant_id and said.task_id = task.task_id")
}

// named is a task with the code name of its dossier, if it has one, and the words of one that has none.
func named(query *bun.SelectQuery) *bun.SelectQuery {
	return selected(query).ColumnExpr("coalesce(dossier.code_name, '') as code_name, own.body").
		Join("left join dossiers as dossier on dossier.tenant_id = task.tenant_id and dossier.dossier_id = task.dossier_id").
		Join("left join own_task_texts as own on own.tenant_id = task.tenant_id and own.task_id = task.task_id")
}

var (
	openStatement = tenantdb.Prepare(spoken(tenantdb.Select()).Where("task.dossier_id = ?", tenantdb.Argument(1)).Where("task.ended_at is null").
			OrderExpr("task.due_on, task.task_id").Limit(Shown + 1))
	endedStatement = tenantdb.Prepare(spoken(tenantdb.Select()).Where("task.dossier_id = ?", tenantdb.Argument(1)).Where("task.ended_at is not null").
			OrderExpr("task.ended_at desc, task.task_id").Limit(Recalled))
	everyStatement = tenantdb.Prepare(spoken(tenantdb.Select()).Where("task.dossier_id = ?", tenantdb.Argument(1)).OrderExpr("task.due_on desc, task.task_id").Limit(mostTold))
	mineStatement  = tenantdb.Prepare(named(tenantdb.Select()).Where("task.assignee_id = ?", tenantdb.Argument(1)).Where("task.ended_at is null").
			OrderExpr("task.due_on, task.task_id").Limit(Shown + 1))
	endedByStatement = tenantdb.Prepare(named(tenantdb.Select()).Where("task.ended_by = ?", tenantdb.Argument(1)).Where("task.ended_at is not null").
				OrderExpr("task.ended_at desc, task.task_id").Limit(Recalled))
	dueStatement = tenantdb.Prepare(selected(tenantdb.Select()).ColumnExpr("coalesce(dossier.code_name, '') as code_name").
			Join("left join dossiers as dossier on dossier.tenant_id = task.tenant_id and dossier.dossier_id = task.dossier_id").
			Where("task.assignee_id = ?", tenantdb.Argument(1)).Where("task.ended_at is null").Where("task.due_on <= ?", tenantdb.Argument(2)).
			OrderExpr("task.due_on, task.task_id").Limit(Shown))
)

func askOpen(dossier dossiers.ID, into *[]Written) tenantdb.Question {
	return tenantdb.Many(into, openStatement.With(dossier))
}

func askEnded(dossier dossiers.ID, into *[]Written) tenantdb.Question {
	return tenantdb.Many(into, endedStatement.With(dossier))
}

func askMine(person tenantdb.PersonID, into *[]Written) tenantdb.Question {
	return tenantdb.Many(into, mineStatement.With(person))
}

func askEndedBy(person tenantdb.PersonID, into *[]Written) tenantdb.Question {
	return tenantdb.Many(into, endedByStatement.With(person))
}

// Mine asks for the open tasks of whoever asks that are due until a day, the next first, without their words: for the page
// where a day begins.
func Mine(ctx context.Context, until time.Time, into *[]Task) tenantdb.Question {
	by, _ := access.From(ctx)
	return tenantdb.Many(into, dueStatement.With(by.Person, until))
}

// countOpen is how many open tasks a dossier has.
func countOpen(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (int, error) {
	n, err := tx.Select().Table("tasks").Where("dossier_id = ?", dossier).Where("ended_at is null").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count open tasks of dossier %s: %w", dossier, err)
	}
	return int(n), nil
}

// lockTask keeps everybody else from changing a task until the transaction ends.
func lockTask(ctx context.Context, tx tenantdb.Tx, id ID) (Written, error) {
	var task Written
	err := selected(tx.Select()).ColumnExpr("coalesce(dossier.code_name, '') as code_name, coalesce(said.body, own.body) as body").
		Join("left join dossiers as dossier on dossier.tenant_id = task.tenant_id and dossier.dossier_id = task.dossier_id").
		Join("left join task_texts as said on said.tenant_id = task.tenant_id and said.task_id = task.task_id").
		Join("left join own_task_texts as own on own.tenant_id = task.tenant_id and own.task_id = task.task_id").
		Where("task.task_id = ?", id).For("update of task").Scan(ctx, &task)
	if err := tenantdb.Found(err); err != nil {
		return Written{}, fmt.Errorf("lock task: %w", err)
	}
	return task, nil
}

type taskRow struct {
	bun.BaseModel `bun:"table:tasks"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	TaskID        ID                `bun:"task_id"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	AssigneeID    tenantdb.PersonID `bun:"assignee_id"`
	Kind          Kind              `bun:"kind"`
	DueOn         time.Time         `bun:"due_on,type:date"`
	Every         int               `bun:"every,nullzero"`
	Unit          Unit              `bun:"unit,nullzero"`
	AnchorOn      time.Time         `bun:"anchor_on,type:date"`
	Follows       ID                `bun:"follows"`
	Version       int               `bun:"version"`
	MadeAt        time.Time         `bun:"made_at"`
	MadeBy        tenantdb.PersonID `bun:"made_by"`
	ChangedBy     tenantdb.PersonID `bun:"changed_by"`
	EndedAt       *time.Time        `bun:"ended_at"`
	EndedBy       tenantdb.PersonID `bun:"ended_by"`
	Outcome       Outcome           `bun:"outcome,nullzero"`
}

func rowOf(t Task) taskRow {
	return taskRow{
		TaskID: t.TaskID, DossierID: t.DossierID, AssigneeID: t.AssigneeID, Kind: t.Kind, DueOn: t.DueOn, Every: t.Every, Unit: t.Unit,
		AnchorOn: t.AnchorOn, Version: t.Version, ChangedBy: t.ChangedBy, EndedAt: t.EndedAt, EndedBy: t.EndedBy, Outcome: t.Outcome,
	}
}

// insertTask says whether the task is new: the same form sent twice makes one, and one that repeats is followed once.
func insertTask(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, task Task, text string, follows ID, at time.Time) (bool, error) {
	row := rowOf(task)
	row.TenantID, row.Follows, row.MadeAt, row.MadeBy = by.Tenant, follows, at, by.Person
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert task: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	return true, insertText(ctx, tx, box, by.Tenant, task, text)
}

func updateTask(ctx context.Context, tx tenantdb.Tx, task Task) error {
	row := rowOf(task)
	err := tenantdb.Affected(tx.Update().Model(&row).
		Column("assignee_id", "kind", "due_on", "every", "unit", "anchor_on", "version", "changed_by", "ended_at", "ended_by", "outcome").
		Where("task_id = ?", task.TaskID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update task %s: %w", task.TaskID, err)
	}
	return nil
}

type textRow struct {
	bun.BaseModel `bun:"table:task_texts"`
	TenantID      tenantdb.TenantID   `bun:"tenant_id"`
	TaskID        ID                  `bun:"task_id"`
	DossierID     dossiers.ID         `bun:"dossier_id"`
	Body          keys.Sealed[string] `bun:"body"`
}

// Place says where the sealed words stand.
func (r *textRow) Place() keys.Place { return placeOf(r.DossierID, r.TaskID) }

type ownTextRow struct {
	bun.BaseModel `bun:"table:own_task_texts"`
	TenantID      tenantdb.TenantID   `bun:"tenant_id"`
	TaskID        ID                  `bun:"task_id"`
	AssigneeID    tenantdb.PersonID   `bun:"assignee_id"`
	Body          keys.Sealed[string] `bun:"body"`
}

// Place says where the sealed words stand.
func (r *ownTextRow) Place() keys.Place { return placeOf(dossiers.ID{}, r.TaskID) }

// insertText writes the words of a task to where they belong.
func insertText(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, task Task, text string) error {
	ofDossier := textRow{TenantID: tenant, TaskID: task.TaskID, DossierID: task.DossierID, Body: keys.Of(text)}
	own := ownTextRow{TenantID: tenant, TaskID: task.TaskID, AssigneeID: task.AssigneeID, Body: keys.Of(text)}
	var err error
	if task.DossierID.Zero() {
		if err := box.Seal(&own); err != nil {
			return fmt.Errorf("seal task: %w", err)
		}
		_, err = tx.Insert().Model(&own).Exec(ctx)
	} else {
		if err := box.Seal(&ofDossier); err != nil {
			return fmt.Errorf("seal task: %w", err)
		}
		_, err = tx.Insert().Model(&ofDossier).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("insert the text of a task: %w", err)
	}
	return nil
}

func updateText(ctx context.Context, tx tenantdb.Tx, box *keys.Box, task Task, text string) error {
	row := textRow{TaskID: task.TaskID, DossierID: task.DossierID, Body: keys.Of(text)}
	if err := box.Seal(&row); err != nil {
		return fmt.Errorf("seal task %s: %w", task.TaskID, err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("body").Where("task_id = ?", task.TaskID).Exec(ctx)); err != nil {
		return fmt.Errorf("update the text of task %s: %w", task.TaskID, err)
	}
	return nil
}

func deleteOwnText(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("own_task_texts").Where("task_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete the text of task %s: %w", id, err)
	}
	return nil
}
