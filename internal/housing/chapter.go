package housing

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Chapter is where a person lived, by the code names of places. Addresses are kept apart, and others live there: they are not told.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	var held []Hold
	if err := s.db.Read(ctx, tenantdb.Many(&held, holdsOfDossier.With(dossier, time.Time{}))); err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{
		Name: "housing", Tables: []string{"housing_stays", "housing_evaluations", "bed_holds"}, Apart: []string{"inquiries.apart.addresses"},
		More: len(sheet.Stays) >= mostOfOne || len(sheet.Evaluations) >= mostOfOne || len(held) >= mostOfOne,
	}
	for _, stay := range sheet.Stays {
		words := stay.Particulars.Get()
		var facts disclosure.Facts
		disclosure.Code(&facts, "housing.kind.label", "housing.kind.", stay.Kind)
		facts.Text("housing.place.label", stay.PlaceName)
		facts.Day("housing.begins_on.label", stay.BeginsOn)
		facts.DayOf("housing.planned_end_on.label", stay.PlannedEndOn)
		facts.DayOf("housing.leaves_on.label", stay.LeavesOn)
		facts.DayOf("housing.help_ended_on.label", stay.HelpEndedOn)
		facts.DayOf("housing.ended_on.label", stay.EndedOn)
		disclosure.Code(&facts, "housing.went_to.label", "housing.went_to.", stay.WentTo)
		facts.Words("housing.note.label", words.Note)
		facts.Words("housing.flat_reason.label", words.FlatReason)
		facts.Words("housing.word.label", words.Departure)
		told.Add(stay.StayID.String(), "inquiries.thing.housing", facts)
	}
	for _, look := range sheet.Evaluations {
		found := look.Document.Get()
		var facts disclosure.Facts
		facts.Day("inquiries.recorded_at.label", look.EvaluatedOn)
		disclosure.Code(&facts, "housing.decision.label", "housing.decision.", look.Decision)
		facts.DayOf("housing.prolonged_until.label", look.ProlongedUntil)
		disclosure.Code(&facts, "housing.considered.label", "housing.solution.", found.Considered...)
		facts.Words("housing.found.label", found.Found)
		facts.Words("housing.reasons.label", found.Reasons)
		told.Add(look.EvaluationID.String(), "inquiries.thing.evaluation", facts)
	}
	for _, hold := range held {
		var facts disclosure.Facts
		facts.Text("housing.place.label", hold.PlaceName)
		facts.Day("housing.from_on.label", hold.FromOn)
		facts.Day("housing.until_on.label", hold.UntilOn)
		told.Add(hold.HoldID.String(), "inquiries.thing.hold", facts)
	}
	return told, nil
}
