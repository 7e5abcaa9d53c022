package claims

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is what was asked of victim assistance for a person, when the offence was committed, and who pays.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Show(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "assistance", Tables: []string{"claims", "payers", "offences"}, More: len(sheet.Claims) >= mostClaims || len(sheet.Payers) >= mostPayers}
	offence := sheet.Offence()
	var facts disclosure.Facts
	facts.DayOf("claims.from.label", offence.From)
	facts.DayOf("claims.until.label", offence.Until)
	facts.DayOf("claims.known_on.label", offence.KnownOn)
	disclosure.Code(&facts, "claims.lived_here.label", "dossiers.answer.", offence.LivedHere)
	told.Add(dossier.String(), "inquiries.thing.offence", facts)
	for _, claim := range sheet.Claims {
		details := claim.Details.Get()
		var facts disclosure.Facts
		disclosure.Code(&facts, "claims.kind.label", "claims.kind.", claim.Kind)
		facts.Words("claims.office.label", details.Office)
		facts.DayOf("claims.asked_on.label", claim.AskedOn)
		disclosure.Code(&facts, "claims.decision.label", "claims.decision.", claim.Decision)
		facts.DayOf("claims.decided_on.label", claim.DecidedOn)
		facts.DayOf("claims.granted_until.label", claim.GrantedUntil)
		facts.Text("claims.sum.label", details.Sum)
		facts.Words("claims.note.label", details.Note)
		told.Add(claim.ClaimID.String(), "inquiries.thing.claim", facts)
	}
	for _, payer := range sheet.Payers {
		var facts disclosure.Facts
		disclosure.Code(&facts, "claims.payer.label", "claims.payer.", payer.Payer)
		facts.Day("claims.from_on.label", payer.FromOn)
		facts.DayOf("claims.until_on.label", payer.UntilOn)
		facts.Words("claims.note.label", payer.Note.Get())
		told.Add(payer.PayerID.String(), "inquiries.thing.payer", facts)
	}
	return told, nil
}
