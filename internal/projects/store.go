package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// The most that a page shows: earlier versions of a project, and steps.
const (
	mostVersions = 20
	mostSteps    = 200
)

// SealedRows says where projects have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "projects", Holder: "dossier_id", Key: []string{"dossier_id", "version"}, Columns: []string{"project"}},
	{Kind: keys.Dossier, Table: "project_steps", Holder: "dossier_id", Key: []string{"step_id"}, Columns: []string{"details"}},
}

// Place says where what is sealed of a project stands.
func (p *Project) Place() keys.Place {
	return keys.Place{Table: "projects", Row: fmt.Sprintf("%s %d", p.DossierID, p.Version)}
}

// Place says where what is sealed of a step stands.
func (s *Step) Place() keys.Place { return keys.Place{Table: "project_steps", Row: s.StepID.String()} }

type projectRow struct {
	bun.BaseModel `bun:"table:projects"`
	TenantID      tenantdb.TenantID
	Project
}

type stepRow struct {
	bun.BaseModel `bun:"table:project_steps"`
	TenantID      tenantdb.TenantID
	Step
}

var stepColumns = []string{
	"step_id", "dossier_id", "kind", "state", "due_on", "begun_on", "ended_on", "level", "exam_on", "percent", "sector",
	"asked_on", "decided_on", "decision", "version", "updated_at", "details",
}

// changing are the columns of a step that change.
var changing = []string{
	"kind", "state", "due_on", "begun_on", "ended_on", "level", "exam_on", "percent", "sector", "asked_on", "decided_on", "decision",
	"version", "updated_at", "details",
}

func selectProjects(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("projects").Column("dossier_id", "version", "project", "written_at").Where("dossier_id = ?", dossier).
		OrderExpr("version desc").Limit(mostVersions)
}

// selectSteps lists the open ones first, those due soonest before the others, and then those that ended last.
func selectSteps(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("project_steps").Column(stepColumns...).Where("dossier_id = ?", dossier).
		OrderExpr("state <> 'open', case when state = 'open' then due_on end, ended_on desc, updated_at desc, step_id").Limit(mostSteps)
}

var (
	projectsStatement = tenantdb.Prepare(selectProjects(tenantdb.Select(), tenantdb.Argument(1)))
	stepsStatement    = tenantdb.Prepare(selectSteps(tenantdb.Select(), tenantdb.Argument(1)))
	tallyStatement    = tenantdb.Prepare(tenantdb.Select().TableExpr("project_steps").
				ColumnExpr("count(*) filter (where state = 'open') as open, count(*) filter (where state = 'done') as done, count(*) filter (where state = 'dropped') as dropped").
				Where("dossier_id = ?", tenantdb.Argument(1)))
)

// Counted asks how many steps of a dossier there are of each state.
func Counted(dossier dossiers.ID, into *Tally) tenantdb.Question {
	return tenantdb.One(into, tallyStatement.With(dossier))
}

// currentProject is the newest version, whose Version is 0 where there is none.
func currentProject(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (Project, error) {
	var found []Project
	if err := selectProjects(tx.Select(), dossier).Limit(1).Scan(ctx, &found); err != nil {
		return Project{}, fmt.Errorf("find project: %w", err)
	}
	if len(found) == 0 {
		return Project{DossierID: dossier}, nil
	}
	return found[0], nil
}

func insertProject(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, project Project) error {
	row := projectRow{TenantID: tenant, Project: project}
	if err := box.Seal(&row.Project); err != nil {
		return fmt.Errorf("seal project: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert project: %w", err)
	}
	return nil
}

// findStep is one step, whichever dossier it is of; its Version is 0 where there is none.
func findStep(ctx context.Context, tx tenantdb.Tx, id ID) (Step, error) {
	var found []Step
	if err := tx.Select().TableExpr("project_steps").Column(stepColumns...).Where("step_id = ?", id).Scan(ctx, &found); err != nil {
		return Step{}, fmt.Errorf("find step: %w", err)
	}
	if len(found) == 0 {
		return Step{}, nil
	}
	return found[0], nil
}

func listSteps(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Step, err error) {
	if err := selectSteps(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	return found, nil
}

func insertStep(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, step Step) error {
	row := stepRow{TenantID: tenant, Step: step}
	if err := box.Seal(&row.Step); err != nil {
		return fmt.Errorf("seal step: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert step: %w", err)
	}
	return nil
}

func updateStep(ctx context.Context, tx tenantdb.Tx, box *keys.Box, step Step) error {
	row := stepRow{Step: step}
	if err := box.Seal(&row.Step); err != nil {
		return fmt.Errorf("seal step: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column(changing...).Where("step_id = ?", step.StepID).Exec(ctx)); err != nil {
		return fmt.Errorf("update step: %w", err)
	}
	return nil
}
