package inbox

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/alerts"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Acknowledge notes that somebody at the office has read what the NGO wrote, up to the moment that the page showed.
// What came in after the page was opened stays news.
func (r *Referral) Acknowledge(seen time.Time) {
	if r.OfficeNewsAt != nil && !r.OfficeNewsAt.After(seen) {
		r.OfficeNewsAt = nil
	}
}

// Acknowledge notes that what the NGO wrote, up to the moment that the page showed, has been read.
func (s *Service) Acknowledge(ctx context.Context, id ID, seen time.Time) error {
	if _, err := access.Require(ctx, access.InboxReply); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := alerts.Unpaused(ctx, tx); err != nil {
			return err
		}
		row, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := row.there(); err != nil {
			return err
		}
		row.Acknowledge(seen)
		if err := updateAcknowledgement(ctx, tx, &row.Referral); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ReferralAcknowledged, Dossier: row.DossierID, Referral: id})
	})
}
