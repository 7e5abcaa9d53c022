package risks

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/minors"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done about dangers.
type Service struct {
	db       *tenantdb.DB
	keys     *keys.Ring
	dossiers *dossiers.Service
	now      func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, dossiers *dossiers.Service, now func() time.Time) *Service {
	return &Service{db, ring, dossiers, now}
}

// source is what the agenda knows this capability by.
const source agenda.Source = "risks"

// Safety is what the page of a dossier shows.
type Safety struct {
	Dossier dossiers.Mention
	// Child says that the person counts as a child today.
	Child bool
	// Assessments are newest first, of both kinds.
	Assessments []Assessment
	Plan        Plan
	Dates       deadlines.List

	staff []members.Member
}

// Of gives the assessments of a kind, newest first.
func (s Safety) Of(kind Kind) (found []Assessment) {
	for _, assessment := range s.Assessments {
		if assessment.Kind == kind {
			found = append(found, assessment)
		}
	}
	return found
}

// Name is what a member of the staff is called.
func (s Safety) Name(id tenantdb.PersonID) string {
	for _, member := range s.staff {
		if member.MemberID == id {
			return member.Name
		}
	}
	return ""
}

// OfDossier gives how great the danger is and was, and the plan.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (Safety, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Safety{}, err
	}
	var found Safety
	var plans []Plan
	var ages []minors.AgeRecord
	var reported []agenda.Reported
	file, err := s.dossiers.Find(ctx, dossier, tenantdb.Many(&found.Assessments, assessmentsOf.With(dossier)), tenantdb.Many(&plans, planOf.With(dossier)),
		minors.Ages(dossier, &ages), agenda.OfDossier(dossiers.TimelineID(dossier), &reported), members.Recent(&found.staff))
	if err != nil {
		return Safety{}, fmt.Errorf("find risks: %w", err)
	}
	for i := range found.Assessments {
		if err := file.Open(&found.Assessments[i]); err != nil {
			return Safety{}, fmt.Errorf("open risks: %w", err)
		}
	}
	for i := range plans {
		if err := file.Open(&plans[i]); err != nil {
			return Safety{}, fmt.Errorf("open safety plan: %w", err)
		}
		found.Plan = plans[i]
	}
	list, err := agenda.Of(ctx, s.db, file.Open, reported)
	if err != nil {
		return Safety{}, err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Safety{}, err
	}
	found.Dossier = dossiers.Mention{DossierID: dossier, CodeName: file.CodeName}
	found.Child, _ = minors.AgeOf(file.Beneficiary.BirthDate, ages).On(forms.Today(s.now()), rules)
	for _, d := range agenda.Only(list, deadlines.RiskReview, deadlines.RiskReviewOn) {
		if d.Open() {
			found.Dates = append(found.Dates, d)
		}
	}
	return found, nil
}

// Assess records how great the danger is. It replaces nothing that was found before; the agenda hears of the review.
func (s *Service) Assess(ctx context.Context, dossier dossiers.ID, id ID, f Finding) error {
	by, err := access.Require(ctx, access.RiskWrite)
	if err != nil {
		return err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return err
	}
	latest := func(assessed time.Time) *time.Time { return reviewAfter(rules, assessed) }
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		file, err := dossiers.Load(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		age, err := minors.LoadAge(ctx, tx, file)
		if err != nil {
			return err
		}
		child, _ := age.On(forms.Today(s.now()), rules)
		if err := f.Check(forms.Today(s.now()), child, latest); err != nil {
			return tenantdb.AndCommit(err)
		}
		assessment := Assessment{
			RiskAssessmentID: id, DossierID: dossier, Kind: f.Kind, Level: f.Level, ChildScale: f.ChildScale, AssessedOn: *f.AssessedOn,
			Particulars: keys.Of(f.Details), WrittenBy: by.Person, WrittenAt: s.now(),
		}
		if f.Kind == Here {
			if assessment.ReviewOn = f.ReviewOn; f.ReviewOn == nil {
				assessment.ReviewOn = latest(*f.AssessedOn)
			}
		}
		if isNew, err := insertAssessment(ctx, tx, by.Tenant, box, assessment); err != nil || !isNew {
			return err
		}
		found, err := listLatest(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, facts(found, latest), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.RiskAssessed, Dossier: dossiers.TimelineID(dossier), Detail: string(f.Kind)})
	})
}

// reviewAfter is the day by which the house assesses again.
func reviewAfter(rules *deadlines.Rules, assessed time.Time) *time.Time {
	d, ok := rules.Deadlines([]deadlines.Fact{{Trigger: deadlines.RiskAssessed, On: assessed}}).Find(deadlines.RiskReview, "")
	if !ok {
		return nil
	}
	return &d.On
}

// facts are what the agenda has to know: the last assessment, when the next is due where it named an earlier day than the
// house's rule, and that what waits after a return was assessed.
func facts(latest []Brief, house func(time.Time) *time.Time) (all []deadlines.Fact) {
	for _, brief := range latest {
		if brief.Kind == OnReturn {
			all = append(all, deadlines.Fact{Trigger: deadlines.ReturnAssessed, On: brief.AssessedOn})
			continue
		}
		all = append(all, deadlines.Fact{Trigger: deadlines.RiskAssessed, On: brief.AssessedOn})
		if brief.ReviewOn != nil && !sameDay(brief.ReviewOn, house(brief.AssessedOn)) {
			all = append(all, deadlines.Fact{Trigger: deadlines.RiskReviewSet, On: *brief.ReviewOn})
		}
	}
	return all
}

// WritePlan makes the safety plan, or changes the one that somebody saw in a version. When it changed meanwhile it is a
// fault.Conflict, and the plan is what is there now.
func (s *Service) WritePlan(ctx context.Context, dossier dossiers.ID, version int, details PlanDetails) (current Plan, err error) {
	by, err := access.Require(ctx, access.RiskWrite)
	if err != nil {
		return Plan{}, err
	}
	if err := details.Check(); err != nil {
		return Plan{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
			return err
		}
		if current, err = findPlan(ctx, tx, box, dossier); err != nil || current.Written() && current.Particulars.Get().same(details) {
			return err
		}
		if current.Version != version {
			return tenantdb.AndCommit(fault.Conflict("risks.plan.conflict"))
		}
		plan := Plan{DossierID: dossier, Particulars: keys.Of(details), Version: version + 1, WrittenBy: by.Person, WrittenAt: s.now()}
		if err := writePlan(ctx, tx, by.Tenant, box, plan); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.SafetyPlanned, Dossier: dossiers.TimelineID(dossier)})
	})
	return current, err
}
