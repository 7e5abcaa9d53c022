package journal

import (
	"context"
	"time"

	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with the journal itself.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Unreadable leaves the entry that what is sealed of a holder was changed, or comes from another place. The request that
// met it has failed by then, and its own transaction with it.
func (s *Service) Unreadable(ctx context.Context, holder keys.Holder) error {
	switch holder.Kind {
	case keys.Dossier:
		return s.db.Read(ctx, seen(ctx, Unreadable, dossierSeen, holder.ID))
	case keys.Referral:
		return s.db.Read(ctx, seen(ctx, Unreadable, referralSeen, holder.ID))
	default:
		return nil
	}
}
