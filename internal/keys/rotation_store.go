package keys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// tenantEntry is a tenant's keyset as a rotation sees it. Rested says whether it has not been changed for some time.
type tenantEntry struct {
	TenantID  tenantdb.TenantID
	Wrapped   []byte
	CreatedAt time.Time
	ChangedAt time.Time
	Rested    bool
}

type holderEntry struct {
	HolderID  uuid.UUID
	Wrapped   []byte
	ChangedAt time.Time
	Rested    bool
}

const (
	// page is how many keysets are read at once.
	page  = 500
	since = "changed_at <= now() - make_interval(secs => ?) as rested"
)

// asStaff is the scope in which keysets and rows of a tenant are changed; of what people have typed and not handed in,
// only person's exist in it.
func asStaff(ctx context.Context, tenant tenantdb.TenantID, person uuid.UUID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Staff(tenant, ids.From[tenantdb.Person](person)).Throughout())
}

// asKind is the scope in which the keysets of a kind are found and changed.
func asKind(ctx context.Context, tenant tenantdb.TenantID, kind Kind) context.Context {
	switch kind {
	case Journal:
		return tenantdb.WithScope(ctx, tenantdb.Sequencer(tenant))
	case Connection:
		return tenantdb.WithScope(ctx, tenantdb.SignInOf(tenant))
	}
	return asStaff(ctx, tenant, uuid.Nil)
}

// asHolder is the scope in which the rows of a holder are found.
func asHolder(ctx context.Context, tenant tenantdb.TenantID, holder Holder) context.Context {
	switch holder.Kind {
	case Person:
		return asStaff(ctx, tenant, holder.ID)
	case Connection:
		return tenantdb.WithScope(ctx, tenantdb.SignInOf(tenant))
	}
	return asStaff(ctx, tenant, uuid.Nil)
}

func listTenants(ctx context.Context, db *tenantdb.DB, rested time.Duration) (tenants []tenantEntry, err error) {
	err = db.Read(tenantdb.WithScope(ctx, tenantdb.Rotation()), tenantdb.Many(&tenants, tenantdb.Select().TableExpr("tenant_keysets").
		Column("tenant_id", "wrapped", "created_at", "changed_at").ColumnExpr(since, rested.Seconds()).Order("tenant_id")))
	if err != nil {
		return nil, fmt.Errorf("list the keysets of tenants: %w", err)
	}
	return tenants, nil
}

type slug struct{ Slug string }

// findSlug is what people call a tenant; its identifier where the data does not know it.
func findSlug(ctx context.Context, data *tenantdb.DB, tenant tenantdb.TenantID) (string, error) {
	var found []slug
	err := data.Read(asStaff(ctx, tenant, uuid.Nil), tenantdb.Many(&found, tenantdb.OfTenant(tenantdb.Select().TableExpr("tenants").Column("slug"))))
	if err != nil {
		return "", fmt.Errorf("find the name of a tenant: %w", err)
	}
	if len(found) == 0 {
		return tenant.String(), nil
	}
	return found[0].Slug, nil
}

func findTenantEntry(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID) (tenantEntry, error) {
	var found tenantEntry
	err := db.Read(asStaff(ctx, tenant, uuid.Nil), tenantdb.One(&found, tenantdb.OfTenant(tenantdb.Select().TableExpr("tenant_keysets").
		Column("tenant_id", "wrapped", "created_at", "changed_at").ColumnExpr("false as rested"))))
	if err != nil {
		return found, fmt.Errorf("find the keyset of a tenant: %w", err)
	}
	return found, nil
}

func countHolders(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID, kind Kind) (int, error) {
	var found struct{ Holders int }
	err := db.Read(asKind(ctx, tenant, kind), tenantdb.One(&found, tenantdb.Select().TableExpr("keysets").ColumnExpr("count(*) as holders").Where("kind = ?", string(kind))))
	if err != nil {
		return 0, fmt.Errorf("count keysets: %w", err)
	}
	return found.Holders, nil
}

// listHolders gives the next keysets of a kind after a holder.
func listHolders(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID, kind Kind, after uuid.UUID, rested time.Duration) (holders []holderEntry, err error) {
	err = db.Read(asKind(ctx, tenant, kind), tenantdb.Many(&holders, tenantdb.Select().TableExpr("keysets").
		Column("holder_id", "wrapped", "changed_at").ColumnExpr(since, rested.Seconds()).
		Where("kind = ?", string(kind)).Where("holder_id > ?", after).Order("holder_id").Limit(page)))
	if err != nil {
		return nil, fmt.Errorf("list keysets: %w", err)
	}
	return holders, nil
}

// findHolderEntry gives fault.NotFound for one that was destroyed meanwhile.
func findHolderEntry(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID, holder Holder) (holderEntry, error) {
	var found holderEntry
	err := db.Read(asKind(ctx, tenant, holder.Kind), tenantdb.One(&found, tenantdb.Select().TableExpr("keysets").
		Column("holder_id", "wrapped", "changed_at").ColumnExpr("false as rested").Where("kind = ?", string(holder.Kind)).Where("holder_id = ?", holder.ID)))
	if err != nil {
		return found, fmt.Errorf("find the keyset of %s %s: %w", holder.Kind, holder.ID, err)
	}
	return found, nil
}

// updateTenant puts one wrapped keyset in the place of another, and tells every process. It says false where the other is
// no longer there.
func updateTenant(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID, from, to []byte) (bool, error) {
	return exchanged(db.Write(asStaff(ctx, tenant, uuid.Nil), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := tenantdb.Affected(tx.Update().TableExpr("tenant_keysets").Set("wrapped = ?", to).Where("wrapped = ?", from).Exec(ctx)); err != nil {
			return err
		}
		return tell(ctx, tx, news{Tenant: tenant})
	}))
}

// updateHolder is updateTenant for the keyset of a holder.
func updateHolder(ctx context.Context, db *tenantdb.DB, tenant tenantdb.TenantID, holder Holder, from, to []byte) (bool, error) {
	return exchanged(db.Write(asKind(ctx, tenant, holder.Kind), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := tenantdb.Affected(tx.Update().TableExpr("keysets").Set("wrapped = ?", to).
			Where("kind = ?", string(holder.Kind)).Where("holder_id = ?", holder.ID).Where("wrapped = ?", from).Exec(ctx)); err != nil {
			return err
		}
		return tell(ctx, tx, news{tenant, holder.Kind, holder.ID})
	}))
}

// exchanged is false where what was to be exchanged had changed meanwhile, or was being changed: it is looked at again.
func exchanged(err error) (bool, error) {
	if err != nil && (tenantdb.Busy(err) || errors.Is(err, fault.NotFound())) {
		return false, nil
	}
	return err == nil, err
}

// sealedRow is one value of a row, as it lies in the database.
type sealedRow struct {
	Row    string
	Sealed []byte
}

// batch is how many values are read at once.
const batch = 200

func names(columns []string) any {
	quoted := make([]bun.Ident, len(columns))
	for i, column := range columns {
		quoted[i] = bun.Ident(column)
	}
	return bun.List(quoted)
}

// listStale gives values of a holder that are sealed under another key than the one of the prefix.
func (r Rows) listStale(ctx context.Context, data *tenantdb.DB, holder uuid.UUID, column string, prefix []byte) (stale []sealedRow, err error) {
	name := bun.Ident(column)
	err = data.Read(ctx, tenantdb.Many(&stale, tenantdb.Select().TableExpr("?", bun.Ident(r.Table)).
		ColumnExpr("concat_ws(' ', ?) as row", names(r.Key)).ColumnExpr("? as sealed", name).
		Where("? = ?", bun.Ident(r.Holder), holder).Where("substring(? from 1 for 5) <> ?", name, prefix).
		OrderExpr("concat_ws(' ', ?)", names(r.Key)).Limit(batch)))
	if err != nil {
		return nil, fmt.Errorf("list what is sealed in %s: %w", r.Table, err)
	}
	return stale, nil
}

// update exchanges one ciphertext for another of the same words, unless it was changed meanwhile.
func (r Rows) update(ctx context.Context, data *tenantdb.DB, holder uuid.UUID, column string, row sealedRow, anew []byte) (bool, error) {
	name := bun.Ident(column)
	return exchanged(data.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return tenantdb.Affected(tx.Update().TableExpr("?", bun.Ident(r.Table)).Set("? = ?", name, anew).
			Where("? = ?", bun.Ident(r.Holder), holder).Where("concat_ws(' ', ?) = ?", names(r.Key), row.Row).Where("? = ?", name, row.Sealed).Exec(ctx))
	}))
}

// tally is how many values of a holder begin with a prefix, which names the key that sealed them.
type tally struct {
	Holder uuid.UUID
	Prefix []byte
	Values int
}

// count counts the values of holders by the key that sealed them, without opening one.
func (r Rows) count(ctx context.Context, data *tenantdb.DB, holders []uuid.UUID, column string) (tallies []tally, err error) {
	name, holder := bun.Ident(column), bun.Ident(r.Holder)
	err = data.Read(ctx, tenantdb.Many(&tallies, tenantdb.Select().TableExpr("?", bun.Ident(r.Table)).
		ColumnExpr("? as holder", holder).ColumnExpr("substring(? from 1 for 5) as prefix", name).ColumnExpr(`count(*) as "values"`).
		Where("? in (?)", holder, bun.List(holders)).Where("? is not null", name).GroupExpr("1, 2")))
	if err != nil {
		return nil, fmt.Errorf("count what is sealed in %s: %w", r.Table, err)
	}
	return tallies, nil
}
