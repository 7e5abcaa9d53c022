package platform

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/fault"
	"passerelle/internal/retention"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// insertTenant says whether the tenant was not there yet.
func insertTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, plan Plan) (bool, error) {
	row := struct {
		bun.BaseModel      `bun:"table:tenants"`
		TenantID           tenantdb.TenantID
		Slug, Name, Canton string
		Languages          []string `bun:",array"`
		Regime             string
	}{TenantID: id, Slug: plan.Tenant.Slug, Name: plan.Tenant.Name, Canton: plan.Tenant.Canton, Languages: []string{}, Regime: string(plan.Tenant.Regime)}
	for _, language := range plan.Tenant.Languages {
		row.Languages = append(row.Languages, string(language))
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert tenant: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func insertConnection(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id signin.ConnectionID, plan Plan, secret string) error {
	row := struct {
		bun.BaseModel                  `bun:"table:connections"`
		ConnectionID                   signin.ConnectionID
		TenantID                       tenantdb.TenantID
		Slug, Name, Kind               string
		Issuer, ClientID, ClientSecret string
		EmailDomains, Scopes           []string `bun:",array"`
	}{
		ConnectionID: id, TenantID: tenant, Slug: plan.Connection.Slug, Name: plan.Connection.Name, Kind: string(signin.KindStaff),
		Issuer: plan.Connection.Issuer, ClientID: plan.Connection.ClientID, ClientSecret: secret, EmailDomains: append([]string{}, plan.Connection.EmailDomains...), Scopes: plan.Connection.scopes,
	}
	if len(row.Scopes) == 0 {
		row.Scopes = usualScopes
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert connection: %w", err)
	}
	return nil
}

func insertAdministrator(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, connection signin.ConnectionID, id tenantdb.PersonID, administrator Administrator) error {
	row := struct {
		bun.BaseModel     `bun:"table:members"`
		TenantID          tenantdb.TenantID
		MemberID          tenantdb.PersonID
		Name, Email, Role string
		ConnectionID      signin.ConnectionID
		ExpectedSubject   *string
	}{TenantID: tenant, MemberID: id, Name: administrator.Name, Email: administrator.Email, Role: "admin", ConnectionID: connection}
	if administrator.Subject != "" {
		row.ExpectedSubject = &administrator.Subject
	}
	// Nothing comes back: what was written is none of ours to read.
	if _, err := tx.Insert().Model(&row).Returning("").Exec(ctx); err != nil {
		return fmt.Errorf("insert an administrator: %w", err)
	}
	return nil
}

func insertCode(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, member tenantdb.PersonID, name string, hash []byte, until time.Time) error {
	row := struct {
		bun.BaseModel `bun:"table:admin_codes"`
		TenantID      tenantdb.TenantID
		MemberID      tenantdb.PersonID
		Name          string
		CodeHash      []byte
		ExpiresAt     time.Time
	}{TenantID: tenant, MemberID: member, Name: name, CodeHash: hash, ExpiresAt: until}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert a code: %w", err)
	}
	return nil
}

func selectTenants(tx tenantdb.Tx) *bun.SelectQuery {
	return tx.Select().TableExpr("tenants as t").Join("left join tenant_removals as r on r.tenant_id = t.tenant_id and r.withdrawn_at is null").
		ColumnExpr("r.due_at as removal_due_at, coalesce(r.reason, '') as removal_reason").
		ColumnExpr("t.tenant_id, t.slug, t.name, t.canton, t.languages, t.regime, t.created_at, t.live_at, t.suspended_at, t.suspended_for, t.confirmed_steps, t.blueprint_hash, t.blueprint_at").
		ColumnExpr("(select count(*) from connections as c where c.tenant_id = t.tenant_id and c.issuer <> '') as connections").
		ColumnExpr("(select count(*) from members as m where m.tenant_id = t.tenant_id and m.ended_at is null) as administrators").
		ColumnExpr("(select count(distinct m.identity_id) from members as m where m.tenant_id = t.tenant_id and m.ended_at is null) as arrived")
}

// usualScopes are asked of a provider where nothing else was said.
var usualScopes = []string{"openid", "profile", "email"}

func updateTenant(ctx context.Context, tx tenantdb.Tx, t Tenant) error {
	row := struct {
		bun.BaseModel             `bun:"table:tenants"`
		Name, Canton, Regime      string
		Languages, ConfirmedSteps []string `bun:",array"`
		BlueprintHash             string
		BlueprintAt               *time.Time
	}{Name: t.Name, Canton: t.Canton, Regime: string(t.Regime), Languages: []string{}, ConfirmedSteps: []string{}, BlueprintHash: t.BlueprintHash, BlueprintAt: t.BlueprintAt}
	for _, language := range t.Languages {
		row.Languages = append(row.Languages, string(language))
	}
	for _, step := range t.ConfirmedSteps {
		row.ConfirmedSteps = append(row.ConfirmedSteps, string(step))
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Where("tenant_id = ?", t.TenantID).Exec(ctx)); err != nil {
		return fmt.Errorf("set up tenant: %w", err)
	}
	return nil
}

// findFile gives a tenant with its way to sign in and its first administrators.
func findFile(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID) (file File, err error) {
	all, err := listTenants(ctx, tx)
	if err != nil {
		return File{}, err
	}
	at := slices.IndexFunc(all, func(t Tenant) bool { return t.TenantID == id })
	if at < 0 {
		return File{}, fault.NotFound()
	}
	file.Tenant = all[at]
	if file.Kept, err = retention.Find(ctx, tx, id); err != nil {
		return File{}, err
	}
	var ways []Way
	err = tx.Select().TableExpr("connections").Column("connection_id", "slug", "name", "issuer", "client_id", "scopes", "email_domains", "has_secret").
		Where("tenant_id = ?", id).Where("issuer <> ''").OrderExpr("slug").Limit(1).Scan(ctx, &ways)
	if err != nil {
		return File{}, fmt.Errorf("find how people sign in: %w", err)
	}
	if len(ways) > 0 {
		file.Way = &ways[0]
	}
	err = tx.Select().TableExpr("admin_codes").Column("member_id", "name", "expires_at", "used_at").Where("tenant_id = ?", id).OrderExpr("name, member_id").Scan(ctx, &file.First)
	if err != nil {
		return File{}, fmt.Errorf("list first administrators: %w", err)
	}
	return file, nil
}

func updateConnection(ctx context.Context, tx tenantdb.Tx, way Way, provider Provider) error {
	row := struct {
		bun.BaseModel                  `bun:"table:connections"`
		Issuer, ClientID, ClientSecret string
		Scopes, EmailDomains           []string `bun:",array"`
	}{Issuer: provider.Issuer, ClientID: provider.ClientID, ClientSecret: provider.Secret, Scopes: provider.Scopes, EmailDomains: provider.EmailDomains}
	update := tx.Update().Model(&row).Column("issuer", "client_id", "scopes", "email_domains").Where("connection_id = ?", way.ConnectionID)
	if provider.Secret != "" {
		update = update.Column("client_secret")
	}
	if err := tenantdb.Affected(update.Exec(ctx)); err != nil {
		return fmt.Errorf("set up connection: %w", err)
	}
	return nil
}

// listOthers gives how people of everybody else sign in.
func listOthers(ctx context.Context, tx tenantdb.Tx, but tenantdb.TenantID) (others []Way, err error) {
	err = tx.Select().TableExpr("connections").Column("slug", "issuer", "email_domains").Where("tenant_id is distinct from ?", but).Where("issuer <> ''").OrderExpr("issuer").Scan(ctx, &others)
	if err != nil {
		return nil, fmt.Errorf("list other connections: %w", err)
	}
	return others, nil
}

func updateCode(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, member tenantdb.PersonID, hash []byte, until time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("admin_codes").Set("code_hash = ?", hash).Set("expires_at = ?", until).
		Where("tenant_id = ?", tenant).Where("member_id = ?", member).Where("used_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("renew a code: %w", err)
	}
	return nil
}

// listTenants gives them all, with how far each is.
func listTenants(ctx context.Context, tx tenantdb.Tx) (tenants []Tenant, err error) {
	if err := selectTenants(tx).OrderExpr("t.slug").Scan(ctx, &tenants); err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return tenants, nil
}

func findTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID) (tenant Tenant, err error) {
	if err := selectTenants(tx).Where("t.tenant_id = ?", id).Scan(ctx, &tenant); err != nil {
		return Tenant{}, fmt.Errorf("find tenant: %w", tenantdb.Found(err))
	}
	return tenant, nil
}

func lockTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID) error {
	if err := tx.Select().TableExpr("tenants").ColumnExpr("tenant_id").Where("tenant_id = ?", id).For("update").Scan(ctx, &id); err != nil {
		return fmt.Errorf("lock tenant: %w", tenantdb.Found(err))
	}
	return nil
}

func suspendTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, reason Reason, now time.Time) error {
	if _, err := tx.Update().TableExpr("tenants").Set("suspended_at = ?", now).Set("suspended_for = ?", reason).Where("tenant_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("suspend tenant: %w", err)
	}
	return nil
}

func resumeTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, now time.Time) error {
	if _, err := tx.Update().TableExpr("tenants").Set("suspended_at = null").Set("suspended_for = ''").Set("resumed_at = ?", now).Where("tenant_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("resume tenant: %w", err)
	}
	return nil
}

func openTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, now time.Time) error {
	if _, err := tx.Update().TableExpr("tenants").Set("live_at = ?", now).Where("tenant_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("let a tenant go live: %w", err)
	}
	return nil
}

// findWayIn gives a tenant's short name and the connection of its own through which its administrators come.
func findWayIn(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID) (slug string, connection signin.ConnectionID, err error) {
	var found struct {
		Slug         string
		ConnectionID signin.ConnectionID
	}
	err = tx.Select().TableExpr("tenants as t").Join("join connections as c on c.tenant_id = t.tenant_id").ColumnExpr("t.slug, c.connection_id").
		Where("t.tenant_id = ?", id).Where("c.issuer <> ''").OrderExpr("c.slug").Limit(1).Scan(ctx, &found)
	if err != nil {
		return "", signin.ConnectionID{}, fmt.Errorf("find how people of tenant %s come in: %w", id, tenantdb.Found(err))
	}
	return found.Slug, found.ConnectionID, nil
}

func correctTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, correction Correction) error {
	row := struct {
		bun.BaseModel `bun:"table:tenants"`
		Name          string
		Languages     []string `bun:",array"`
		Regime        string
	}{Name: correction.Name, Languages: []string{}, Regime: string(correction.Regime)}
	for _, language := range correction.Languages {
		row.Languages = append(row.Languages, string(language))
	}
	if err := tenantdb.Affected(tx.Update().Model(&row).Column("name", "languages", "regime").Where("tenant_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("correct tenant: %w", err)
	}
	return nil
}

func insertRemoval(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, due time.Time, reason Reason) error {
	row := struct {
		bun.BaseModel `bun:"table:tenant_removals"`
		TenantID      tenantdb.TenantID
		DueAt         time.Time
		Reason        Reason
	}{TenantID: id, DueAt: due, Reason: reason}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("plan a removal: %w", err)
	}
	return nil
}

func withdrawRemoval(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID, now time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("tenant_removals").Set("withdrawn_at = ?", now).Where("tenant_id = ?", id).Where("withdrawn_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("withdraw a removal: %w", err)
	}
	return nil
}
