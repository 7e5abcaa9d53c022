package members

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/tenantdb"
)

// All asks for everybody who is or was on the staff, by name: dossiers may still be in the name of somebody who left.
func All(into *[]Member) tenantdb.Question {
	return tenantdb.Many(into, staffStatement.With())
}

// Recent is All as it was some seconds ago at most: good enough to show names by, and not to decide by.
func Recent(into *[]Member) tenantdb.Question {
	return tenantdb.Kept(into, staffStatement)
}

var staffStatement = tenantdb.Prepare(staff(tenantdb.Select()))

// List is All within a transaction.
func List(ctx context.Context, tx tenantdb.Tx) ([]Member, error) {
	var all []Member
	if err := staff(tx.Select()).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return all, nil
}

func staff(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("members").Column("member_id", "name", "role").ColumnExpr("case when ended_at <= now() then ended_at end as ended_at")).OrderExpr("name, member_id")
}

// found is a member with the tenant, as the door knows them.
type found struct {
	TenantID           tenantdb.TenantID
	TenantName, Canton string
	Member
}

func ofEmail(slug, email string, into *found) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("members as member").
		ColumnExpr("member.tenant_id, member.member_id, member.name, member.role, member.ended_at, tenant.name as tenant_name, tenant.canton").
		Join("join tenants as tenant on tenant.tenant_id = member.tenant_id").
		Where("tenant.slug = ?", slug).Where("lower(member.email) = lower(?)", email).Where("(member.ended_at is null or member.ended_at > now())").
		OrderExpr("member.joined_at").Limit(1))
}

// NamesOfAdministrators gives the names of those who administer a tenant, or did, within a transaction of whoever shows them.
func NamesOfAdministrators(ctx context.Context, tx tenantdb.Tx) (map[tenantdb.PersonID]string, error) {
	var rows []struct {
		MemberID tenantdb.PersonID
		Name     string
	}
	if err := tenantdb.OfTenant(tx.Select().TableExpr("members")).Column("member_id", "name").Where("role = 'admin'").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("name administrators: %w", err)
	}
	names := map[tenantdb.PersonID]string{}
	for _, row := range rows {
		names[row.MemberID] = row.Name
	}
	return names, nil
}
