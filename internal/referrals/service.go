package referrals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what the NGO can do with referrals.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Work gives what waits for the person who asks.
func (s *Service) Work(ctx context.Context) (Work, error) {
	by, err := access.Require(ctx, access.WorkShow)
	if err != nil {
		return Work{}, err
	}
	var news, waiting, drafts []Line
	if err := s.db.Read(ctx, newsOf(by.Person, &news), waitingOf(by.Person, &waiting), draftsOf(by.Person, &drafts)); err != nil {
		return Work{}, err
	}
	return arrange(news, waiting, drafts, s.now()), nil
}

// Prepare gives the dossier and the offices to choose from, for a new draft.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (dossiers.Mention, []offices.Office, error) {
	if _, err := access.Require(ctx, access.ReferralCreate); err != nil {
		return dossiers.Mention{}, nil, err
	}
	var mention dossiers.Mention
	var open []offices.Office
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention), offices.Open(&open))
	return mention, open, err
}

// Draft begins a referral to an office. The same form sent twice begins one.
func (s *Service) Draft(ctx context.Context, dossier dossiers.ID, id ID, to offices.ID) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralCreate)
	if err != nil {
		return Referral{}, err
	}
	var referral Referral
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := dossiers.Exists(ctx, tx, dossier); err != nil {
			return err
		}
		office, err := offices.Find(ctx, tx, to)
		if err != nil {
			return err
		}
		if office.Closed() {
			return fault.Invalid("office", "referrals.sending.office_closed")
		}
		if referral, err = insertNew(ctx, tx, by, id, dossier, office, s.now()); err != nil {
			return err
		}
		if referral.DossierID != dossier || referral.OfficeID != to {
			return fault.NotFound()
		}
		return nil
	})
	return referral, err
}

// insertNew makes up references until one is free: one in ten thousand is taken when a canton has sent ten thousand.
func insertNew(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, dossier dossiers.ID, office offices.Office, at time.Time) (Referral, error) {
	for range 5 {
		if err := insertDraft(ctx, tx, by, id, newReference(), dossier, office, at); err != nil {
			return Referral{}, err
		}
		referral, err := findReferral(ctx, tx, id)
		if !errors.Is(err, fault.NotFound()) {
			return referral, err
		}
	}
	return Referral{}, errors.New("no reference is free")
}

// Desk is a draft with what decides on what may go along.
type Desk struct {
	Referral Referral
	Office   offices.Office
	Consents []consents.Consent
	At       time.Time
}

// Permission says whether a class of data may go along for a service, and if not, why.
func (d Desk) Permission(class access.DataClass, service access.OfficeKind) Permission {
	return PermissionFor(class, d.Office, service, d.Consents, d.At)
}

// Edit gives a draft to be written. What is sent is not found here: it is not written any more.
func (s *Service) Edit(ctx context.Context, id ID) (Desk, error) {
	if _, err := access.Require(ctx, access.ReferralCreate); err != nil {
		return Desk{}, err
	}
	var desk Desk
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if desk.Referral, err = findReferral(ctx, tx, id); err != nil {
			return err
		}
		return s.furnish(ctx, tx, &desk, consents.ForOffice)
	})
	return desk, err
}

type consentsOf func(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, office offices.ID) ([]consents.Consent, error)

func (s *Service) furnish(ctx context.Context, tx tenantdb.Tx, desk *Desk, given consentsOf) (err error) {
	desk.At = s.now()
	if desk.Office, err = offices.Find(ctx, tx, desk.Referral.OfficeID); err != nil {
		return err
	}
	desk.Consents, err = given(ctx, tx, desk.Referral.DossierID, desk.Referral.OfficeID)
	return err
}

// Revision is what somebody wrote on a draft, and the version that it was written on.
type Revision struct {
	Contents
	Version int
	// DropUnpermitted leaves out the classes that may not go along instead of refusing them: for whoever saves on the
	// way to recording the consent that is missing.
	DropUnpermitted bool
}

// Write saves a draft. When somebody else saved meanwhile, it refuses with a conflict and nothing is lost on either
// side; saving the same twice is saving once.
func (s *Service) Write(ctx context.Context, id ID, revision Revision) (Referral, error) {
	if _, err := access.Require(ctx, access.ReferralCreate); err != nil {
		return Referral{}, err
	}
	var desk Desk
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if desk.Referral, err = lockReferral(ctx, tx, id); err != nil {
			return err
		}
		if err := s.furnish(ctx, tx, &desk, consents.ForOffice); err != nil {
			return err
		}
		contents := revision.Contents
		if revision.DropUnpermitted {
			contents = contents.Permitted(desk.Office, desk.Consents, desk.At)
		}
		if desk.Referral.Draft() && desk.Referral.Version != revision.Version {
			if desk.Referral.Contents().Equal(contents) {
				return nil
			}
			return fault.Conflict("referrals.draft.changed_meanwhile")
		}
		if err := desk.Referral.Write(contents, desk.Office, desk.Consents, desk.At); err != nil {
			return err
		}
		return updateDraft(ctx, tx, desk.Referral)
	})
	return desk.Referral, err
}

// Preview cuts the slice of a draft as it would be sent now, and says what would keep it from being sent.
func (s *Service) Preview(ctx context.Context, id ID) (Preview, error) {
	by, err := access.Require(ctx, access.ReferralShow)
	if err != nil {
		return Preview{}, err
	}
	var preview Preview
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var desk Desk
		if desk.Referral, err = findReferral(ctx, tx, id); err != nil {
			return err
		}
		preview.Referral = desk.Referral
		if !desk.Referral.Draft() {
			preview.AsSent = desk.Referral
			return nil
		}
		if err := s.furnish(ctx, tx, &desk, consents.ForOffice); err != nil {
			return err
		}
		slice, err := s.cut(ctx, tx, desk.Referral, dossiers.Peek)
		if err != nil {
			return err
		}
		preview.show(by.Name, desk, slice)
		return nil
	})
	return preview, err
}

type fileOf func(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (dossiers.File, error)

// cut takes from the dossier what the referral discloses, as it stands in this transaction.
func (s *Service) cut(ctx context.Context, tx tenantdb.Tx, r Referral, read fileOf) (Slice, error) {
	file, err := read(ctx, tx, r.DossierID)
	if err != nil {
		return Slice{}, fmt.Errorf("cut the slice: %w", err)
	}
	return disclosure.Slice{Sections: dossiers.Disclose(file, r.DataClasses, forms.Today(s.now()))}, nil
}

// Send sends a draft whose preview somebody has seen. Consent is asked for again under lock, so that it cannot be
// withdrawn in between. Sending twice sends once.
func (s *Service) Send(ctx context.Context, id ID, seal string) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralSend)
	if err != nil {
		return Referral{}, err
	}
	var desk Desk
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if desk.Referral, err = lockReferral(ctx, tx, id); err != nil || !desk.Referral.Draft() {
			return err
		}
		if err := s.furnish(ctx, tx, &desk, consents.LockForOffice); err != nil {
			return err
		}
		slice, err := s.cut(ctx, tx, desk.Referral, dossiers.Load)
		if err != nil {
			return err
		}
		if sealOf(desk.Referral, slice) != seal {
			return fault.Conflict("referrals.sending.changed_since_preview")
		}
		if err := desk.Referral.Send(by.Name, desk.At, desk.Office, desk.Consents, slice); err != nil {
			return err
		}
		if err := updateSending(ctx, tx, desk.Referral); err != nil {
			return err
		}
		return record(ctx, tx, by, desk.Referral, timeline.ReferralSent, string(desk.Referral.Service))
	})
	return desk.Referral, err
}

// Discard throws a draft away, and says which dossier it was of.
func (s *Service) Discard(ctx context.Context, id ID) (dossiers.ID, error) {
	if _, err := access.Require(ctx, access.ReferralCreate); err != nil {
		return dossiers.ID{}, err
	}
	var referral Referral
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if referral, err = lockReferral(ctx, tx, id); err != nil {
			return err
		}
		if !referral.Draft() {
			return fault.Refused("referrals.draft.sent_already")
		}
		return deleteDraft(ctx, tx, id)
	})
	return referral.DossierID, err
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
	err := s.db.Read(ctx, ofID(id, &file.Referral), messages.OfReferral(id, &file.Messages), timeline.OfReferral(id, &file.Events))
	return file, err
}

// Revoke takes a referral away from its office. Revoking twice is revoking once.
func (s *Service) Revoke(ctx context.Context, id ID) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralRevoke)
	if err != nil {
		return Referral{}, err
	}
	var referral Referral
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if referral, err = lockReferral(ctx, tx, id); err != nil || referral.RevokedAt != nil {
			return err
		}
		return revoke(ctx, tx, by, &referral, s.now(), "")
	})
	return referral, err
}

func revoke(ctx context.Context, tx tenantdb.Tx, by access.Principal, referral *Referral, at time.Time, why string) error {
	if err := referral.Revoke(at); err != nil {
		return err
	}
	if err := updateRevocation(ctx, tx, *referral); err != nil {
		return err
	}
	return record(ctx, tx, by, *referral, timeline.ReferralRevoked, why)
}

// ConsentWithdrawn is the detail of a revocation that nobody decided for the referral alone.
const ConsentWithdrawn = "consent_withdrawn"

// EndSharing takes away from its office everything that rests on a consent: consents.EndSharing.
func EndSharing(ctx context.Context, tx tenantdb.Tx, by access.Principal, consent consents.Consent) error {
	resting, err := lockSentOfConsent(ctx, tx, consent.ConsentID)
	if err != nil {
		return err
	}
	for i := range resting {
		if err := revoke(ctx, tx, by, &resting[i], *consent.WithdrawnAt, ConsentWithdrawn); err != nil {
			return err
		}
	}
	return nil
}

// RestingOn lists what offices would no longer see if a consent were withdrawn.
func (s *Service) RestingOn(ctx context.Context, consent consents.ID) ([]Line, error) {
	if _, err := access.Require(ctx, access.ReferralShow); err != nil {
		return nil, err
	}
	var live []Line
	err := s.db.Read(ctx, liveOfConsent(consent, &live))
	return live, err
}

// Acknowledge notes that what the office did, up to the moment that the page showed, has been seen.
func (s *Service) Acknowledge(ctx context.Context, id ID, seen time.Time) error {
	if _, err := access.Require(ctx, access.ReferralReply); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		referral, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		referral.Acknowledge(seen)
		return updateAcknowledgement(ctx, tx, referral)
	})
}

// Reply is what the NGO writes to the office.
type Reply struct {
	ID   ids.ID[messages.Message]
	Kind messages.Kind
	Body string
	// Seen is until when the writer had read what the office did: whoever answers has taken note.
	Seen time.Time
}

// Reply writes to the office.
func (s *Service) Reply(ctx context.Context, id ID, reply Reply) error {
	by, err := access.Require(ctx, access.ReferralReply)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		referral, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := referral.Writable(s.now()); err != nil {
			return err
		}
		isNew, err := messages.Write(ctx, tx, by, messages.Message{
			MessageID: reply.ID, ReferralID: id, OfficeID: referral.OfficeID, Kind: reply.Kind, Body: reply.Body,
		})
		if err != nil || !isNew {
			return err
		}
		referral.Acknowledge(reply.Seen)
		if err := updateAcknowledgement(ctx, tx, referral); err != nil {
			return err
		}
		kind := timeline.ReferralMessage
		if reply.Kind == messages.Question {
			kind = timeline.ReferralAsked
		}
		return record(ctx, tx, by, referral, kind, "")
	})
}

func record(ctx context.Context, tx tenantdb.Tx, by access.Principal, r Referral, kind timeline.Kind, detail string) error {
	return timeline.Record(ctx, tx, by, timeline.Event{
		Kind: kind, Dossier: dossiers.TimelineID(r.DossierID), Referral: r.ReferralID, Office: r.OfficeID, OfficeName: r.OfficeName,
		VisibleUntil: *r.VisibleUntil, Detail: detail,
	})
}
