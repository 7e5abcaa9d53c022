package stays

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is a person's titles of stay, and her presence in the country.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Open(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "stays", Tables: []string{"stays", "presences"}, More: len(sheet.Stays) >= shown}
	for _, stay := range sheet.Stays {
		var facts disclosure.Facts
		disclosure.Code(&facts, "stays.kind.label", "stays.kind.", stay.Kind)
		facts.Cantons("stays.canton.label", stay.Canton)
		disclosure.Code(&facts, "stays.legal_ground.label", "stays.legal_ground.", stay.LegalGround)
		facts.DayOf("stays.valid_from.label", stay.ValidFrom)
		facts.DayOf("stays.valid_until.label", stay.ValidUntil)
		facts.DayOf("stays.renewal_requested_on.label", stay.RenewalRequestedOn)
		facts.DayOf("stays.renewal_until.label", stay.RenewalUntil)
		disclosure.Code(&facts, "stays.opinion.label", "stays.opinion.", stay.Opinion)
		facts.DayOf("stays.opinion_on.label", stay.OpinionOn)
		disclosure.Code(&facts, "stays.approval.label", "stays.approval.", stay.Approval)
		facts.DayOf("stays.approval_on.label", stay.ApprovalOn)
		disclosure.Code(&facts, "stays.work.label", "stays.work.", stay.Work)
		facts.DayOf("stays.ended_on.label", stay.EndedOn)
		disclosure.Code(&facts, "stays.end.label", "stays.end.", stay.End)
		facts.Text("stays.number.label", stay.Number)
		facts.Words("stays.note.label", stay.Note)
		told.Add(stay.StayID.String(), "inquiries.thing.stay", facts)
	}
	known := sheet.Presence
	var facts disclosure.Facts
	facts.DayOf("stays.entered_on.label", known.EnteredOn)
	facts.Cantons("stays.offence_canton.label", known.OffenceCanton)
	facts.Cantons("stays.inquiry_cantons.label", known.InquiryCantons...)
	facts.Cantons("stays.last_canton.label", known.LastCanton)
	facts.DayOf("stays.asylum_applied_on.label", known.AsylumAppliedOn)
	disclosure.Code(&facts, "stays.asylum_decision.label", "stays.asylum_decision.", known.AsylumDecision)
	facts.DayOf("stays.asylum_notified_on.label", known.AsylumNotifiedOn)
	facts.DayOf("stays.asylum_appealed_on.label", known.AsylumAppealedOn)
	facts.DayOf("stays.hardship_requested.label", known.HardshipRequested)
	facts.Words("stays.note.label", known.Note)
	told.Add(dossier.String(), "inquiries.thing.presence", facts)
	return told, nil
}
