package tasks

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Chapter is what was or is to be done for a person, and by when.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	var mention dossiers.Mention
	var all []Written
	if err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention), tenantdb.Many(&all, everyStatement.With(dossier)), journal.Seen(ctx, dossiers.TimelineID(dossier))); err != nil {
		return disclosure.Chapter{}, fmt.Errorf("tell the tasks of dossier %s: %w", dossier, err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err == nil {
		err = openAll(box, all)
	}
	if err != nil {
		return disclosure.Chapter{}, fmt.Errorf("tell the tasks of dossier %s: %w", dossier, err)
	}
	told := disclosure.Chapter{Name: "tasks", Tables: []string{"tasks", "task_texts"}, More: len(all) >= mostTold}
	for _, task := range all {
		var facts disclosure.Facts
		disclosure.Code(&facts, "tasks.kind.label", "tasks.kind.", task.Kind)
		facts.Day("tasks.due_on.label", task.DueOn)
		facts.AtOf("inquiries.ended_at.label", task.EndedAt)
		disclosure.Code(&facts, "inquiries.became.label", "tasks.outcome.", task.Outcome)
		facts.Words("tasks.text.label", task.Body.Get())
		told.Add(task.TaskID.String(), "inquiries.thing.task", facts)
	}
	return told, nil
}
