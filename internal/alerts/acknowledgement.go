package alerts

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Acknowledge says that somebody has looked into it. What was said first stays. While somebody is paused for it, it cannot be
// put away: a person who is kept from working may not be forgotten.
func (a *Alert) Acknowledge(by tenantdb.PersonID, as Reason, at time.Time) (changed bool, err error) {
	switch {
	case !as.Known():
		return false, fault.Invalid("reason", "alerts.reason.unknown")
	case !a.Open():
		return false, nil
	case a.Paused():
		return false, fault.Refused("alerts.acknowledgement.paused")
	}
	a.AcknowledgedAt, a.AcknowledgedBy, a.AcknowledgedAs = &at, by, as
	return true, nil
}

// Acknowledge puts an alert away.
func (s *Service) Acknowledge(ctx context.Context, id ID, as Reason) error {
	by, err := access.Require(ctx, access.AlertAcknowledge)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		alert, err := findAlert(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := alert.Acknowledge(by.Person, as, s.now())
		if err != nil || !changed {
			return err
		}
		// Who comes second finds nothing left to put away.
		if changed, err = updateAcknowledgement(ctx, tx, alert); err != nil || !changed {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.AlertAcknowledged, Reason: string(as)}); err != nil {
			return err
		}
		return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Alerts: true})
	})
}
