package referrals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

// MaxRequest is how many characters a request may have.
const MaxRequest = forms.Narrative

// Contents are what the sender of a draft decides.
type Contents struct {
	Service     access.OfficeKind
	Urgency     Urgency
	AnswerBy    *time.Time
	Request     string
	DataClasses []access.DataClass
	// Documents are those of the dossier that are to go along.
	Documents []documents.ID
}

// Contents gives what the draft says so far.
func (r *Referral) Contents() Contents {
	return Contents{r.Service, r.Urgency, r.AnswerBy, r.Request, r.DataClasses, r.Documents}
}

// Equal says that two people wrote the same.
func (c Contents) Equal(other Contents) bool {
	sameDay := c.AnswerBy == other.AnswerBy || c.AnswerBy != nil && other.AnswerBy != nil && c.AnswerBy.Equal(*other.AnswerBy)
	return sameDay && c.Service == other.Service && c.Urgency == other.Urgency && c.Request == other.Request &&
		slices.Equal(consents.InOrder(c.DataClasses), consents.InOrder(other.DataClasses)) && slices.Equal(c.Documents, other.Documents)
}

// Write changes a draft. A class of data that may not go along is refused here already, and a document of such a class, so that nobody
// composes a referral that can never be sent; that the consent is still valid is asked again when it is. there are the documents of the
// dossier that can go along.
func (r *Referral) Write(c Contents, office offices.Office, given []consents.Consent, there []documents.Document, at time.Time) error {
	if !r.Draft() {
		return fault.Refused("referrals.draft.sent_already")
	}
	var problems fault.Problems
	if c.Service == "" {
		problems.Add("service", "referrals.service.missing")
	}
	if c.Urgency == "" {
		problems.Add("urgency", "referrals.urgency.missing")
	}
	c.checkAnswerBy(&problems, at)
	for _, class := range c.DataClasses {
		if p := PermissionFor(class, office, c.Service, given, at); p != Permitted {
			problems.Add("data_classes", "referrals.sending."+string(p))
			break
		}
	}
	c.checkDocuments(&problems, office, given, there, at)
	if err := problems.Err(); err != nil {
		return err
	}
	r.Service, r.Urgency, r.AnswerBy, r.Request, r.DataClasses, r.Documents = c.Service, c.Urgency, c.AnswerBy, c.Request, consents.InOrder(c.DataClasses), append([]documents.ID{}, c.Documents...)
	r.UpdatedAt = at
	r.Version++
	return nil
}

func (c Contents) checkDocuments(problems *fault.Problems, office offices.Office, given []consents.Consent, there []documents.Document, at time.Time) {
	enclosed := documents.Enclosed(there, c.Documents)
	switch {
	case len(c.Documents) > documents.MostEnclosed:
		problems.Add("documents", "referrals.documents.many", "Most", documents.MostEnclosed)
	case len(enclosed) < len(c.Documents):
		problems.Add("documents", "referrals.documents.gone")
	}
	for _, enclosure := range enclosed {
		if p := PermissionFor(enclosure.DataClass, office, c.Service, given, at); p != Permitted {
			problems.Add("documents", "referrals.documents."+string(p))
			return
		}
	}
}

func (c Contents) checkAnswerBy(problems *fault.Problems, at time.Time) {
	today := forms.Today(at)
	switch {
	case c.AnswerBy == nil:
	case c.AnswerBy.Before(today):
		problems.Add("answer_by", "referrals.answer_by.past")
	case c.AnswerBy.After(today.AddDate(1, 0, 0)):
		problems.Add("answer_by", "referrals.answer_by.far_away")
	}
}

// Permitted leaves out of the contents every class that may not go along, and every document of such a class or that is gone.
func (c Contents) Permitted(office offices.Office, given []consents.Consent, there []documents.Document, at time.Time) Contents {
	barred := func(class access.DataClass) bool {
		return PermissionFor(class, office, c.Service, given, at) != Permitted
	}
	c.DataClasses = slices.DeleteFunc(slices.Clone(c.DataClasses), barred)
	c.Documents = slices.DeleteFunc(slices.Clone(c.Documents), func(id documents.ID) bool {
		enclosed := documents.Enclosed(there, []documents.ID{id})
		return len(enclosed) == 0 || barred(enclosed[0].DataClass)
	})
	return c
}

// Prepare gives the dossier and the offices to choose from, with what helps to choose, for a new draft.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (dossiers.Mention, offices.Directory, error) {
	if _, err := access.Require(ctx, access.ReferralCreate); err != nil {
		return dossiers.Mention{}, offices.Directory{}, err
	}
	var mention dossiers.Mention
	open := offices.Directory{Today: forms.Today(s.now())}
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention), offices.OpenListed(&open.Entries))
	return mention, open, err
}

// Draft begins a referral to an office. The same form sent twice begins one.
func (s *Service) Draft(ctx context.Context, dossier dossiers.ID, id ID, to offices.ID) (Referral, error) {
	by, err := access.Require(ctx, access.ReferralCreate)
	if err != nil {
		return Referral{}, err
	}
	// The keys first: a keyset without a referral does no harm.
	if err := s.keys.Create(ctx, HolderOf(id)); err != nil {
		return Referral{}, fmt.Errorf("draft referral %s: %w", id, err)
	}
	var referral Referral
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.Hold(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		office, err := offices.Find(ctx, tx, to)
		if err != nil {
			return err
		}
		if office.Closed() {
			return fault.Invalid("office", "referrals.sending.office_closed")
		}
		isNew, err := insertNew(ctx, tx, by, id, dossier, office, s.now())
		if err != nil {
			return err
		}
		if referral, err = s.findReferral(ctx, tx, id); err != nil {
			return err
		}
		if referral.DossierID != dossier || referral.OfficeID != to {
			return fault.NotFound()
		}
		if !isNew {
			return nil
		}
		return enter(ctx, tx, referral, journal.DraftBegun)
	})
	return referral, err
}

// insertNew makes up references until one is free: one in ten thousand is taken when a canton has sent ten thousand. It
// says whether the draft is new.
func insertNew(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, dossier dossiers.ID, office offices.Office, at time.Time) (bool, error) {
	for range 5 {
		isNew, err := insertDraft(ctx, tx, by, id, newReference(), dossier, office, at)
		if err != nil || isNew {
			return isNew, err
		}
		if there, err := exists(ctx, tx, id); err != nil || there {
			return false, err
		}
	}
	return false, errors.New("no reference is free")
}

// Desk is a draft with what decides on what may go along.
type Desk struct {
	Referral Referral
	Office   offices.Office
	Consents []consents.Consent
	// Documents are those of the dossier that can go along, newest first.
	Documents []documents.Document
	At        time.Time
	// Entry is what the directory knows of the office, Successor what came after it where it is closed. Only Edit gives them.
	Entry     offices.Entry
	Successor offices.Office
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
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if desk.Referral, err = s.findReferral(ctx, tx, id); err != nil {
			return err
		}
		if err := s.furnish(ctx, tx, &desk, consents.ForOffice); err != nil {
			return err
		}
		desk.Entry, desk.Successor, err = offices.Look(ctx, tx, desk.Referral.OfficeID)
		return err
	})
	return desk, err
}

type consentsOf func(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID, office offices.ID) ([]consents.Consent, error)

func (s *Service) furnish(ctx context.Context, tx tenantdb.Tx, desk *Desk, given consentsOf) (err error) {
	desk.At = s.now()
	if desk.Office, err = offices.Find(ctx, tx, desk.Referral.OfficeID); err != nil {
		return err
	}
	if desk.Consents, err = given(ctx, tx, desk.Referral.DossierID, desk.Referral.OfficeID); err != nil {
		return err
	}
	desk.Documents, err = documents.Enclosable(ctx, tx, s.keys, desk.Referral.DossierID)
	desk.Referral.Enclosures = documents.Enclosed(desk.Documents, desk.Referral.Documents)
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
		sealed, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		if desk.Referral, err = s.openReferral(ctx, tx, sealed); err != nil {
			return err
		}
		if err := s.furnish(ctx, tx, &desk, consents.ForOffice); err != nil {
			return err
		}
		contents := revision.Contents
		if revision.DropUnpermitted {
			contents = contents.Permitted(desk.Office, desk.Consents, desk.Documents, desk.At)
		}
		if desk.Referral.Draft() && desk.Referral.Version != revision.Version {
			if desk.Referral.Contents().Equal(contents) {
				return nil
			}
			return tenantdb.AndCommit(fault.Conflict("referrals.draft.changed_meanwhile"))
		}
		if err := desk.Referral.Write(contents, desk.Office, desk.Consents, desk.Documents, desk.At); err != nil {
			return err
		}
		if err := s.updateDraft(ctx, tx, desk.Referral); err != nil {
			return err
		}
		return enter(ctx, tx, desk.Referral, journal.DraftWritten)
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
		sealed, err := lockReferral(ctx, tx, id)
		if err != nil {
			return err
		}
		if referral = sealed.closed(); !referral.Draft() {
			return fault.Refused("referrals.draft.sent_already")
		}
		if err := deleteDraft(ctx, tx, id); err != nil {
			return err
		}
		// Nobody would find these keys any more, and in an old backup they would open what was thrown away.
		if err := s.keys.Destroy(ctx, HolderOf(id)); err != nil {
			return err
		}
		return enter(ctx, tx, referral, journal.DraftDiscarded)
	})
	return referral.DossierID, err
}
