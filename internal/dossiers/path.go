package dossiers

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Standing is where a dossier stands today, and why.
type Standing struct {
	Course Course
	// Setting is the phase that a person has set, if one has; it goes before what follows from the facts.
	Setting *Setting
	// Dates are what follows from the facts, soonest first.
	Dates deadlines.List
}

// Phase is the phase of today: the one that a person has set, or what the facts say.
func (s Standing) Phase() Phase {
	if s.Setting != nil {
		return s.Setting.Phase
	}
	return s.Course.Phase
}

// reported is what a standing is made of, as the database answers.
type reported struct {
	facts   []agenda.Reported
	setting []Setting
}

func (r *reported) ask(id ID) []tenantdb.Question {
	return []tenantdb.Question{agenda.OfDossier(TimelineID(id), &r.facts), ofSetting(id, &r.setting)}
}

func (r *reported) open(ctx context.Context, db *tenantdb.DB, open func(keys.Row) error, dossier Dossier, today time.Time) (Standing, error) {
	facts, err := agenda.Open(open, r.facts)
	if err != nil {
		return Standing{}, err
	}
	rules, err := agenda.Rules(ctx, db)
	if err != nil {
		return Standing{}, err
	}
	standing := Standing{Course: PhaseOf(facts, today), Dates: rules.Deadlines(facts)}
	if len(r.setting) > 0 {
		if err := open(&r.setting[0]); err != nil {
			return Standing{}, err
		}
		standing.Setting = &r.setting[0]
	} else if dossier.PhaseSet {
		// It was chosen before anybody was asked why.
		standing.Setting = &Setting{DossierID: dossier.DossierID, Phase: dossier.Phase, Words: keys.Of(""), SetAt: dossier.OpenedAt}
	}
	return standing, nil
}

// Overview is a dossier with what matters now.
type Overview struct {
	File
	Standing Standing
}

// Overview opens a dossier with where it stands and with whatever else its first page shows, in one round trip.
func (s *Service) Overview(ctx context.Context, id ID, alongside ...tenantdb.Question) (Overview, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Overview{}, err
	}
	var reported reported
	file, err := s.Find(ctx, id, append(reported.ask(id), alongside...)...)
	if err != nil {
		return Overview{}, err
	}
	standing, err := reported.open(ctx, s.db, file.Open, file.Dossier, forms.Today(s.now()))
	return Overview{file, standing}, err
}

// Path is how far an accompaniment has come, and who found what on whether the person is a victim.
type Path struct {
	Dossier
	Standing Standing
	// Settings are the phases that people have set, the one that holds first.
	Settings []Setting
	// Findings are the latest first, also those that were corrected or withdrawn.
	Findings []Finding
}

// Path shows the path of a dossier.
func (s *Service) Path(ctx context.Context, id ID) (Path, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Path{}, err
	}
	var path Path
	var reported reported
	asked := append(reported.ask(id), ofID(id, &path.Dossier), ofSettings(id, &path.Settings), ofFindings(id, &path.Findings), journal.Seen(ctx, TimelineID(id)))
	if err := s.db.Read(ctx, asked...); err != nil {
		return Path{}, fmt.Errorf("show the path of dossier %s: %w", id, err)
	}
	box, err := s.keys.Box(ctx, HolderOf(id))
	if err != nil {
		return Path{}, err
	}
	if path.Standing, err = reported.open(ctx, s.db, box.Open, path.Dossier, forms.Today(s.now())); err != nil {
		return Path{}, err
	}
	if err := openAll(box, path.Settings); err != nil {
		return Path{}, err
	}
	return path, openAll(box, path.Findings)
}

// openAll opens what was read of a dossier.
func openAll[T any, R interface {
	*T
	keys.Row
}](box *keys.Box, rows []T) error {
	for i := range rows {
		if err := box.Open(R(&rows[i])); err != nil {
			return err
		}
	}
	return nil
}

// Timeline shows a part of what happened in a dossier.
func (s *Service) Timeline(ctx context.Context, id ID, filter timeline.Filter) (Mention, timeline.Page, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Mention{}, timeline.Page{}, err
	}
	var mention Mention
	page := timeline.Page{Filter: filter}
	if err := s.db.Read(ctx, append(page.Ask(TimelineID(id)), Mentioned(id, &mention), journal.Seen(ctx, TimelineID(id)))...); err != nil {
		return Mention{}, timeline.Page{}, fmt.Errorf("show the timeline of dossier %s: %w", id, err)
	}
	page.Cut()
	return mention, page, nil
}
