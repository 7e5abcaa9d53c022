package returns

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is the returns that a person thought of, and what was heard of her afterwards.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Show(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	all := sheet.Earlier
	if sheet.Current != nil {
		all = append([]Return{*sheet.Current}, all...)
	}
	told := disclosure.Chapter{Name: "returns", Tables: []string{"returns", "return_contacts"}, More: len(all) >= mostReturns || len(sheet.Contacts) >= mostContacts}
	for _, r := range all {
		details := r.Details.Get()
		var facts disclosure.Facts
		facts.Day("returns.considered_on.label", r.ConsideredOn)
		facts.Third("returns.with.label", details.With)
		facts.Words("returns.wishes.label", details.Wishes)
		facts.Words("returns.destination.label", details.Destination)
		disclosure.Code(&facts, "returns.programme.label", "returns.programme.", r.Programme)
		facts.DayOf("returns.planned_on.label", r.PlannedOn)
		facts.Words("returns.start_money.label", details.StartMoney)
		facts.Words("returns.reintegration_aid.label", details.ReintegrationAid)
		facts.Words("returns.medical_aid.label", details.MedicalAid)
		facts.DayOf("returns.milestone.decision", r.DecidedOn)
		facts.DayOf("returns.milestone.abandonment", r.AbandonedOn)
		facts.DayOf("returns.milestone.departure", r.DepartedOn)
		facts.DayOf("returns.milestone.conclusion", r.ConcludedOn)
		for _, milestone := range Milestones {
			facts.Words("returns.said."+string(milestone), details.Said[milestone])
		}
		told.Add(r.ReturnID.String(), "inquiries.thing.return", facts)
	}
	for _, contact := range sheet.Contacts {
		var facts disclosure.Facts
		facts.Day("returns.on.label", contact.ContactedOn)
		disclosure.Code(&facts, "returns.channel.label", "returns.channel.", contact.Channel)
		facts.Words("returns.note.label", contact.Note.Get())
		told.Add(contact.ContactID.String(), "inquiries.thing.return_contact", facts)
	}
	return told, nil
}
