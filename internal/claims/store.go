package claims

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// The most that a page shows.
const (
	mostClaims = 100
	mostPayers = 50
)

// SealedRows says where claims have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "claims", Holder: "dossier_id", Key: []string{"claim_id"}, Columns: []string{"details"}},
	{Kind: keys.Dossier, Table: "payers", Holder: "dossier_id", Key: []string{"payer_id"}, Columns: []string{"note"}},
	{Kind: keys.Dossier, Table: "offences", Holder: "dossier_id", Key: []string{"dossier_id"}, Columns: []string{"offence"}},
}

// Place says where what is sealed of a claim stands.
func (c *Claim) Place() keys.Place { return keys.Place{Table: "claims", Row: c.ClaimID.String()} }

// Place says where the sealed note of a payer stands.
func (p *Payer) Place() keys.Place { return keys.Place{Table: "payers", Row: p.PayerID.String()} }

// Place says where the sealed days of the offence stand.
func (d *Dated) Place() keys.Place { return keys.Place{Table: "offences", Row: d.DossierID.String()} }

type claimRow struct {
	bun.BaseModel `bun:"table:claims"`
	TenantID      tenantdb.TenantID
	Claim
}

type payerRow struct {
	bun.BaseModel `bun:"table:payers"`
	TenantID      tenantdb.TenantID
	Payer
}

type offenceRow struct {
	bun.BaseModel `bun:"table:offences"`
	TenantID      tenantdb.TenantID
	Dated
}

var (
	claimColumns = []string{"claim_id", "dossier_id", "kind", "asked_on", "decided_on", "decision", "granted_until", "version", "details"}
	payerColumns = []string{"payer_id", "dossier_id", "payer", "from_on", "until_on", "version", "note"}
)

func selectClaims(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("claims").Column(claimColumns...).Where("dossier_id = ?", dossier).
		OrderExpr("asked_on desc nulls first, claim_id").Limit(mostClaims)
}

func selectPayers(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("payers").Column(payerColumns...).Where("dossier_id = ?", dossier).OrderExpr("from_on, payer_id").Limit(mostPayers)
}

func selectOffence(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("offences").Column("dossier_id", "version", "offence").Where("dossier_id = ?", dossier)
}

var (
	claimsStatement  = tenantdb.Prepare(selectClaims(tenantdb.Select(), tenantdb.Argument(1)))
	payersStatement  = tenantdb.Prepare(selectPayers(tenantdb.Select(), tenantdb.Argument(1)))
	offenceStatement = tenantdb.Prepare(selectOffence(tenantdb.Select(), tenantdb.Argument(1)))
	payingStatement  = tenantdb.Prepare(tenantdb.Select().TableExpr("payers").Column("payer", "until_on").Where("dossier_id = ?", tenantdb.Argument(1)).
				Where("from_on <= ?::date", tenantdb.Argument(2)).Where("coalesce(until_on, 'infinity') >= ?::date", tenantdb.Argument(2)).OrderExpr("until_on desc nulls first, payer_id").Limit(1))
)

// Paying asks who pays for a dossier's person on a day; of several, who pays longest.
func Paying(dossier dossiers.ID, on time.Time, into *[]Paid) tenantdb.Question {
	return tenantdb.Many(into, payingStatement.With(dossier, on))
}

// findClaim is one claim, whichever dossier it is of; its Version is 0 where there is none.
func findClaim(ctx context.Context, tx tenantdb.Tx, id ID) (Claim, error) {
	var found []Claim
	if err := tx.Select().TableExpr("claims").Column(claimColumns...).Where("claim_id = ?", id).Scan(ctx, &found); err != nil {
		return Claim{}, fmt.Errorf("find claim: %w", err)
	}
	if len(found) == 0 {
		return Claim{}, nil
	}
	return found[0], nil
}

// findPayer is one payer, whichever dossier it is of; its Version is 0 where there is none.
func findPayer(ctx context.Context, tx tenantdb.Tx, id PayerID) (Payer, error) {
	var found []Payer
	if err := tx.Select().TableExpr("payers").Column(payerColumns...).Where("payer_id = ?", id).Scan(ctx, &found); err != nil {
		return Payer{}, fmt.Errorf("find payer: %w", err)
	}
	if len(found) == 0 {
		return Payer{}, nil
	}
	return found[0], nil
}

func listClaims(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Claim, err error) {
	if err := selectClaims(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list claims: %w", err)
	}
	return found, nil
}

// openOffence is what is known of the offence, opened.
func openOffence(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID) (Dated, error) {
	var found []Dated
	if err := selectOffence(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return Dated{}, fmt.Errorf("find offence: %w", err)
	}
	if len(found) == 0 {
		return Dated{DossierID: dossier}, nil
	}
	if err := box.Open(&found[0]); err != nil {
		return Dated{}, fmt.Errorf("open offence: %w", err)
	}
	return found[0], nil
}

func writeOffence(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, dated Dated) error {
	row := offenceRow{TenantID: tenant, Dated: dated}
	if err := box.Seal(&row.Dated); err != nil {
		return fmt.Errorf("seal offence: %w", err)
	}
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, dossier_id) do update").Set("version = excluded.version").Set("offence = excluded.offence").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write offence: %w", err)
	}
	return nil
}

func writeClaim(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, claim Claim) error {
	row := claimRow{TenantID: tenant, Claim: claim}
	if err := box.Seal(&row.Claim); err != nil {
		return fmt.Errorf("seal claim: %w", err)
	}
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, claim_id) do update").Set("kind = excluded.kind").Set("asked_on = excluded.asked_on").
		Set("decided_on = excluded.decided_on").Set("decision = excluded.decision").Set("granted_until = excluded.granted_until").
		Set("version = excluded.version").Set("details = excluded.details").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write claim: %w", err)
	}
	return nil
}

func writePayer(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, payer Payer) error {
	row := payerRow{TenantID: tenant, Payer: payer}
	if err := box.Seal(&row.Payer); err != nil {
		return fmt.Errorf("seal payer: %w", err)
	}
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, payer_id) do update").Set("payer = excluded.payer").Set("from_on = excluded.from_on").
		Set("until_on = excluded.until_on").Set("version = excluded.version").Set("note = excluded.note").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write payer: %w", err)
	}
	return nil
}

// deletePayer says whether there was one.
func deletePayer(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, id PayerID) (bool, error) {
	result, err := tx.Delete().TableExpr("payers").Where("dossier_id = ?", dossier).Where("payer_id = ?", id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete payer: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
