package houserules

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/deadlines"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where reasons are sealed.
var SealedRows = []keys.Rows{
	{Kind: keys.Directory, Table: "house_rules", Holder: "tenant_id", Key: []string{"house_rule_id"}, Columns: []string{"words"}},
}

// most is how many decisions the history shows.
const most = 200

func listDecisions(into *[]Decision) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("house_rules as decision").
		Join("join members as member on member.tenant_id = decision.tenant_id and member.member_id = decision.decided_by").
		ColumnExpr("house_rule_id, rule, version, coalesce(amount, 0) as amount, half, coalesce(unit, '') as unit, warn, valid_from, words, decided_at, member.name as by").
		OrderExpr("decided_at desc, house_rule_id").Limit(most))
}

// standing is the last decision on a rule.
type standing struct {
	HouseRuleID ID
	Version     int
}

// lastOn gives the last decision on a rule; the zero one where there is none.
func lastOn(ctx context.Context, tx tenantdb.Tx, rule deadlines.RuleID) (standing, error) {
	var found []standing
	err := tx.Select().TableExpr("house_rules").Column("house_rule_id", "version").Where("rule = ?", rule).OrderExpr("version desc").Limit(1).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return standing{}, err
	}
	return found[0], nil
}

type decisionRow struct {
	bun.BaseModel `bun:"table:house_rules"`
	TenantID      tenantdb.TenantID   `bun:"tenant_id"`
	HouseRuleID   ID                  `bun:"house_rule_id"`
	Rule          deadlines.RuleID    `bun:"rule"`
	Version       int                 `bun:"version"`
	Amount        *int                `bun:"amount"`
	Half          bool                `bun:"half"`
	Unit          *deadlines.Unit     `bun:"unit"`
	Warn          []int               `bun:"warn,array"`
	ValidFrom     time.Time           `bun:"valid_from,type:date"`
	Words         keys.Sealed[string] `bun:"words"`
	DecidedBy     tenantdb.PersonID   `bun:"decided_by"`
	DecidedAt     time.Time           `bun:"decided_at"`
}

// insertDecision says whether nobody else has decided on the rule meanwhile.
func insertDecision(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, by tenantdb.PersonID, d Decision) (bool, error) {
	row := decisionRow{
		TenantID: tenant, HouseRuleID: d.HouseRuleID, Rule: d.Rule, Version: d.Version, Half: d.Half, Warn: append([]int{}, d.Warn...),
		ValidFrom: d.ValidFrom, Words: d.Words, DecidedBy: by, DecidedAt: d.DecidedAt,
	}
	if d.Amount > 0 {
		row.Amount, row.Unit = &d.Amount, &d.Unit
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, rule, version) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert house rule: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
