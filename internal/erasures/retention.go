package erasures

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// Kept is how long the NGO keeps closed dossiers, and those that it has kept for long enough.
type Kept struct {
	retention.Schedule
	// Over are those whose retention is over, the oldest closing first, MostOver at most; More says that there are others.
	Over []Over
	More bool
}

// Over is a closed dossier that need not be kept any longer.
type Over struct {
	DossierID dossiers.ID
	CodeName  dossiers.CodeName
	Reason    retention.Reason
	ClosedAt  time.Time
}

// MostOver is how many are shown at a time.
const MostOver = 100

// Retention shows how long closed dossiers are kept, and which of them have been kept for long enough. Dossiers that somebody looks
// after again are not among them.
func (s *Service) Retention(ctx context.Context) (kept Kept, err error) {
	by, err := access.Require(ctx, access.ErasureShow)
	if err != nil {
		return Kept{}, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if kept.Schedule, err = retention.Find(ctx, tx, by.Tenant); err != nil {
			return err
		}
		kept.Over, err = listOver(ctx, tx, kept.Schedule, forms.Today(s.now()), MostOver+1)
		return err
	})
	if err != nil {
		return Kept{}, fmt.Errorf("see which dossiers are kept for long enough: %w", err)
	}
	if len(kept.Over) > MostOver {
		kept.Over, kept.More = kept.Over[:MostOver], true
	}
	return kept, nil
}

// Decide says how long closed dossiers are kept from now on, those as well that are closed already. seen is Schedule.Seen of what the
// form was filled in from.
func (s *Service) Decide(ctx context.Context, seen string, schedule retention.Schedule) error {
	by, err := access.Require(ctx, access.RetentionDecide)
	if err != nil {
		return err
	}
	if err := schedule.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockTenant(ctx, tx, by.Tenant); err != nil {
			return err
		}
		standing, err := retention.Find(ctx, tx, by.Tenant)
		if err != nil {
			return err
		}
		switch standing.Seen() {
		case schedule.Seen():
			return nil // decided so already, perhaps by the same form
		case seen:
		default:
			return fault.Conflict("retention.conflict")
		}
		if err := retention.Write(ctx, tx, by.Tenant, schedule, by.Person, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.RetentionDecided})
	})
}
