package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

func listConnections(ctx context.Context, tx tenantdb.Tx) (connections []Connection, found []handedIn, err error) {
	var rows []struct {
		bun.BaseModel `bun:"table:connections"`
		ConnectionID  ConnectionID
		TenantID      tenantdb.TenantID
		Slug          string
		Name          string
		Kind          Kind
		Issuer        string
		ClientID      string
		ClientSecret  string
		EmailDomains  []string `bun:",array"`
		SecretID      SecretID
		Scopes        []string `bun:",array"`
		NameClaim     string
		EmailClaim    string
		LiveAt        *time.Time
		EndedAt       *time.Time
	}
	if err := tx.Select().Model(&rows).Order("name", "connection_id").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("list connections: %w", err)
	}
	connections = make([]Connection, len(rows))
	for i, row := range rows {
		connections[i] = Connection{
			ID: row.ConnectionID, TenantID: row.TenantID, Slug: row.Slug, Name: row.Name, Kind: row.Kind,
			Issuer: row.Issuer, ClientID: row.ClientID, EmailDomains: row.EmailDomains,
			SecretID: row.SecretID, Scopes: row.Scopes, NameClaim: row.NameClaim, EmailClaim: row.EmailClaim, Live: row.LiveAt != nil && row.EndedAt == nil,
		}
		if row.ClientSecret != "" {
			found = append(found, handedIn{connections[i], row.ClientSecret})
		}
	}
	return connections, found, nil
}

type attemptRow struct {
	bun.BaseModel `bun:"table:signin_attempts"`
	StateHash     []byte
	ConnectionID  ConnectionID
	BrowserHash   []byte
	Nonce         string
	PKCEVerifier  string `bun:"pkce_verifier"`
	ReturnTo      string
	Fresh         bool
	ExpiresAt     time.Time
	ChangeID      ids.ID[Change]
	ChangeVersion *int
	TriedBy       tenantdb.PersonID
}

func insertAttempt(ctx context.Context, tx tenantdb.Tx, a attempt) error {
	row := attemptRow{
		StateHash: a.stateHash, ConnectionID: a.connectionID, BrowserHash: a.browserHash, Nonce: a.nonce,
		PKCEVerifier: a.pkceVerifier, ReturnTo: a.returnTo, Fresh: a.fresh, ExpiresAt: a.expiresAt,
	}
	if a.trial.under() {
		row.ChangeID, row.ChangeVersion, row.TriedBy = a.trial.Change, &a.trial.Version, a.trial.By
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert attempt: %w", err)
	}
	return nil
}

// deleteAttempt takes the attempt of a state, if it has neither been taken nor expired.
func deleteAttempt(ctx context.Context, tx tenantdb.Tx, stateHash []byte, now time.Time) (attempt, error) {
	var row attemptRow
	err := tx.Delete().Model(&row).Where("state_hash = ?", stateHash).Where("expires_at > ?", now).Returning("*").Scan(ctx)
	if err != nil {
		return attempt{}, fmt.Errorf("delete attempt: %w", tenantdb.Found(err))
	}
	taken := attempt{
		stateHash: row.StateHash, connectionID: row.ConnectionID, browserHash: row.BrowserHash, nonce: row.Nonce,
		pkceVerifier: row.PKCEVerifier, returnTo: row.ReturnTo, fresh: row.Fresh, expiresAt: row.ExpiresAt,
	}
	if row.ChangeVersion != nil {
		taken.trial = Trial{Change: row.ChangeID, Version: *row.ChangeVersion, By: row.TriedBy}
	}
	return taken, nil
}

func deleteAttemptsBefore(ctx context.Context, tx tenantdb.Tx, moment time.Time) error {
	if _, err := tx.Delete().Model((*attemptRow)(nil)).Where("expires_at <= ?", moment).Exec(ctx); err != nil {
		return fmt.Errorf("delete attempts: %w", err)
	}
	return nil
}

type identityRow struct {
	bun.BaseModel `bun:"table:identities"`
	IdentityID    IdentityID
	ConnectionID  ConnectionID
	Issuer        string
	Subject       string
	DisplayName   string
	DisplayEmail  string
	FirstSeenAt   time.Time
}

// upsertIdentity gives the identity of (connection, issuer, subject), and takes over how it is called today.
func upsertIdentity(ctx context.Context, tx tenantdb.Tx, fresh Identity, now time.Time) (Identity, error) {
	row := identityRow{
		IdentityID: fresh.ID, ConnectionID: fresh.ConnectionID, Issuer: fresh.Issuer, Subject: fresh.Subject,
		DisplayName: fresh.Name, DisplayEmail: fresh.Email, FirstSeenAt: now,
	}
	err := tx.Insert().Model(&row).
		On("conflict on constraint identities_are_one_subject_of_one_issuer do update").
		Set("display_name = excluded.display_name").Set("display_email = excluded.display_email").
		Returning("identity_id").Scan(ctx)
	if err != nil {
		return Identity{}, fmt.Errorf("insert identity: %w", err)
	}
	fresh.ID = row.IdentityID
	return fresh, nil
}

// lasts holds for memberships m that have not ended; one may be known to end on a day ahead.
const lasts = "(m.ended_at is null or m.ended_at > now())"

// bindMemberships gives an identity the memberships that wait for its subject at its connection. Staff of an NGO
// come through a staff connection of that NGO, people of offices through an office connection.
func bindMemberships(ctx context.Context, tx tenantdb.Tx, identity Identity) error {
	for table, kind := range map[string]Kind{"members": KindStaff, "office_members": KindOffice} {
		_, err := tx.Update().TableExpr("? as m", bun.Ident(table)).TableExpr("connections as c").
			Set("identity_id = ?", identity.ID).
			Where("m.identity_id is null").Where(lasts).
			Where("m.connection_id = ?", identity.ConnectionID).Where("m.expected_subject = ?", identity.Subject).
			Where("c.connection_id = m.connection_id").Where("c.issuer = ?", identity.Issuer).
			Where("c.kind = ?", kind).Where("c.tenant_id is null or c.tenant_id = m.tenant_id").
			Exec(ctx)
		if err != nil {
			return fmt.Errorf("bind %s: %w", table, err)
		}
	}
	return nil
}

// membershipColumns are what a principal is made of, from members m and office_members o of the same query.
type membershipColumns struct {
	Tenant     tenantdb.TenantID
	TenantName string
	Canton     string
	Person     tenantdb.PersonID
	Name       string
	Role       access.Role
	Office     tenantdb.OfficeID
	OfficeName string
	OfficeKind access.OfficeKind
	EndedAt    *time.Time
}

func (c membershipColumns) membership() Membership {
	m := Membership{Principal: access.Principal{
		Role: c.Role, Tenant: c.Tenant, Person: c.Person, Name: c.Name, TenantName: c.TenantName, Canton: c.Canton,
		Office: c.Office, OfficeName: c.OfficeName, OfficeKind: c.OfficeKind,
	}}
	if c.EndedAt != nil {
		m.EndedAt = *c.EndedAt
	}
	return m
}

// listMemberships gives where an identity may work: NGOs first, then offices, each by name.
func listMemberships(ctx context.Context, tx tenantdb.Tx, id IdentityID) ([]Membership, error) {
	var staff, offices []membershipColumns
	err := tx.Select().TableExpr("members as m").Join("join tenants as t using (tenant_id)").
		ColumnExpr("m.tenant_id as tenant, t.name as tenant_name, t.canton, m.member_id as person, m.name, m.role").
		Where("m.identity_id = ?", id).Where(lasts).
		Where("t.suspended_at is null").Where("t.live_at is not null or m.role = ?", access.Admin).
		OrderExpr("t.name, m.member_id").Scan(ctx, &staff)
	if err != nil {
		return nil, fmt.Errorf("list memberships of staff: %w", err)
	}
	err = tx.Select().TableExpr("office_members as m").Join("join tenants as t using (tenant_id)").
		Join("join offices as f using (tenant_id, office_id)").
		ColumnExpr("m.tenant_id as tenant, t.name as tenant_name, t.canton, m.office_member_id as person, m.name, m.role").
		ColumnExpr("m.office_id as office, f.name as office_name, f.kind as office_kind").
		Where("m.identity_id = ?", id).Where(lasts).Where("f.closed_at is null").
		Where("t.suspended_at is null").Where("t.live_at is not null").
		OrderExpr("t.name, f.name, m.office_member_id").Scan(ctx, &offices)
	if err != nil {
		return nil, fmt.Errorf("list memberships of offices: %w", err)
	}
	memberships := make([]Membership, 0, len(staff)+len(offices))
	for _, columns := range append(staff, offices...) {
		memberships = append(memberships, columns.membership())
	}
	return memberships, nil
}

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
