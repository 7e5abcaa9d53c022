package alerts

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Mark says that a dossier is a decoy: an invented one, which nobody has a reason to open.
type Mark struct {
	DossierID    ids.ID[journal.Dossier]
	CodeName     string
	MarkedByName string
	MarkedAt     time.Time
}

// AskMark asks, along with the questions of a dossier's page, whether it is a decoy: for those alone who may mark it.
func AskMark(dossier ids.ID[journal.Dossier], into *[]Mark) tenantdb.Question {
	return tenantdb.Many(into, listMarks().Where("decoy.dossier_id = ?", dossier))
}

// Mark makes a dossier a decoy. Nobody's open page is told: who may not mark one is to see no difference.
func (s *Service) Mark(ctx context.Context, dossier ids.ID[journal.Dossier]) error {
	by, err := access.Require(ctx, access.DecoyMark)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := findDossier(ctx, tx, dossier); err != nil {
			return err
		}
		changed, err := insertMark(ctx, tx, by, dossier, s.now())
		if err != nil || !changed {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DecoyMarked, Dossier: dossier})
	})
}

// Unmark makes it a dossier like any other again. That it was a decoy stays in the journal.
func (s *Service) Unmark(ctx context.Context, dossier ids.ID[journal.Dossier]) error {
	if _, err := access.Require(ctx, access.DecoyMark); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := findDossier(ctx, tx, dossier); err != nil {
			return err
		}
		changed, err := deleteMark(ctx, tx, dossier)
		if err != nil || !changed {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DecoyUnmarked, Dossier: dossier})
	})
}
