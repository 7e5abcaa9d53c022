package dossiers

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Entry is a dossier of the roll: what may be told of a person without saying who it is, with what is sealed of her.
type Entry struct {
	DossierID     ID
	CodeName      CodeName
	Phase         Phase
	ResponsibleID tenantdb.PersonID
	OpenedAt      time.Time
	Beneficiary   Beneficiary
}

// Rolled is of how many people an export would tell that whoever asks may have.
func (s *Service) Rolled(ctx context.Context) (int, error) {
	if _, err := access.Require(ctx, access.ExportCreate); err != nil {
		return 0, err
	}
	var found inRoll
	if err := s.db.Read(ctx, countRoll(&found)); err != nil {
		return 0, fmt.Errorf("count the roll: %w", err)
	}
	return found.N, nil
}

// Roll opens every dossier of the tenant, one after the other, for an export; each leaves its entry in the journal, with the
// reason, before anything of it is told. take is told of each.
func (s *Service) Roll(ctx context.Context, reason string, take func(Entry) error) error {
	if _, err := access.Require(ctx, access.ExportCreate); err != nil {
		return err
	}
	var last ID
	for {
		var rows []rolled
		if err := s.db.Read(ctx, askRoll(last, &rows)); err != nil {
			return fmt.Errorf("read the roll: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		if err := s.tellRoll(ctx, reason, rows, take); err != nil {
			return fmt.Errorf("read the roll: %w", err)
		}
		last = rows[len(rows)-1].DossierID
	}
}

func (s *Service) tellRoll(ctx context.Context, reason string, rows []rolled, take func(Entry) error) error {
	holders := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		holders[i] = row.DossierID.UUID()
	}
	bunch, err := s.keys.Bunch(ctx, keys.Dossier, holders)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		for _, row := range rows {
			entry := journal.Entry{Action: journal.DossierExported, Dossier: TimelineID(row.DossierID), Reason: reason}
			if err := journal.Record(ctx, tx, entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range rows {
		box, err := bunch.Box(rows[i].DossierID.UUID())
		if err != nil {
			return err
		}
		keys.Shown(ctx, HolderOf(rows[i].DossierID))
		if err := box.Open(&rows[i]); err != nil {
			return err
		}
		if err := take(Entry{rows[i].DossierID, rows[i].CodeName, rows[i].Phase, rows[i].ResponsibleID, rows[i].OpenedAt, rows[i].Particulars.Get()}); err != nil {
			return err
		}
	}
	return nil
}
