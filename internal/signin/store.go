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
