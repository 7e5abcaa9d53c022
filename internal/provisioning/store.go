package provisioning

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type provisioningRow struct {
	bun.BaseModel `bun:"table:provisionings"`
	TenantID      tenantdb.TenantID
	ConnectionID  signin.ConnectionID
	SubjectFrom   Source
	SetBy         tenantdb.PersonID
	SetAt         time.Time
}

func upsertSource(ctx context.Context, tx tenantdb.Tx, row provisioningRow) error {
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, connection_id) do update").
		Set("subject_from = excluded.subject_from").Set("set_by = excluded.set_by").Set("set_at = excluded.set_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert provisioning: %w", err)
	}
	return nil
}

func findSource(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID) (source Source, err error) {
	err = tenantdb.OfTenant(tx.Select().TableExpr("provisionings")).Column("subject_from").Where("connection_id = ?", id).Scan(ctx, &source)
	return source, tenantdb.Found(err)
}

type tokenRow struct {
	bun.BaseModel `bun:"table:provisioning_tokens"`
	TenantID      tenantdb.TenantID
	TokenID       TokenID
	ConnectionID  signin.ConnectionID
	TokenHash     []byte
	MadeBy        tenantdb.PersonID
	MadeAt        time.Time
}

// insertToken says whether it was new: the same form sent twice makes one.
func insertToken(ctx context.Context, tx tenantdb.Tx, row tokenRow) (fresh bool, err error) {
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, token_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert token: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func existsToken(ctx context.Context, tx tenantdb.Tx, id TokenID) (bool, error) {
	exists, err := tenantdb.OfTenant(tx.Select().TableExpr("provisioning_tokens")).Where("token_id = ?", id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("find token: %w", err)
	}
	return exists, nil
}

// ageTokens lets the present token go on until a moment, and ends at once the one that goes on already.
func ageTokens(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID, now, until time.Time) error {
	_, err := tx.Update().TableExpr("provisioning_tokens").Set("valid_until = case when valid_until is null then ?::timestamptz else ?::timestamptz end", until, now).
		Where("connection_id = ?", id).Where("valid_until is null or valid_until > ?", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("age tokens: %w", err)
	}
	return nil
}

// endTokens ends all of them, and says how many went on.
func endTokens(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID, now time.Time) (int64, error) {
	result, err := tx.Update().TableExpr("provisioning_tokens").Set("valid_until = ?", now).
		Where("connection_id = ?", id).Where("valid_until is null or valid_until > ?", now).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("end tokens: %w", err)
	}
	return result.RowsAffected()
}

func listTokens(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID, now time.Time) (tokens []Token, err error) {
	err = tenantdb.OfTenant(tx.Select().TableExpr("provisioning_tokens")).Column("token_id", "made_at", "valid_until", "used_at").
		Where("connection_id = ?", id).Where("valid_until is null or valid_until > ?", now).OrderExpr("made_at desc").Limit(2).Scan(ctx, &tokens)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// tokenOf finds whose token has a hash, at the door: where the tenant and the connection are live, and the token is good.
func tokenOf(slug string, hash []byte, now time.Time, into *Known) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("provisioning_tokens as k").
		Join("join tenants as t on t.tenant_id = k.tenant_id").
		Join("join connections as c on c.tenant_id = k.tenant_id and c.connection_id = k.connection_id").
		Join("join provisionings as p on p.tenant_id = k.tenant_id and p.connection_id = k.connection_id").
		ColumnExpr("k.token_id, k.tenant_id, k.connection_id, k.token_hash, k.used_at, c.name, c.issuer, p.subject_from").
		Where("t.slug = ?", slug).Where("t.live_at is not null").Where("t.suspended_at is null").
		Where("c.live_at is not null").Where("c.ended_at is null").
		Where("k.token_hash = ?", hash).Where("k.valid_until is null or k.valid_until > ?", now))
}

func touchToken(ctx context.Context, tx tenantdb.Tx, known Known, now time.Time) error {
	_, err := tx.Update().TableExpr("provisioning_tokens").Set("used_at = ?", now).Where("tenant_id = ?", known.TenantID).Where("token_id = ?", known.TokenID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note the use of a token: %w", err)
	}
	return nil
}

type actRow struct {
	bun.BaseModel `bun:"table:provisioning_acts"`
	TenantID      tenantdb.TenantID
	ActID         ids.ID[Act]
	ConnectionID  signin.ConnectionID
	At            time.Time
	Deed          Deed
	AboutID       *uuid.UUID
	Reason        Reason
}

func insertAct(ctx context.Context, tx tenantdb.Tx, row actRow) error {
	row.ActID = ids.New[Act]()
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert what a directory did: %w", err)
	}
	_, err := tx.Delete().TableExpr("provisioning_acts").Where("connection_id = ?", row.ConnectionID).Where("at < ?", row.At.AddDate(0, 0, -actsKept)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget what a directory did: %w", err)
	}
	return nil
}

// actsKept is for how many days the page tells what came; the journal keeps it.
const (
	actsKept  = 30
	actsShown = 100
)

func listActs(ctx context.Context, tx tenantdb.Tx, id signin.ConnectionID) (acts []Act, err error) {
	err = tenantdb.OfTenant(tx.Select().TableExpr("provisioning_acts as a")).ColumnExpr("a.at, a.deed, a.reason").
		ColumnExpr("coalesce((select p.display_name from provisioned_people as p where p.tenant_id = a.tenant_id and p.person_id = a.about_id), "+
			"(select g.name from provisioned_groups as g where g.tenant_id = a.tenant_id and g.group_id = a.about_id), '') as name").
		Where("a.connection_id = ?", id).OrderExpr("a.at desc, a.act_id").Limit(actsShown).Scan(ctx, &acts)
	if err != nil {
		return nil, fmt.Errorf("list what a directory did: %w", err)
	}
	return acts, nil
}
