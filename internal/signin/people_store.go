package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

type applicationRow struct {
	bun.BaseModel `bun:"table:applications"`
	TenantID      tenantdb.TenantID
	ApplicationID ApplicationID
	IdentityID    IdentityID
	ConnectionID  ConnectionID
	Subject       string
	Name          string
	Email         string
	Groups        []string `bun:",array"`
	FirstAt       time.Time
	LastAt        time.Time
	// AnnouncedAt is since when a directory has said that the person is to work here.
	AnnouncedAt *time.Time
}

// upsertApplication takes over what the provider says today. What was decided stays decided.
func upsertApplication(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, identity Identity, groups []string, now time.Time) error {
	row := applicationRow{
		TenantID: tenant, ApplicationID: ids.New[Application](), IdentityID: identity.ID, ConnectionID: identity.ConnectionID, Subject: identity.Subject,
		Name: identity.Name, Email: identity.Email, Groups: groups, FirstAt: now, LastAt: now,
	}
	_, err := tx.Insert().Model(&row).On("conflict on constraint applications_are_made_once do update").
		Set("name = excluded.name").Set("email = excluded.email").Set("last_at = excluded.last_at").
		// A directory has told the groups of whomever it announced; a provider that names none at sign-in takes none away.
		Set("groups = case when application_row.announced_at is not null and excluded.groups = '{}' then application_row.groups else excluded.groups end").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert application: %w", err)
	}
	return nil
}

// touchMembership notes that somebody has signed in at a workplace.
func touchMembership(ctx context.Context, tx tenantdb.Tx, at Membership, now time.Time) error {
	query := tx.Update().TableExpr("members").Where("member_id = ?", at.Person)
	if at.AtOffice() {
		query = tx.Update().TableExpr("office_members").Where("office_member_id = ?", at.Person)
	}
	if _, err := query.Set("seen_at = ?", now).Where("tenant_id = ?", at.Tenant).Exec(ctx); err != nil {
		return fmt.Errorf("note a membership: %w", err)
	}
	return nil
}
