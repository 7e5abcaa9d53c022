package projects

import (
	"context"
	"strconv"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is a person's life project, as it stood each time, and the steps of it.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Show(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{
		Name: "projects", Tables: []string{"projects", "project_steps"}, More: len(sheet.Earlier)+1 >= mostVersions || len(sheet.Steps) >= mostSteps,
	}
	for _, project := range append([]Project{sheet.Project}, sheet.Earlier...) {
		text := project.Project.Get()
		var facts disclosure.Facts
		facts.At("inquiries.recorded_at.label", project.WrittenAt)
		facts.Words("projects.words.label", text.Words)
		for _, goal := range text.Goals {
			facts.Words("projects.goals.label", goal)
		}
		told.Add(strconv.Itoa(project.Version), "inquiries.thing.project", facts)
	}
	for _, step := range sheet.Steps {
		details := step.Details.Get()
		var facts disclosure.Facts
		disclosure.Code(&facts, "projects.kind.label", "projects.kind.", step.Kind)
		disclosure.Code(&facts, "projects.state.label", "projects.state.", step.State)
		facts.Words("projects.what.label", details.What)
		facts.Words("projects.goal.label", details.Goal)
		facts.Words("projects.with.label", details.With)
		facts.DayOf("projects.due_on.label", step.DueOn)
		facts.DayOf("projects.begun_on.label", step.BegunOn)
		facts.DayOf("projects.ended_on.label", step.EndedOn)
		facts.Text("projects.level.label", string(step.Level))
		facts.DayOf("projects.exam_on.label", step.ExamOn)
		facts.Number("projects.percent.label", step.Percent)
		disclosure.Code(&facts, "projects.sector.label", "projects.sector.", step.Sector)
		facts.DayOf("projects.asked_on.label", step.AskedOn)
		facts.DayOf("projects.decided_on.label", step.DecidedOn)
		disclosure.Code(&facts, "projects.decision.label", "projects.decision.", step.Decision)
		facts.Words("projects.result.label", details.Result)
		told.Add(step.StepID.String(), "inquiries.thing.project_step", facts)
	}
	return told, nil
}
