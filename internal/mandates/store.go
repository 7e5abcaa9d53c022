package mandates

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// most is how many mandates a page shows.
const most = 100

func selected(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("mandates").ColumnExpr("mandate_id, tenant_id, asked_by, asked_name, purpose, acts, hours, asked_at, approved_by, approved_at, ends_at, refused_by, refused_at, ended_by, ended_at")
}

// listMandates gives those of a tenant, the newest first, with what was done within them.
func listMandates(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (all []Mandate, err error) {
	if err = selected(tx.Select()).Where("tenant_id = ?", tenant).OrderExpr("asked_at desc, mandate_id").Limit(most).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("list mandates: %w", err)
	}
	var deeds []Deed
	err = tx.Select().TableExpr("mandate_acts").ColumnExpr("mandate_id, act, by_name, about, at").Where("tenant_id = ?", tenant).OrderExpr("at, act_id").Scan(ctx, &deeds)
	if err != nil {
		return nil, fmt.Errorf("list what was done within mandates: %w", err)
	}
	for i := range all {
		for _, deed := range deeds {
			if deed.MandateID == all[i].MandateID {
				all[i].Done = append(all[i].Done, deed)
			}
		}
	}
	return all, nil
}

// listAsked gives the tenants of which something is asked, at the door: in the board's stead, who could answer is told.
func listAsked(ctx context.Context, tx tenantdb.Tx, now time.Time) ([]tenantdb.TenantID, error) {
	var rows []struct{ TenantID tenantdb.TenantID }
	err := tx.Select().TableExpr("mandates").ColumnExpr("distinct tenant_id").Where("approved_at is null").Where("refused_at is null").Where("ended_at is null").
		Where("asked_at > ?", now.Add(-waits)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list mandates that wait: %w", err)
	}
	tenants := make([]tenantdb.TenantID, len(rows))
	for i, row := range rows {
		tenants[i] = row.TenantID
	}
	return tenants, nil
}

func lockMandate(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id ID) (found Mandate, err error) {
	if err = selected(tx.Select()).Where("tenant_id = ?", tenant).Where("mandate_id = ?", id).For("update").Scan(ctx, &found); err != nil {
		return Mandate{}, fmt.Errorf("lock mandate %s: %w", id, tenantdb.Found(err))
	}
	return found, nil
}

// insertMandate says whether it is new.
func insertMandate(ctx context.Context, tx tenantdb.Tx, request Request, by tenantdb.PersonID, name string, now time.Time) (fresh bool, err error) {
	row := struct {
		bun.BaseModel `bun:"table:mandates"`
		TenantID      tenantdb.TenantID
		MandateID     ID
		AskedBy       tenantdb.PersonID
		AskedName     string
		Purpose       string
		Acts          []Act `bun:",array"`
		Hours         int
		AskedAt       time.Time
	}{TenantID: request.TenantID, MandateID: request.MandateID, AskedBy: by, AskedName: name, Purpose: request.Purpose, Acts: request.Acts, Hours: request.Hours, AskedAt: now}
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if tenantdb.Violates(err, "mandates_are_given_by_a_tenant") {
		return false, fault.NotFound()
	}
	if err != nil {
		return false, fmt.Errorf("insert mandate: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// updateAnswer writes down what an administrator of the tenant said.
func updateAnswer(ctx context.Context, tx tenantdb.Tx, m Mandate) error {
	row := struct {
		bun.BaseModel                 `bun:"table:mandates"`
		ApprovedBy                    tenantdb.PersonID
		ApprovedAt, EndsAt, RefusedAt *time.Time
		RefusedBy, EndedBy            tenantdb.PersonID
		EndedAt                       *time.Time
	}{ApprovedBy: m.ApprovedBy, ApprovedAt: m.ApprovedAt, EndsAt: m.EndsAt, RefusedBy: m.RefusedBy, RefusedAt: m.RefusedAt, EndedBy: m.EndedBy, EndedAt: m.EndedAt}
	err := tenantdb.Affected(tx.Update().Model(&row).Column("approved_by", "approved_at", "ends_at", "refused_by", "refused_at", "ended_by", "ended_at").Where("mandate_id = ?", m.MandateID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("answer mandate %s: %w", m.MandateID, err)
	}
	return nil
}

// updateReturned writes down that who asked needs it no longer.
func updateReturned(ctx context.Context, tx tenantdb.Tx, m Mandate) error {
	err := tenantdb.Affected(tx.Update().TableExpr("mandates").Set("ended_at = ?", m.EndedAt).Where("tenant_id = ?", m.TenantID).Where("mandate_id = ?", m.MandateID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("give mandate %s back: %w", m.MandateID, err)
	}
	return nil
}

func insertDeed(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, deed Deed) error {
	row := struct {
		bun.BaseModel `bun:"table:mandate_acts"`
		TenantID      tenantdb.TenantID
		ActID         ids.ID[Deed]
		MandateID     ID
		Act           Act
		ByName        string
		About         string
		At            time.Time
	}{TenantID: tenant, ActID: ids.New[Deed](), MandateID: deed.MandateID, Act: deed.Act, ByName: deed.ByName, About: deed.About, At: deed.At}
	_, err := tx.Insert().Model(&row).Exec(ctx)
	if tenantdb.Violates(err, "mandate_acts_stay_within_it") {
		return fault.Refused("mandates.beyond")
	}
	if err != nil {
		return fmt.Errorf("insert what was done within a mandate: %w", err)
	}
	return nil
}
