package minors

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is what is kept about a dossier's person as a child. Who acts for her is somebody else: of that the function is told.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	found, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{
		Name: "childhood", Tables: []string{"age_records", "guardians", "protection_reports"},
		More: len(found.Records) >= shown || len(found.Guardians) >= shown || len(found.Reports) >= shown,
	}
	for _, record := range found.Records {
		var facts disclosure.Facts
		disclosure.Code(&facts, "minors.finding.label", "minors.finding.", record.Finding)
		facts.Day("minors.found_on.label", record.FoundOn)
		facts.Words("minors.by.label", record.Particulars.Get().By)
		facts.Words("minors.basis.label", record.Particulars.Get().Basis)
		told.Add(record.AgeRecordID.String(), "inquiries.thing.age", facts)
	}
	for _, guardian := range found.Guardians {
		details := guardian.Particulars.Get()
		var facts disclosure.Facts
		disclosure.Code(&facts, "minors.role.label", "minors.role.", guardian.Role)
		facts.Day("minors.since.label", guardian.Since)
		facts.DayOf("minors.until.label", guardian.Until)
		facts.Third("minors.name.label", details.Name)
		facts.Third("minors.reached.label", details.Reached)
		facts.Words("minors.appointed_by.label", details.AppointedBy)
		told.Add(guardian.GuardianID.String(), "inquiries.thing.guardian", facts)
	}
	for _, report := range found.Reports {
		details := report.Particulars.Get()
		var facts disclosure.Facts
		facts.Day("minors.reported_on.label", report.ReportedOn)
		facts.Words("minors.authority.label", details.Authority)
		facts.Words("minors.contents.label", details.Contents)
		facts.DayOf("minors.answered_on.label", report.AnsweredOn)
		facts.Words("minors.answer.label", details.Answer)
		told.Add(report.ProtectionReportID.String(), "inquiries.thing.report", facts)
	}
	return told, nil
}
