package signin

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// takeCode uses a code up, and gives whom it is for: somebody who has not come yet, at the tenant whose connection vouches for the
// identity, and who is not an administrator there already, since the two first ones are two people.
func takeCode(ctx context.Context, tx tenantdb.Tx, slug string, hash []byte, identity Identity, now time.Time) (tenant tenantdb.TenantID, member tenantdb.PersonID, err error) {
	var row struct {
		TenantID tenantdb.TenantID
		MemberID tenantdb.PersonID
	}
	err = tx.Update().TableExpr("admin_codes as code").TableExpr("tenants as t").TableExpr("members as m").
		Set("used_at = ?", now).
		Where("t.tenant_id = code.tenant_id").Where("m.tenant_id = code.tenant_id").Where("m.member_id = code.member_id").
		Where("t.slug = ?", slug).Where("code.code_hash = ?", hash).Where("code.used_at is null").Where("code.expires_at > ?", now).
		Where("t.suspended_at is null").Where("m.identity_id is null").Where("m.ended_at is null").Where("m.connection_id = ?", identity.ConnectionID).
		Where("not exists (select from members as there where there.tenant_id = code.tenant_id and there.identity_id = ? and there.role = ?)", identity.ID, access.Admin).
		Returning("code.tenant_id, code.member_id").Scan(ctx, &row)
	if err != nil {
		return tenant, member, fmt.Errorf("take code: %w", tenantdb.Found(err))
	}
	return row.TenantID, row.MemberID, nil
}

// bindMember gives a membership to an identity, by whose subject it is known from then on.
func bindMember(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, member tenantdb.PersonID, identity Identity) error {
	_, err := tx.Update().TableExpr("members").Set("identity_id = ?", identity.ID).Set("expected_subject = coalesce(expected_subject, ?)", identity.Subject).
		Where("tenant_id = ?", tenant).Where("member_id = ?", member).Where("identity_id is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("bind a member: %w", err)
	}
	return nil
}

func listPaused(ctx context.Context, tx tenantdb.Tx, id IdentityID) (names []string, err error) {
	err = tx.Select().TableExpr("tenants as t").ColumnExpr("t.name").Where("t.suspended_at is not null").
		Where("exists (select from members as m where m.tenant_id = t.tenant_id and m.identity_id = ? and m.ended_at is null) or "+
			"exists (select from office_members as o where o.tenant_id = t.tenant_id and o.identity_id = ? and o.ended_at is null)", id, id).
		OrderExpr("t.name").Scan(ctx, &names)
	if err != nil {
		return nil, fmt.Errorf("list paused tenants: %w", err)
	}
	return names, nil
}
