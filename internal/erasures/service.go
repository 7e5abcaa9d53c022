package erasures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Service is how dossiers are erased.
type Service struct {
	eraser
}

// New makes the service; now is the clock, and backups of the keys are kept for so many days.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, kept int) *Service {
	return &Service{eraser{db, ring, now, kept}}
}

// Prepare gives what a page shows before a dossier is erased. Nothing of it is opened.
func (s *Service) Prepare(ctx context.Context, id dossiers.ID) (Prospect, error) {
	if _, err := access.Require(ctx, access.DossierErase); err != nil {
		return Prospect{}, err
	}
	var prospect Prospect
	var counted counted
	var open circles
	if err := s.db.Read(ctx, dossiers.Mentioned(id, &prospect.Mention), countReferrals(id, &counted), countCircles(id, &open)); err != nil {
		return Prospect{}, fmt.Errorf("prepare to erase dossier %s: %w", id, err)
	}
	prospect.Referrals, prospect.Live, prospect.Circles = counted.Referrals, counted.Live, open.Circles
	certificate, err := s.keys.CertificateOf(ctx, id.UUID())
	switch {
	case err == nil:
		prospect.Begun = &certificate
	case !errors.Is(err, fault.NotFound()):
		return Prospect{}, err
	}
	return prospect, nil
}

// Erase destroys the keys of a dossier and of its referrals, then its rows. Should it end in between, the dossier can no
// longer be read and can be erased again: that finishes it.
func (s *Service) Erase(ctx context.Context, id dossiers.ID, order Order) error {
	by, err := access.Require(ctx, access.DossierErase)
	if err != nil {
		return err
	}
	return s.db.Write(tenantdb.Erasing(ctx, id.UUID()), func(ctx context.Context, tx tenantdb.Tx) error {
		mention, err := lockDossier(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := order.Check(mention.CodeName); err != nil {
			return err
		}
		if err := dossiers.MayBeErased(ctx, tx, id, by.Person); err != nil {
			return err
		}
		if err := noCircle(ctx, tx, id); err != nil {
			return err
		}
		return s.erase(ctx, tx, by, mention, order.Reason)
	})
}

// List gives the certificates of the NGO, the newest first.
func (s *Service) List(ctx context.Context) ([]Erasure, error) {
	if _, err := access.Require(ctx, access.ErasureShow); err != nil {
		return nil, err
	}
	certificates, err := s.keys.Certificates(ctx)
	if err != nil {
		return nil, err
	}
	return s.name(ctx, certificates...)
}

// Find gives the certificate of a dossier.
func (s *Service) Find(ctx context.Context, id dossiers.ID) (Erasure, error) {
	if _, err := access.Require(ctx, access.ErasureShow); err != nil {
		return Erasure{}, err
	}
	certificate, err := s.keys.CertificateOf(ctx, id.UUID())
	if err != nil {
		return Erasure{}, err
	}
	named, err := s.name(ctx, certificate)
	if err != nil {
		return Erasure{}, err
	}
	return named[0], nil
}

// name adds to certificates who had it done: names lie with the data.
func (s *Service) name(ctx context.Context, certificates ...keys.Certificate) ([]Erasure, error) {
	var staff []members.Member
	if err := s.db.Read(ctx, members.All(&staff)); err != nil {
		return nil, fmt.Errorf("name who erased: %w", err)
	}
	names := map[tenantdb.PersonID]string{}
	for _, member := range staff {
		names[member.MemberID] = member.Name
	}
	var named []Erasure
	for _, certificate := range certificates {
		named = append(named, Erasure{certificate, names[certificate.ErasedBy]})
	}
	return named, nil
}
