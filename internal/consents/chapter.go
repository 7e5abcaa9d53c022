package consents

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/offices"
)

// Chapter is what a dossier's person agreed to have shared, and with whom.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	var given []Consent
	var mention dossiers.Mention
	var known []offices.Office
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention), OfDossier(dossier, &given), offices.Recent(&known), journal.Seen(ctx, dossiers.TimelineID(dossier))); err != nil {
		return disclosure.Chapter{}, fmt.Errorf("tell the consents of dossier %s: %w", dossier, err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "consents", Tables: []string{"consents"}}
	for i := range given {
		if err := box.Open(&given[i]); err != nil {
			return disclosure.Chapter{}, fmt.Errorf("open consent: %w", err)
		}
		c := given[i]
		var facts disclosure.Facts
		facts.Text("consents.office.label", offices.Among(known, c.OfficeID).Name)
		disclosure.Code(&facts, "consents.purpose.label", "access.office_kind.", c.Purpose)
		disclosure.Code(&facts, "consents.data_classes.label", "access.data_class.", c.DataClasses...)
		facts.Day("consents.valid_from.label", c.ValidFrom)
		facts.Day("consents.valid_until.label", c.ValidUntil)
		disclosure.Code(&facts, "consents.given_how.label", "consents.given_how.", c.GivenHow)
		facts.Third("consents.interpreter.label", c.Interpreter.Get())
		facts.At("inquiries.recorded_at.label", c.RecordedAt)
		facts.AtOf("consents.withdrawn", c.WithdrawnAt)
		told.Add(c.ConsentID.String(), "inquiries.thing.consent", facts)
	}
	return told, nil
}
