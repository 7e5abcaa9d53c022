package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

// Certificate says that the keysets of a dossier and of whatever hangs on it were destroyed. It lies beside the
// tombstones, so that an old backup of the data takes nothing back of it.
type Certificate struct {
	DossierID uuid.UUID
	CodeName  string
	// Reason is the code of the reason.
	Reason   string
	ErasedBy tenantdb.PersonID
	ErasedAt time.Time
	// Keysets is how many were destroyed.
	Keysets int
	// CompleteOn is the first day on which no backup of the keys knows the keysets any more, as long as those are kept no
	// longer than the operator has said.
	CompleteOn time.Time
}

// Erase destroys the keysets of several holders and certifies it, in one transaction. Doing it again, because what came
// after it failed, leaves the certificate as it was.
func (r *Ring) Erase(ctx context.Context, holders []Holder, certificate Certificate) error {
	tenant := tenantdb.ScopeFrom(ctx).Tenant()
	err := r.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		for _, holder := range holders {
			result, err := tx.Delete().TableExpr("keysets").Where("kind = ?", holder.Kind).Where("holder_id = ?", holder.ID).Exec(ctx)
			if err != nil {
				return err
			}
			gone, err := result.RowsAffected()
			if err != nil {
				return err
			}
			certificate.Keysets += int(gone)
			if err := tell(ctx, tx, news{tenant, holder.Kind, holder.ID}); err != nil {
				return err
			}
		}
		return insertCertificate(ctx, tx, tenant, certificate)
	})
	for _, holder := range holders {
		r.forget(news{tenant, holder.Kind, holder.ID})
	}
	if err != nil {
		return fmt.Errorf("erase the keys of dossier %s: %w", certificate.DossierID, err)
	}
	return nil
}

// Certificates lists those of the tenant, the newest first.
func (r *Ring) Certificates(ctx context.Context) (found []Certificate, err error) {
	if err := r.db.Read(ctx, tenantdb.Many(&found, selectCertificates().OrderExpr("erased_at desc, dossier_id").Limit(mostCertificates))); err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	return found, nil
}

// CertificateOf finds the certificate of a dossier, or fault.NotFound.
func (r *Ring) CertificateOf(ctx context.Context, dossier uuid.UUID) (found Certificate, err error) {
	if err := r.db.Read(ctx, tenantdb.One(&found, selectCertificates().Where("dossier_id = ?", dossier))); err != nil {
		return Certificate{}, fmt.Errorf("find the certificate of dossier %s: %w", dossier, err)
	}
	return found, nil
}
