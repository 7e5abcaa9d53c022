package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

type sessionRow struct {
	bun.BaseModel   `bun:"table:sessions"`
	SessionHash     []byte
	SessionID       SessionID
	IdentityID      IdentityID
	TenantID        tenantdb.TenantID
	MemberID        tenantdb.PersonID
	OfficeMemberID  tenantdb.PersonID
	CSRFToken       string `bun:"csrf_token"`
	CreatedAt       time.Time
	SeenAt          time.Time
	ExpiresAt       time.Time
	FreshAt         time.Time `bun:",nullzero"`
	ConfirmedAt     time.Time `bun:",nullzero"`
	Browser         string
	System          string
	ProviderSession []byte
}

func insertSession(ctx context.Context, tx tenantdb.Tx, s Session) error {
	row := sessionRow{
		SessionHash: s.hash, SessionID: s.ID, IdentityID: s.Identity.ID, TenantID: s.Membership.Tenant, CSRFToken: s.CSRF,
		CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: s.ExpiresAt, FreshAt: s.FreshAt, ConfirmedAt: s.ConfirmedAt,
		Browser: s.Device.Browser, System: s.Device.System, ProviderSession: s.providerSession,
	}
	if s.Membership.AtOffice() {
		row.OfficeMemberID = s.Membership.Person
	} else {
		row.MemberID = s.Membership.Person
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	return nil
}

// findSession gives a session with whom it is of and where that person works, in one question.
func findSession(ctx context.Context, db *tenantdb.DB, hash []byte) (Session, error) {
	var row struct {
		SessionHash     []byte
		SessionID       SessionID
		Browser         string
		System          string
		ProviderSession []byte
		CSRFToken       string `db:"csrf_token"`
		CreatedAt       time.Time
		SeenAt          time.Time
		ExpiresAt       time.Time
		RevokedAt       *time.Time
		FreshAt         *time.Time
		ConfirmedAt     *time.Time
		IdentityID      IdentityID
		ConnectionID    ConnectionID
		Issuer          string
		Subject         string
		DisplayName     string
		DisplayEmail    string
		Workplaces      int
		membershipColumns
	}
	err := db.Read(ctx, tenantdb.One(&row, tenantdb.Select().TableExpr("sessions as s").
		Join("join identities as i using (identity_id)").
		Join("left join tenants as t on t.tenant_id = s.tenant_id").
		Join("left join members as m on m.tenant_id = s.tenant_id and m.member_id = s.member_id").
		Join("left join office_members as o on o.tenant_id = s.tenant_id and o.office_member_id = s.office_member_id").
		Join("left join offices as f on f.tenant_id = o.tenant_id and f.office_id = o.office_id").
		ColumnExpr("s.session_hash, s.session_id, s.browser, s.system, s.provider_session, s.csrf_token, s.created_at, s.seen_at, s.expires_at, s.revoked_at, s.fresh_at, s.confirmed_at").
		ColumnExpr("i.identity_id, i.connection_id, i.issuer, i.subject, i.display_name, i.display_email").
		ColumnExpr("s.tenant_id as tenant, coalesce(t.name, '') as tenant_name, coalesce(t.canton, '') as canton").
		ColumnExpr("coalesce(s.member_id, s.office_member_id) as person, coalesce(m.name, o.name, '') as name").
		ColumnExpr("coalesce(m.role, o.role, '') as role").
		ColumnExpr("o.office_id as office, coalesce(f.name, '') as office_name, coalesce(f.kind, '') as office_kind").
		ColumnExpr("least(m.ended_at, o.ended_at, f.closed_at, t.suspended_at, case when s.created_at < t.resumed_at then t.resumed_at end) as ended_at").
		ColumnExpr("(select count(*) from members as m join tenants as t using (tenant_id) where m.identity_id = s.identity_id and t.suspended_at is null and "+lasts+") + "+
			"(select count(*) from office_members as m join tenants as t using (tenant_id) where m.identity_id = s.identity_id and t.suspended_at is null and "+lasts+") as workplaces").
		Where("s.session_hash = ?", hash)))
	if err != nil {
		return Session{}, fmt.Errorf("find session: %w", err)
	}
	session := Session{
		Identity: Identity{
			ID: row.IdentityID, ConnectionID: row.ConnectionID, Issuer: row.Issuer, Subject: row.Subject,
			Name: row.DisplayName, Email: row.DisplayEmail,
		},
		Membership: row.membership(), Workplaces: row.Workplaces, CSRF: row.CSRFToken,
		CreatedAt: row.CreatedAt, SeenAt: row.SeenAt, ExpiresAt: row.ExpiresAt, ID: row.SessionID,
		Device: Device{row.Browser, row.System}, hash: row.SessionHash, providerSession: row.ProviderSession,
	}
	for at, found := range map[*time.Time]*time.Time{&session.RevokedAt: row.RevokedAt, &session.FreshAt: row.FreshAt, &session.ConfirmedAt: row.ConfirmedAt} {
		if found != nil {
			*at = *found
		}
	}
	return session, nil
}

// findWorkplace is where the session of a hash, which has not been ended, works, if it is an identity's.
func findWorkplace(ctx context.Context, tx tenantdb.Tx, hash []byte, id IdentityID) (person tenantdb.PersonID, err error) {
	var row struct{ Person tenantdb.PersonID }
	err = tx.Select().TableExpr("sessions").ColumnExpr("coalesce(member_id, office_member_id) as person").
		Where("session_hash = ?", hash).Where("identity_id = ?", id).Where("revoked_at is null").Scan(ctx, &row)
	if err != nil {
		return person, fmt.Errorf("find workplace of session: %w", tenantdb.Found(err))
	}
	return row.Person, nil
}

// listAdministrators gives the people who administer a tenant, but one, in no order that says anything.
func listAdministrators(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, but IdentityID) (people []tenantdb.PersonID, err error) {
	var rows []struct{ MemberID tenantdb.PersonID }
	err = tx.Select().TableExpr("members").DistinctOn("identity_id").Column("member_id").
		Where("tenant_id = ?", tenant).Where("role = ?", access.Admin).Where("ended_at is null").
		Where("identity_id <> ?", but).OrderExpr("identity_id, member_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	for _, row := range rows {
		people = append(people, row.MemberID)
	}
	return people, nil
}

// findAddress is the e-mail of a membership that has not ended.
func findAddress(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, person tenantdb.PersonID) (email string, err error) {
	staff := tx.Select().TableExpr("members").Column("email").Where("tenant_id = ?", tenant).Where("member_id = ?", person).Where("ended_at is null")
	office := tx.Select().TableExpr("office_members").Column("email").Where("tenant_id = ?", tenant).Where("office_member_id = ?", person).Where("ended_at is null")
	if err := tenantdb.Found(staff.UnionAll(office).Scan(ctx, &email)); err != nil {
		return "", fmt.Errorf("find address: %w", err)
	}
	return email, nil
}

func touchSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now, before time.Time) error {
	_, err := tx.Update().Model((*sessionRow)(nil)).Set("seen_at = ?", now).
		Where("session_hash = ?", hash).Where("seen_at <= ?", before).Where("revoked_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("update session: %w", err)
	}
	return nil
}

func revokeSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now time.Time) error {
	_, err := tx.Update().Model((*sessionRow)(nil)).Set("revoked_at = ?", now).
		Where("session_hash = ?", hash).Where("revoked_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("update session: %w", err)
	}
	return nil
}

// listOwnSessions gives the sessions of an identity that have neither ended nor run out.
func listOwnSessions(ctx context.Context, tx tenantdb.Tx, id IdentityID, now, seenSince time.Time) ([]OwnSession, error) {
	var rows []struct {
		SessionID  SessionID
		Browser    string
		System     string
		CreatedAt  time.Time
		SeenAt     time.Time
		TenantName string
		OfficeName string
	}
	err := tx.Select().TableExpr("sessions as s").
		Join("left join tenants as t on t.tenant_id = s.tenant_id").
		Join("left join office_members as o on o.tenant_id = s.tenant_id and o.office_member_id = s.office_member_id").
		Join("left join offices as f on f.tenant_id = o.tenant_id and f.office_id = o.office_id").
		ColumnExpr("s.session_id, s.browser, s.system, s.created_at, s.seen_at").
		ColumnExpr("coalesce(t.name, '') as tenant_name, coalesce(f.name, '') as office_name").
		Where("s.identity_id = ?", id).Where("s.revoked_at is null").Where("s.expires_at > ?", now).Where("s.seen_at > ?", seenSince).
		OrderExpr("s.seen_at desc, s.session_id").Limit(mostOwnSessions).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	own := make([]OwnSession, len(rows))
	for i, row := range rows {
		own[i] = OwnSession{ID: row.SessionID, Device: Device{row.Browser, row.System}, Workplace: row.TenantName, CreatedAt: row.CreatedAt, SeenAt: row.SeenAt}
		if row.OfficeName != "" {
			own[i].Workplace, own[i].For = row.OfficeName, row.TenantName
		}
	}
	return own, nil
}

// replaceSession ends a session for another that goes on from it; one that has ended is not found.
func replaceSession(ctx context.Context, tx tenantdb.Tx, hash []byte, now time.Time) error {
	err := tenantdb.Affected(tx.Update().Model((*sessionRow)(nil)).Set("revoked_at = ?", now).
		Where("session_hash = ?", hash).Where("revoked_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("replace session: %w", err)
	}
	return nil
}

func deleteSessionsBefore(ctx context.Context, tx tenantdb.Tx, moment time.Time) error {
	if _, err := tx.Delete().Model((*sessionRow)(nil)).Where("expires_at <= ?", moment).Exec(ctx); err != nil {
		return fmt.Errorf("delete sessions: %w", err)
	}
	return nil
}
