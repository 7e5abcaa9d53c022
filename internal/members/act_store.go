package members

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

type actRow struct {
	bun.BaseModel `bun:"table:member_acts"`
	TenantID      tenantdb.TenantID
	ActID         ids.ID[Act]
	At            time.Time
	ByID          tenantdb.PersonID
	ByName        string
	ByRole        access.Role
	Deed          Deed
	AboutID       uuid.UUID
	AboutName     string
	Role          access.Role
	OfficeID      tenantdb.OfficeID
	Detail        string
}

func insertAct(ctx context.Context, tx tenantdb.Tx, by access.Principal, a about, now time.Time) error {
	row := actRow{
		TenantID: by.Tenant, ActID: ids.New[Act](), At: now, ByID: by.Person, ByName: by.Name, ByRole: by.Role,
		Deed: a.deed, AboutID: a.id, AboutName: a.name, Role: a.role, OfficeID: a.office, Detail: a.detail,
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert act: %w", err)
	}
	return nil
}

// listActs gives acts, the newest first: those about somebody, where one is named, and those before one, where one is.
func listActs(ctx context.Context, tx tenantdb.Tx, person tenantdb.PersonID, before ids.ID[Act]) (acts []Act, err error) {
	query := tx.Select().TableExpr("member_acts as a").ColumnExpr("a.act_id, a.at, a.by_name, a.by_role, a.deed, a.about_id, a.about_name, a.role, a.detail").
		ColumnExpr("coalesce((select o.name from offices as o where o.tenant_id = a.tenant_id and o.office_id = a.office_id), '') as office_name")
	if !person.Zero() {
		query = query.Where("a.about_id = ?", person)
	}
	if !before.Zero() {
		query = query.Where("(a.at, a.act_id) < (select b.at, b.act_id from member_acts as b where b.act_id = ?)", before)
	}
	if err = query.OrderExpr("a.at desc, a.act_id desc").Limit(ActsShown+1).Scan(ctx, &acts); err != nil {
		return nil, fmt.Errorf("list acts: %w", err)
	}
	return acts, nil
}
