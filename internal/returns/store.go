package returns

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// The most that a page shows.
const (
	mostReturns  = 20
	mostContacts = 100
)

// SealedRows says where returns have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "returns", Holder: "dossier_id", Key: []string{"return_id"}, Columns: []string{"details"}},
	{Kind: keys.Dossier, Table: "return_contacts", Holder: "dossier_id", Key: []string{"contact_id"}, Columns: []string{"note"}},
}

// Place says where what is sealed of a return stands.
func (r *Return) Place() keys.Place { return keys.Place{Table: "returns", Row: r.ReturnID.String()} }

// Place says where the sealed note of a contact stands.
func (c *Contact) Place() keys.Place {
	return keys.Place{Table: "return_contacts", Row: c.ContactID.String()}
}

type returnRow struct {
	bun.BaseModel `bun:"table:returns"`
	TenantID      tenantdb.TenantID
	Return
}

type contactRow struct {
	bun.BaseModel `bun:"table:return_contacts"`
	TenantID      tenantdb.TenantID
	Contact
}

var returnColumns = []string{
	"return_id", "dossier_id", "considered_on", "programme", "planned_on", "decided_on", "abandoned_on", "departed_on", "concluded_on",
	"version", "details",
}

// changing are the columns of a return that change.
var changing = []string{
	"considered_on", "programme", "planned_on", "decided_on", "abandoned_on", "departed_on", "concluded_on", "version", "details",
}

// selectReturns lists the one that is under way first, and then the newest.
func selectReturns(query *bun.SelectQuery, dossier any) *bun.SelectQuery {
	return query.TableExpr("returns").Column(returnColumns...).Where("dossier_id = ?", dossier).
		OrderExpr("coalesce(abandoned_on, concluded_on) desc nulls first, return_id").Limit(mostReturns)
}

var (
	returnsStatement  = tenantdb.Prepare(selectReturns(tenantdb.Select(), tenantdb.Argument(1)))
	contactsStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("return_contacts").
				Column("contact_id", "dossier_id", "return_id", "contacted_on", "channel", "note").
				Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("contacted_on desc, contact_id").Limit(mostContacts))
	briefStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("returns").
			Column("considered_on", "planned_on", "decided_on", "departed_on").Where("dossier_id = ?", tenantdb.Argument(1)).
			Where("abandoned_on is null").Where("concluded_on is null"))
)

// UnderWay asks for the return of a dossier that is neither abandoned nor concluded, in days alone; there is at most one.
func UnderWay(dossier dossiers.ID, into *[]Brief) tenantdb.Question {
	return tenantdb.Many(into, briefStatement.With(dossier))
}

func listReturns(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (found []Return, err error) {
	if err := selectReturns(tx.Select(), dossier).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("list returns: %w", err)
	}
	return found, nil
}

// insertReturn says whether it was new. The identifier can be that of another dossier's, which is then left alone.
func insertReturn(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, r Return) (bool, error) {
	row := returnRow{TenantID: tenant, Return: r}
	if err := box.Seal(&row.Return); err != nil {
		return false, fmt.Errorf("seal return: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, return_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert return: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateReturn(ctx context.Context, tx tenantdb.Tx, box *keys.Box, r Return) error {
	row := returnRow{Return: r}
	if err := box.Seal(&row.Return); err != nil {
		return fmt.Errorf("seal return: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column(changing...).Where("return_id = ?", r.ReturnID).Exec(ctx)); err != nil {
		return fmt.Errorf("update return: %w", err)
	}
	return nil
}

// insertContact says whether it was new: the same form sent twice notes it once.
func insertContact(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, box *keys.Box, c Contact) (bool, error) {
	row := contactRow{TenantID: tenant, Contact: c}
	if err := box.Seal(&row.Contact); err != nil {
		return false, fmt.Errorf("seal contact: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, contact_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert contact: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
