package inbox

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// Ticket gives leave to take a document that came with a referral, once, in the session in which it was asked for, to whom the gate lets
// through to that referral.
func (s *Service) Ticket(ctx context.Context, id documents.EnclosureID, session string) (string, error) {
	by, err := access.Require(ctx, access.InboxShow)
	if err != nil {
		return "", err
	}
	if err := s.admit(ctx, id); err != nil {
		return "", err
	}
	var ticket string
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		enclosure, err := documents.FindEnclosure(ctx, tx, id)
		if err != nil {
			return err
		}
		if ticket, err = enclosure.Ticket(ctx, tx, by, session, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.ReferralSeen, Dossier: dossiers.TimelineID(enclosure.DossierID), Referral: enclosure.ReferralID})
	})
	return ticket, err
}

// admit has the gate say whether the referral may be read that a document came with.
func (s *Service) admit(ctx context.Context, id documents.EnclosureID) error {
	var enclosure documents.Enclosure
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		enclosure, err = documents.FindEnclosure(ctx, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	return s.gate.Admit(ctx, enclosure.ReferralID)
}

// Enclosed is a document that came with a referral, with what is in it.
type Enclosed struct {
	documents.Enclosure
	Body []byte
}

// Unwrap gives one out, and uses the ticket up. Without one that is good now, in this session, it is a fault.Invalid, and of the document
// nothing is given but of which referral it is.
func (s *Service) Unwrap(ctx context.Context, id documents.EnclosureID, session, ticket string) (Enclosed, error) {
	by, err := access.Require(ctx, access.InboxShow)
	if err != nil {
		return Enclosed{}, err
	}
	if err := s.admit(ctx, id); err != nil {
		return Enclosed{}, err
	}
	var taken Enclosed
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if taken.Enclosure, err = documents.FindEnclosure(ctx, tx, id); err != nil {
			return err
		}
		if err := taken.Redeem(ctx, tx, session, ticket, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DocumentTaken, Dossier: dossiers.TimelineID(taken.DossierID), Referral: taken.ReferralID, Classes: []access.DataClass{taken.DataClass}})
	})
	if _, spent := fault.Correctable(err); spent {
		return Enclosed{Enclosure: documents.Enclosure{ReferralID: taken.ReferralID}}, err
	}
	if err != nil {
		return Enclosed{}, err
	}
	box, err := s.keys.Box(ctx, referrals.HolderOf(taken.ReferralID))
	if err != nil {
		return Enclosed{}, fmt.Errorf("open enclosure %s: %w", id, err)
	}
	taken.Body, err = taken.Contents(ctx, s.files, by.Tenant, box)
	return taken, err
}
