package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

// Removal says that all keysets of a tenant were destroyed. It lies with the keys, so that no old backup of the data takes it back.
type Removal struct {
	// Slug is what the tenant was called in addresses.
	Slug string
	// Keysets is how many were destroyed.
	Keysets int
	// CompleteOn is the first day on which no backup of the keys knows them any more.
	CompleteOn time.Time
	// Note is the certificate, signed.
	Note      string
	RemovedAt time.Time
}

// asRemoval is the scope in which all keysets of a tenant exist, to be destroyed.
func asRemoval(ctx context.Context, tenant tenantdb.TenantID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.Removal(tenant))
}

// CountAll says how many keysets a tenant has, of whatever kind.
func (r *Ring) CountAll(ctx context.Context, tenant tenantdb.TenantID) (int, error) {
	var found struct{ Keysets int }
	if err := r.db.Read(asRemoval(ctx, tenant), tenantdb.One(&found, tenantdb.Select().TableExpr("keysets").ColumnExpr("count(*) as keysets"))); err != nil {
		return 0, fmt.Errorf("count the keysets of tenant %s: %w", tenant, err)
	}
	return found.Keysets, nil
}

// Remove destroys every keyset of a tenant and keeps the certificate of it, in one transaction. Every process forgets them.
func (r *Ring) Remove(ctx context.Context, tenant tenantdb.TenantID, removal Removal) error {
	err := r.db.Write(asRemoval(ctx, tenant), func(ctx context.Context, tx tenantdb.Tx) error {
		var gone []holderOf
		if err := tx.Delete().TableExpr("keysets").Where("true").Returning("kind, holder_id").Scan(ctx, &gone); err != nil {
			return err
		}
		for _, holder := range gone {
			if err := tell(ctx, tx, news{tenant, holder.Kind, holder.HolderID}); err != nil {
				return err
			}
		}
		_, err := tx.Insert().Model(&removalRow{TenantID: tenant, Slug: removal.Slug, Keysets: len(gone), CompleteOn: removal.CompleteOn, Note: removal.Note}).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("destroy the keys of tenant %s: %w", tenant, err)
	}
	r.forget(news{Tenant: tenant})
	return nil
}

// holderOf is whom a keyset belonged to.
type holderOf struct {
	Kind     Kind
	HolderID uuid.UUID
}

// RemovalOf finds the certificate of a tenant that has left, or fault.NotFound.
func (r *Ring) RemovalOf(ctx context.Context, tenant tenantdb.TenantID) (found Removal, err error) {
	err = r.db.Read(asRemoval(ctx, tenant), tenantdb.One(&found, tenantdb.OfTenant(tenantdb.Select().TableExpr("removals").
		Column("slug", "keysets", "complete_on", "note", "removed_at"))))
	if err != nil {
		return Removal{}, fmt.Errorf("find the certificate of tenant %s: %w", tenant, err)
	}
	return found, nil
}

// Remains are what the keys remember of what was destroyed.
type Remains struct {
	Tombstones   []Tombstone
	Certificates []Certificate
}

// Tombstone says that a keyset was destroyed, and when.
type Tombstone struct {
	Kind        Kind
	HolderID    uuid.UUID
	DestroyedAt time.Time
}

// Remains gives those of a tenant.
func (r *Ring) Remains(ctx context.Context, tenant tenantdb.TenantID) (found Remains, err error) {
	err = r.db.Read(asStaff(ctx, tenant, uuid.Nil),
		tenantdb.Many(&found.Tombstones, tenantdb.Select().TableExpr("tombstones").Column("kind", "holder_id", "destroyed_at").Order("kind", "holder_id")),
		tenantdb.Many(&found.Certificates, selectCertificates().Order("dossier_id")))
	if err != nil {
		return Remains{}, fmt.Errorf("read what was destroyed of tenant %s: %w", tenant, err)
	}
	return found, nil
}

// BringRemains writes them down where a tenant comes to: what was destroyed stays so. What is there already stays as it is.
func (r *Ring) BringRemains(ctx context.Context, tenant tenantdb.TenantID, remains Remains) error {
	err := r.db.Write(asStaff(ctx, tenant, uuid.Nil), func(ctx context.Context, tx tenantdb.Tx) error {
		for _, t := range remains.Tombstones {
			if _, err := tx.Insert().Model(&tombstoneRow{TenantID: tenant, Tombstone: t}).On("conflict do nothing").Exec(ctx); err != nil {
				return err
			}
		}
		for _, c := range remains.Certificates {
			row := certificateRow{TenantID: tenant, DossierID: c.DossierID, CodeName: c.CodeName, Reason: c.Reason, ErasedBy: c.ErasedBy, Keysets: c.Keysets, CompleteOn: c.CompleteOn}
			if _, err := tx.Insert().Model(&broughtCertificateRow{certificateRow: row, ErasedAt: c.ErasedAt}).ModelTableExpr("certificates").On("conflict do nothing").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what was destroyed of tenant %s: %w", tenant, err)
	}
	return nil
}
