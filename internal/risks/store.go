package risks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// shown bounds how many assessments the page shows.
const shown = 40

// SealedRows says where risks have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "risk_assessments", Holder: "dossier_id", Key: []string{"risk_assessment_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "safety_plans", Holder: "dossier_id", Key: []string{"dossier_id"}, Columns: []string{"particulars"}},
}

// Place says where what is sealed of an assessment stands.
func (a *Assessment) Place() keys.Place {
	return keys.Place{Table: "risk_assessments", Row: a.RiskAssessmentID.String()}
}

// Place says where the sealed plan stands.
func (p *Plan) Place() keys.Place {
	return keys.Place{Table: "safety_plans", Row: p.DossierID.String()}
}

type assessmentRow struct {
	bun.BaseModel `bun:"table:risk_assessments"`
	TenantID      tenantdb.TenantID
	Assessment
}

type planRow struct {
	bun.BaseModel `bun:"table:safety_plans"`
	TenantID      tenantdb.TenantID
	Plan
}

// Brief is what may be said of the last assessment of a kind without opening it.
type Brief struct {
	Kind       Kind
	Level      Level
	ChildScale *int
	AssessedOn time.Time
	ReviewOn   *time.Time
}

// Urgent says that for a child one has to act at once.
func (b Brief) Urgent() bool { return b.ChildScale != nil && *b.ChildScale >= ActFrom }

// Latest asks for the last assessment of each kind, for pages about something else. Nothing of it is sealed.
func Latest(dossier dossiers.ID, into *[]Brief) tenantdb.Question {
	return tenantdb.Many(into, latestOf.With(dossier))
}

var latestOf = tenantdb.Prepare(selectLatest(tenantdb.Select(), tenantdb.Argument(1)))

func selectLatest(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("risk_assessments").DistinctOn("kind").Column("kind", "level", "child_scale", "assessed_on", "review_on").
		Where("dossier_id = ?", dossier).OrderExpr("kind, assessed_on desc, written_at desc, risk_assessment_id")
}

func listLatest(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Brief, err error) {
	if err := selectLatest(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list latest risks: %w", err)
	}
	return found, nil
}

func selectPlan(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("safety_plans").Column("dossier_id", "particulars", "version", "written_by", "written_at").Where("dossier_id = ?", dossier)
}

var (
	assessmentsOf = tenantdb.Prepare(tenantdb.Select().TableExpr("risk_assessments").
			Column("risk_assessment_id", "dossier_id", "kind", "level", "child_scale", "assessed_on", "review_on", "particulars", "written_by", "written_at").
			Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("assessed_on desc, written_at desc, risk_assessment_id").Limit(shown))
	planOf = tenantdb.Prepare(selectPlan(tenantdb.Select(), tenantdb.Argument(1)))
)

// insertAssessment says whether it is new: a form that is sent twice records one.
func insertAssessment(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, assessment Assessment) (bool, error) {
	row := assessmentRow{TenantID: tenant, Assessment: assessment}
	if err := box.Seal(&row.Assessment); err != nil {
		return false, fmt.Errorf("seal risk: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, risk_assessment_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert risk: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// findPlan gives the plan, or none.
func findPlan(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (Plan, error) {
	var found []Plan
	if err := selectPlan(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return Plan{}, fmt.Errorf("find safety plan: %w", err)
	}
	if len(found) == 0 {
		return Plan{DossierID: dossier}, nil
	}
	return found[0], box.Open(&found[0])
}

// writePlan makes the plan or changes it; the dossier is held meanwhile.
func writePlan(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, plan Plan) error {
	row := planRow{TenantID: tenant, Plan: plan}
	if err := box.Seal(&row.Plan); err != nil {
		return fmt.Errorf("seal safety plan: %w", err)
	}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id) do update").Set("particulars = excluded.particulars").
		Set("version = excluded.version").Set("written_by = excluded.written_by").Set("written_at = excluded.written_at").Exec(ctx); err != nil {
		return fmt.Errorf("write safety plan: %w", err)
	}
	return nil
}
