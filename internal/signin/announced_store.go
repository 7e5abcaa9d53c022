package signin

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

func announceApplication(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, identity Identity, now time.Time) error {
	row := applicationRow{
		TenantID: tenant, ApplicationID: ids.New[Application](), IdentityID: identity.ID, ConnectionID: identity.ConnectionID, Subject: identity.Subject,
		Name: identity.Name, Email: identity.Email, Groups: []string{}, FirstAt: now, LastAt: now, AnnouncedAt: &now,
	}
	_, err := tx.Insert().Model(&row).On("conflict on constraint applications_are_made_once do update").
		Set("name = excluded.name").Set("email = excluded.email").Set("announced_at = coalesce(application_row.announced_at, excluded.announced_at)").
		Set("accepted_at = null").Set("answered_by = case when application_row.refused_at is null then null else application_row.answered_by end").Exec(ctx)
	if err != nil {
		return fmt.Errorf("announce application: %w", err)
	}
	return nil
}

func deleteAnnounced(ctx context.Context, tx tenantdb.Tx, connection ConnectionID, subject string) error {
	_, err := tx.Delete().TableExpr("applications").Where("connection_id = ?", connection).Where("subject = ?", subject).
		Where("announced_at is not null").Where("accepted_at is null").Where("refused_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete application: %w", err)
	}
	return nil
}
