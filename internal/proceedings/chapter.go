package proceedings

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is the criminal proceedings about what was done to a person. Who works at an authority, and counsel, are somebody else.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Open(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "proceedings", Tables: []string{"proceedings"}, More: len(sheet.Proceedings) >= shown}
	for _, p := range sheet.Proceedings {
		told.Add(p.ProceedingID.String(), "inquiries.thing.proceeding", p.Terms.told())
		for _, step := range p.Steps {
			var facts disclosure.Facts
			disclosure.Code(&facts, "proceedings.stage.label", "proceedings.stage.", step.Stage)
			facts.Day("proceedings.on.label", step.On)
			told.Add(step.EntryID.String(), "inquiries.thing.step", facts)
		}
		for _, hearing := range p.Hearings {
			var facts disclosure.Facts
			disclosure.Code(&facts, "proceedings.hearing.kind.label", "proceedings.hearing.kind.", hearing.Kind)
			facts.Day("proceedings.on.label", hearing.On)
			facts.Text("proceedings.at.label", hearing.At)
			facts.Words("proceedings.place.label", hearing.Place)
			disclosure.Code(&facts, "proceedings.person_of_trust.label", "dossiers.answer.", hearing.PersonOfTrust)
			disclosure.Code(&facts, "proceedings.measures.label", "proceedings.measures.", hearing.Measures...)
			facts.Words("proceedings.note.label", hearing.Note)
			told.Add(hearing.EntryID.String(), "inquiries.thing.hearing", facts)
		}
		for _, ruling := range p.Rulings {
			var facts disclosure.Facts
			disclosure.Code(&facts, "proceedings.ruling.kind.label", "proceedings.ruling.kind.", ruling.Kind)
			facts.Day("proceedings.notified_on.label", ruling.NotifiedOn)
			facts.DayOf("proceedings.reasoned_on.label", ruling.ReasonedOn)
			facts.DayOf("proceedings.announced_on.label", ruling.AnnouncedOn)
			facts.DayOf("proceedings.filed_on.label", ruling.FiledOn)
			facts.DayOf("proceedings.waived_on.label", ruling.WaivedOn)
			facts.Words("proceedings.note.label", ruling.Note)
			told.Add(ruling.EntryID.String(), "inquiries.thing.ruling", facts)
		}
		for _, penalty := range p.Penalties {
			var facts disclosure.Facts
			disclosure.Code(&facts, "proceedings.penalty.kind.label", "proceedings.penalty.kind.", penalty.Kind)
			facts.Day("proceedings.on.label", penalty.On)
			facts.DayOf("proceedings.contested_on.label", penalty.ContestedOn)
			disclosure.Code(&facts, "proceedings.outcome.label", "proceedings.outcome.", penalty.Outcome)
			facts.Words("proceedings.note.label", penalty.Note)
			told.Add(penalty.EntryID.String(), "inquiries.thing.penalty", facts)
		}
	}
	return told, nil
}

func (t Terms) told() (facts disclosure.Facts) {
	facts.Cantons("proceedings.canton.label", t.Canton)
	facts.Words("proceedings.authority.label", t.Authority)
	facts.Third("proceedings.contact.label", t.Contact)
	facts.Text("proceedings.file_number.label", t.FileNumber)
	facts.DayOf("proceedings.offender_known_on.label", t.OffenderKnownOn)
	disclosure.Code(&facts, "proceedings.complaint.label", "proceedings.complaint.", t.Complaint)
	facts.DayOf("proceedings.complaint_filed_on.label", t.ComplaintFiledOn)
	facts.DayOf("proceedings.plaintiff_declared_on.label", t.PlaintiffDeclaredOn)
	disclosure.Code(&facts, "proceedings.plaintiff_claims.label", "proceedings.plaintiff_claims.", t.PlaintiffClaims...)
	facts.DayOf("proceedings.civil_claims_final_on.label", t.CivilClaimsFinalOn)
	facts.Third("proceedings.counsel.label", t.Counsel)
	disclosure.Code(&facts, "proceedings.legal_aid.label", "proceedings.legal_aid.", t.LegalAid)
	disclosure.Code(&facts, "proceedings.rights_asked.label", "proceedings.rights_asked.", t.RightsAsked...)
	facts.Words("proceedings.note.label", t.Note)
	return facts
}
