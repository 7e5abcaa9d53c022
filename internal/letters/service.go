package letters

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with letters.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Folder is the letters of a dossier, without what stands in them.
type Folder struct {
	Dossier dossiers.Mention
	Letters []Line
	Staff   []members.Member
}

// OfDossier gives the letters that were written for a person.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (Folder, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Folder{}, err
	}
	var folder Folder
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &folder.Dossier), ofDossier(dossier, &folder.Letters), members.Recent(&folder.Staff), journal.Seen(ctx, dossiers.TimelineID(dossier))); err != nil {
		return Folder{}, fmt.Errorf("list the letters of dossier %s: %w", dossier, err)
	}
	return folder, nil
}

// Proposal is a letter for somebody to read and mend before it is written.
type Proposal struct {
	Dossier  dossiers.Mention
	Template Template
	Language i18n.Lang
	Contents Contents
}

// Propose fills in a template in a language. The zero template is a choice still to be made.
func (s *Service) Propose(ctx context.Context, dossier dossiers.ID, template Template, language i18n.Lang) (Proposal, error) {
	by, err := access.Require(ctx, access.LetterWrite)
	if err != nil {
		return Proposal{}, err
	}
	proposal := Proposal{Template: template, Language: language}
	if template == "" {
		return proposal, s.db.Read(ctx, dossiers.Mentioned(dossier, &proposal.Dossier))
	}
	if !template.Known() || !language.Known() {
		return Proposal{}, fault.NotFound()
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		file, err := dossiers.Peek(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		spoken := i18n.With(ctx, language)
		proposal.Dossier = dossiers.Mention{DossierID: dossier, CodeName: file.CodeName}
		proposal.Contents = template.Draft(spoken, known(spoken, file))
		proposal.Contents.Recipient = template.recipient(spoken, by.Canton)
		proposal.Contents.Sender, proposal.Contents.Author = by.TenantName, by.Name
		return nil
	})
	return proposal, err
}

// Write keeps a letter as it was read and mended. The same form sent twice keeps one.
func (s *Service) Write(ctx context.Context, dossier dossiers.ID, id ID, template Template, language i18n.Lang, contents Contents) error {
	by, err := access.Require(ctx, access.LetterWrite)
	if err != nil {
		return err
	}
	contents.Sender, contents.Author = by.TenantName, by.Name
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if !template.Known() || !language.Known() {
			return fault.Invalid("template", "letters.template.missing")
		}
		if err := contents.Check(); err != nil {
			return err
		}
		letter := Letter{Line{id, dossier, template, language, by.Person, s.now()}, keys.Of(contents)}
		fresh, err := insertLetter(ctx, tx, box, by.Tenant, letter)
		if err != nil {
			return err
		}
		if !fresh {
			there, err := findLetter(ctx, tx, id)
			if err == nil && there.DossierID != dossier {
				return fault.NotFound()
			}
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.LetterWritten, Dossier: dossiers.TimelineID(dossier), Detail: string(template)})
	})
}

// Find gives a letter, opened, with the dossier that it is of.
func (s *Service) Find(ctx context.Context, id ID) (Letter, dossiers.Mention, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Letter{}, dossiers.Mention{}, err
	}
	var letter Letter
	var mention dossiers.Mention
	if err := s.db.Read(ctx, ofID(id, &letter)); err != nil {
		return Letter{}, mention, fmt.Errorf("find letter %s: %w", id, err)
	}
	if err := s.db.Read(ctx, dossiers.Mentioned(letter.DossierID, &mention), journal.Seen(ctx, dossiers.TimelineID(letter.DossierID))); err != nil {
		return Letter{}, mention, fmt.Errorf("find letter %s: %w", id, err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(letter.DossierID))
	if err != nil {
		return Letter{}, mention, fmt.Errorf("open letter %s: %w", id, err)
	}
	if err := box.Open(&letter); err != nil {
		return Letter{}, mention, fmt.Errorf("open letter %s: %w", id, err)
	}
	return letter, mention, nil
}
