package risks

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is how great a person's danger was found to be, and the safety plan.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	found, err := s.OfDossier(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "risks", Tables: []string{"risk_assessments", "safety_plans"}, More: len(found.Assessments) >= shown}
	for _, assessment := range found.Assessments {
		details := assessment.Particulars.Get()
		var facts disclosure.Facts
		disclosure.Code(&facts, "risks.level.label", "risks.level.", assessment.Level)
		disclosure.Code(&facts, "inquiries.about.label", "risks.kind.", assessment.Kind)
		facts.Day("risks.assessed_on.label", assessment.AssessedOn)
		facts.DayOf("risks.review_on.label", assessment.ReviewOn)
		facts.Number("risks.child_scale.label", assessment.ChildScale)
		for _, danger := range details.Dangers {
			facts.Add("risks.dangers", disclosure.Message, append(append(disclosure.Messages("risks.source.", []Source{danger.Source}),
				disclosure.Messages("risks.severity.", []Severity{danger.Severity})...), disclosure.Messages("risks.likelihood.", []Likelihood{danger.Likelihood})...)...)
		}
		facts.Words("risks.described.label", details.Described)
		facts.Words("risks.protective.label", details.Protective)
		facts.Words("risks.fears.label", details.Fears)
		facts.Words("risks.reason.label", details.Reason)
		told.Add(assessment.RiskAssessmentID.String(), "inquiries.thing.risk", facts)
	}
	plan := found.Plan.Particulars.Get()
	var facts disclosure.Facts
	facts.At("inquiries.recorded_at.label", found.Plan.WrittenAt)
	facts.Words("risks.signs.label", plan.Signs)
	facts.Words("risks.steps.label", plan.Steps)
	facts.Words("risks.people.label", plan.People)
	facts.Words("risks.signal.label", plan.Signal)
	facts.Words("risks.devices.label", plan.Devices)
	for _, measure := range plan.Measures {
		facts.Words("risks.measure.what", measure.What)
		facts.Words("risks.measure.who", measure.Who)
		facts.DayOf("risks.measure.by", measure.By)
		facts.DayOf("risks.measure.done", measure.Done)
	}
	told.Add(dossier.String(), "inquiries.thing.safety_plan", facts)
	return told, nil
}
