package consents

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// EndSharing ends, within the transaction of a withdrawal, whatever an office still sees because of the consent.
// Referrals lie above consents, so they are handed in.
type EndSharing func(ctx context.Context, tx tenantdb.Tx, by access.Principal, consent Consent) error

// Service is what can be done with consents.
type Service struct {
	db         *tenantdb.DB
	keys       *keys.Ring
	now        func() time.Time
	endSharing EndSharing
}

// New makes the service.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, endSharing EndSharing) *Service {
	return &Service{db, ring, now, endSharing}
}

// Occasion is what a form for recording a consent begins with.
type Occasion struct {
	Dossier dossiers.Mention
	Offices []offices.Office
	// Usual are the terms to propose once the office is chosen.
	Usual Terms
}

// Office is the chosen one among the offices that take referrals.
func (o Occasion) Office(id offices.ID) (offices.Office, bool) {
	for _, office := range o.Offices {
		if office.OfficeID == id {
			return office, true
		}
	}
	return offices.Office{}, false
}

// Prepare gives what a form for recording a consent begins with; the office may not be chosen yet.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID, office offices.ID) (Occasion, error) {
	if _, err := access.Require(ctx, access.ConsentCreate); err != nil {
		return Occasion{}, err
	}
	var occasion Occasion
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &occasion.Dossier), offices.Open(&occasion.Offices)); err != nil {
		return Occasion{}, err
	}
	if chosen, ok := occasion.Office(office); ok {
		occasion.Usual = UsualTerms(chosen, s.now())
	} else if !office.Zero() {
		return Occasion{}, fault.NotFound()
	}
	return occasion, nil
}

// Give records what the beneficiary agreed to. The same form sent twice records it once.
func (s *Service) Give(ctx context.Context, dossier dossiers.ID, id ID, terms Terms) (Consent, error) {
	by, err := access.Require(ctx, access.ConsentCreate)
	if err != nil {
		return Consent{}, err
	}
	var consent Consent
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		office, err := offices.Find(ctx, tx, terms.OfficeID)
		if err != nil {
			return err
		}
		if err := terms.Check(office, s.now()); err != nil {
			return err
		}
		isNew, err := insertConsent(ctx, tx, box, by, dossier, id, terms, s.now())
		if err != nil {
			return err
		}
		if consent, err = findConsent(ctx, tx, id); err != nil || !isNew {
			return sameDossier(err, consent, dossier)
		}
		return timeline.Record(ctx, tx, by, timeline.Event{
			Kind: timeline.ConsentGiven, Dossier: dossiers.TimelineID(dossier), OfficeName: office.Name, Detail: string(terms.Purpose),
		})
	})
	return consent, err
}

// sameDossier keeps an identifier that is taken by another dossier's consent from being taken for this one's.
func sameDossier(err error, consent Consent, dossier dossiers.ID) error {
	if err == nil && consent.DossierID != dossier {
		return fault.NotFound()
	}
	return err
}

// Find gives one consent.
func (s *Service) Find(ctx context.Context, id ID) (Consent, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Consent{}, err
	}
	var consent Consent
	err := s.db.Read(ctx, ofID(id, &consent), journal.SeenConsent(ctx, id.UUID()))
	return consent, err
}

// Withdraw takes a consent back, in one act: from the office's very next request on, nothing of what was sent because
// of it exists any more. Withdrawing twice is withdrawing once.
func (s *Service) Withdraw(ctx context.Context, id ID) (Consent, error) {
	by, err := access.Require(ctx, access.ConsentWithdraw)
	if err != nil {
		return Consent{}, err
	}
	var consent Consent
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if consent, err = lockConsent(ctx, tx, id); err != nil || consent.WithdrawnAt != nil {
			return err
		}
		if err := consent.Withdraw(s.now()); err != nil {
			return err
		}
		if err := updateWithdrawal(ctx, tx, by, consent); err != nil {
			return err
		}
		if err := s.endSharing(ctx, tx, by, consent); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{
			Kind: timeline.ConsentWithdrawn, Dossier: dossiers.TimelineID(consent.DossierID), OfficeName: consent.OfficeName, Detail: string(consent.Purpose),
		})
	})
	return consent, err
}
