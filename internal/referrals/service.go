package referrals

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what the NGO can do with referrals.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

func record(ctx context.Context, tx tenantdb.Tx, by access.Principal, r Referral, kind timeline.Kind, detail string) error {
	return timeline.Record(ctx, tx, by, timeline.Event{
		Kind: kind, Dossier: dossiers.TimelineID(r.DossierID), Referral: r.ReferralID, Office: r.OfficeID, OfficeName: r.OfficeName, Detail: detail,
	})
}

// enter leaves the entry of what is no event of the timeline.
func enter(ctx context.Context, tx tenantdb.Tx, r Referral, action journal.Action) error {
	return journal.Record(ctx, tx, journal.Entry{Action: action, Dossier: dossiers.TimelineID(r.DossierID), Referral: r.ReferralID, Classes: r.DataClasses})
}

// File is a referral with all that has been said and done about it.
type File struct {
	Referral Referral
	Messages []messages.Message
	Events   []timeline.Entry
	At       time.Time
}

// Find gives a referral with its messages and its timeline, in one round trip.
func (s *Service) Find(ctx context.Context, id ID) (File, error) {
	if _, err := access.Require(ctx, access.ReferralShow); err != nil {
		return File{}, err
	}
	file := File{At: s.now()}
	var sealed sealedReferral
	var letters []messages.Letter
	var enclosed []documents.Enclosure
	if err := s.db.Read(ctx, ofID(id, &sealed), messages.OfReferral(id, &letters), timeline.OfReferral(id, &file.Events), documents.EnclosuresOf(id, &enclosed), journal.SeenReferral(ctx, id)); err != nil {
		return File{}, err
	}
	box, err := s.keys.Box(ctx, HolderOf(id))
	if err != nil {
		return File{}, fmt.Errorf("open referral %s: %w", id, err)
	}
	if file.Referral, err = sealed.open(box); err != nil {
		return File{}, err
	}
	if err := documents.OpenEnclosures(box, enclosed); err != nil {
		return File{}, err
	}
	file.Referral.Enclosures = enclosed
	file.Messages, err = messages.Open(box, letters)
	return file, err
}
