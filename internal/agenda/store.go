package agenda

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/deadlines"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Reported is what one capability reported of a dossier, sealed under its keyset.
type Reported struct {
	DossierID ids.ID[timeline.Dossier]
	Source    Source
	Facts     keys.Sealed[[]deadlines.Fact] `bun:"facts"`
}

// Place says where the sealed facts stand.
func (r *Reported) Place() keys.Place {
	return keys.Place{Table: "facts", Row: r.DossierID.String() + " " + string(r.Source)}
}

// SealedRows says where facts are sealed.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "facts", Holder: "dossier_id", Key: []string{"dossier_id", "source"}, Columns: []string{"facts"}},
}

type factsRow struct {
	bun.BaseModel `bun:"table:facts"`
	TenantID      tenantdb.TenantID
	Reported
}

type agendaRow struct {
	bun.BaseModel `bun:"table:agendas,alias:agenda"`
	TenantID      tenantdb.TenantID
	DossierID     ids.ID[timeline.Dossier]
	Rules         string
	ResponsibleID tenantdb.PersonID
}

type deadlineRow struct {
	bun.BaseModel `bun:"table:deadlines"`
	TenantID      tenantdb.TenantID        `bun:"tenant_id"`
	DossierID     ids.ID[timeline.Dossier] `bun:"dossier_id"`
	Rule          deadlines.RuleID         `bun:"rule"`
	About         string                   `bun:"about"`
	DueOn         time.Time                `bun:"due_on,type:date"`
	ToTheMonth    bool                     `bun:"to_the_month"`
	Presses       bool                     `bun:"presses"`
	SettledOn     *time.Time               `bun:"settled_on,type:date"`
	WarnOn        []time.Time              `bun:"warn_on,array,type:date[]"`
}

// decisionsStatement asks for what the house has decided, each rule's in the order of its decisions.
var decisionsStatement = tenantdb.Prepare(selectDecisions(tenantdb.Select()))

func selectDecisions(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("house_rules").ColumnExpr("rule, coalesce(amount, 0) as amount, half, coalesce(unit, '') as unit, warn, valid_from").OrderExpr("rule, version")
}

func listDecisions(ctx context.Context, tx tenantdb.Tx) (found []decision, err error) {
	if err := selectDecisions(tx.Select()).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list the house's rules: %w", err)
	}
	return found, nil
}

// Outdated asks how many of the tenant's dossiers were computed by other rules than those of the digest, and how many there are.
func Outdated(digest string, into *Age) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("agendas").
		ColumnExpr("count(*) as dossiers").ColumnExpr("count(*) filter (where rules <> ?) as outdated", digest))
}

// Age says how many dossiers rest on older rules.
type Age struct{ Dossiers, Outdated int }

// Current is how many rest on the rules that apply.
func (a Age) Current() int { return a.Dossiers - a.Outdated }

// ListOutdated gives some dossiers that were computed by other rules than those of the digest.
func ListOutdated(ctx context.Context, tx tenantdb.Tx, digest string, limit int64) (found []ids.ID[timeline.Dossier], err error) {
	var rows []struct{ DossierID ids.ID[timeline.Dossier] }
	if err := tx.Select().TableExpr("agendas").Column("dossier_id").Where("rules <> ?", digest).OrderExpr("dossier_id").Limit(limit).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list dossiers of older rules: %w", err)
	}
	for _, row := range rows {
		found = append(found, row.DossierID)
	}
	return found, nil
}

// OfDossier asks for what has been reported of a dossier; Of gives the deadlines.
func OfDossier(dossier ids.ID[timeline.Dossier], into *[]Reported) tenantdb.Question {
	return tenantdb.Many(into, ofDossier.With(dossier))
}

var ofDossier = tenantdb.Prepare(selectFacts(tenantdb.Select(), tenantdb.Argument(1)))

func selectFacts(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("facts").Column("dossier_id", "source", "facts").Where("dossier_id = ?", dossier).OrderExpr("source")
}

func listFacts(ctx context.Context, tx tenantdb.Tx, dossier ids.ID[timeline.Dossier]) (found []Reported, err error) {
	if err := selectFacts(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list facts: %w", err)
	}
	return found, nil
}

// lockAgenda makes the agenda where there is none, and keeps everybody else from computing it. It gives the time by the
// clock that jobs are done by.
func lockAgenda(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, dossier ids.ID[timeline.Dossier], rules string) (at time.Time, err error) {
	row := agendaRow{TenantID: tenant, DossierID: dossier, Rules: rules}
	if err := tx.Insert().Model(&row).Value("responsible_id", "(select responsible_id from dossiers where dossier_id = ?)", dossier).
		On("conflict (tenant_id, dossier_id) do update").Set("rules = excluded.rules").Set("computed_at = now()").
		Returning("computed_at").Scan(ctx, &at); err != nil {
		return time.Time{}, fmt.Errorf("lock agenda: %w", err)
	}
	return at, nil
}

func replaceFacts(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, dossier ids.ID[timeline.Dossier], source Source, facts []deadlines.Fact) error {
	if len(facts) == 0 {
		if _, err := tx.Delete().TableExpr("facts").Where("dossier_id = ?", dossier).Where("source = ?", source).Exec(ctx); err != nil {
			return fmt.Errorf("delete facts of %s: %w", source, err)
		}
		return nil
	}
	row := factsRow{TenantID: tenant, Reported: Reported{dossier, source, keys.Of(facts)}}
	if err := box.Seal(&row.Reported); err != nil {
		return fmt.Errorf("seal facts of %s: %w", source, err)
	}
	if _, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id, source) do update").Set("facts = excluded.facts").Exec(ctx); err != nil {
		return fmt.Errorf("write facts of %s: %w", source, err)
	}
	return nil
}

func insertDeadlines(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, lines []Line) error {
	if len(lines) == 0 {
		return nil
	}
	rows := make([]deadlineRow, len(lines))
	for i, line := range lines {
		rows[i] = deadlineRow{
			TenantID: tenant, DossierID: line.DossierID, Rule: line.Rule, About: line.About, DueOn: line.DueOn, ToTheMonth: line.ToTheMonth,
			Presses: line.Presses, SettledOn: line.SettledOn, WarnOn: append([]time.Time{}, line.WarnOn...),
		}
	}
	if _, err := tx.Insert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("insert deadlines: %w", err)
	}
	return nil
}

func deleteDeadlines(ctx context.Context, tx tenantdb.Tx, dossier ids.ID[timeline.Dossier]) error {
	if _, err := tx.Delete().TableExpr("deadlines").Where("dossier_id = ?", dossier).Exec(ctx); err != nil {
		return fmt.Errorf("delete deadlines: %w", err)
	}
	return nil
}
