package projects

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// source is how the agenda knows what projects report.
const source agenda.Source = "projects"

// Service is what can be done with projects.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Show opens the project of a dossier and its steps.
func (s *Service) Show(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Now: s.now()}
	var versions []Project
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &sheet.Dossier), tenantdb.Many(&versions, projectsStatement.With(dossier)),
		tenantdb.Many(&sheet.Steps, stepsStatement.With(dossier)), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Sheet{}, fmt.Errorf("find the project of a dossier: %w", err)
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Sheet{}, err
	}
	for i := range versions {
		if err := box.Open(&versions[i]); err != nil {
			return Sheet{}, fmt.Errorf("open project: %w", err)
		}
	}
	for i := range sheet.Steps {
		if err := box.Open(&sheet.Steps[i]); err != nil {
			return Sheet{}, fmt.Errorf("open step: %w", err)
		}
	}
	if len(versions) > 0 {
		sheet.Project, sheet.Earlier = versions[0], versions[1:]
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Sheet{}, err
	}
	if wealth, ok := rules.Wealth(sheet.Now); ok {
		sheet.Wealth = &wealth
	}
	return sheet, nil
}

// Write keeps what the person wants as a new version of the project, on top of the one that somebody saw. When there is a
// newer one it is a fault.Conflict; when that says just the same, or the form was sent twice, it is done.
func (s *Service) Write(ctx context.Context, dossier dossiers.ID, version int, text Text) error {
	by, err := access.Require(ctx, access.ProjectWrite)
	if err != nil {
		return err
	}
	if err := text.Check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		current, err := currentProject(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if current.Version > 0 {
			if err := box.Open(&current); err != nil {
				return fmt.Errorf("open project: %w", err)
			}
			if text.same(current.Project.Get()) {
				return dossiers.Unchanged(ctx, tx, dossier)
			}
		}
		if current.Version != version {
			return fault.Conflict("projects.conflict")
		}
		next := Project{DossierID: dossier, Version: version + 1, Project: keys.Of(text), WrittenAt: s.now()}
		if err := insertProject(ctx, tx, by.Tenant, box, next); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.ProjectWritten, Dossier: dossiers.TimelineID(dossier)})
	})
}

// Plan writes a step down: a new one, whose version is 0, or one that somebody saw in a version. When it changed meanwhile
// it is a fault.Conflict. The same form sent twice is done once.
func (s *Service) Plan(ctx context.Context, dossier dossiers.ID, step Step) error {
	by, err := access.Require(ctx, access.ProjectWrite)
	if err != nil {
		return err
	}
	step.DossierID, step.UpdatedAt = dossier, s.now()
	step = step.fitting()
	if err := step.Check(forms.Today(step.UpdatedAt)); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		current, err := findStep(ctx, tx, step.StepID)
		switch {
		case err != nil:
			return err
		case current.Version > 0 && current.DossierID != dossier, current.Version == 0 && step.Version > 0:
			return fault.NotFound()
		case current.Version > 0:
			if err := box.Open(&current); err != nil {
				return fmt.Errorf("open step: %w", err)
			}
			if step.same(current) {
				return dossiers.Unchanged(ctx, tx, dossier)
			}
			if current.Version != step.Version {
				return fault.Conflict("projects.conflict")
			}
		}
		kind, write := timeline.StepChanged, func(next Step) error { return updateStep(ctx, tx, box, next) }
		if current.Version == 0 {
			kind, write = timeline.StepPlanned, func(next Step) error { return insertStep(ctx, tx, by.Tenant, box, next) }
		}
		step.Version++
		if err := write(step); err != nil {
			return err
		}
		steps, err := listSteps(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, facts(steps), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(dossier), Detail: string(step.Kind)})
	})
}
