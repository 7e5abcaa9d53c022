package connections

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// SetDelay chooses how long approved changes wait, in hours.
func (s *Service) SetDelay(ctx context.Context, hours, seen int) error {
	by, err := access.Require(ctx, access.ConnectionApprove)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		settings, err := findSettings(ctx, tx)
		if err != nil {
			return err
		}
		if settings.Version != seen {
			return fault.Conflict("connections.delay.conflict")
		}
		now := s.now()
		if err := settings.Choose(hours, now); err != nil {
			return err
		}
		if err := upsertSettings(ctx, tx, by, settings, now); err != nil {
			return err
		}
		if err := s.notify(ctx, tx, by.Tenant, fmt.Sprintf("delay %d", settings.Version)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ConnectionDelaySet})
	})
	if err != nil && !errors.Is(err, fault.Conflict("")) {
		return fmt.Errorf("set the delay: %w", err)
	}
	return err
}
