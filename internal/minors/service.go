package minors

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
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done for a child.
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
const source agenda.Source = "minors"

// OfDossier gives what is known of a dossier's person as a child, then and now.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (Childhood, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Childhood{}, err
	}
	var found Childhood
	var reported []agenda.Reported
	file, err := s.dossiers.Find(ctx, dossier, Ages(dossier, &found.Records), tenantdb.Many(&found.Guardians, guardiansOf.With(dossier)),
		tenantdb.Many(&found.Reports, reportsOf.With(dossier)), agenda.OfDossier(dossiers.TimelineID(dossier), &reported), members.Recent(&found.staff))
	if err != nil {
		return Childhood{}, fmt.Errorf("find childhood: %w", err)
	}
	var rows []keys.Row
	for i := range found.Records {
		rows = append(rows, &found.Records[i])
	}
	for i := range found.Guardians {
		rows = append(rows, &found.Guardians[i])
	}
	for i := range found.Reports {
		rows = append(rows, &found.Reports[i])
	}
	for _, row := range rows {
		if err := file.Open(row); err != nil {
			return Childhood{}, fmt.Errorf("open childhood: %w", err)
		}
	}
	facts, err := agenda.Open(file.Open, reported)
	if err != nil {
		return Childhood{}, err
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Childhood{}, err
	}
	today := forms.Today(s.now())
	found.Dossier = dossiers.Mention{DossierID: dossier, CodeName: file.CodeName}
	found.Age = AgeOf(file.Beneficiary.BirthDate, found.Records)
	found.Estimated, found.EstimatedOn = file.Beneficiary.EstimatedAge, file.Beneficiary.AgeEstimatedOn
	found.Now = found.Age.at("", today, rules)
	found.Moments = found.Age.moments(forms.Today(file.OpenedAt), facts, rules)
	found.Majority = agenda.Only(rules.Deadlines(facts), deadlines.Majority)
	if found.Now.Child {
		found.Missing = Missing(found.Guardians, today)
	}
	return found, nil
}

// Prepare gives what a form about a dossier's child begins with.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (dossiers.Mention, error) {
	if _, err := access.Require(ctx, access.MinorWrite); err != nil {
		return dossiers.Mention{}, err
	}
	var mention dossiers.Mention
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &mention))
	return mention, err
}

// RecordAge records that an age is disputed, or what an assessment of it found. The agenda hears of it at once.
func (s *Service) RecordAge(ctx context.Context, dossier dossiers.ID, id AgeID, finding AgeFinding) error {
	by, err := access.Require(ctx, access.MinorWrite)
	if err != nil {
		return err
	}
	if err := finding.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		record := AgeRecord{
			AgeRecordID: id, DossierID: dossier, Finding: finding.Finding, FoundOn: *finding.FoundOn, Particulars: keys.Of(finding.AgeDetails),
			WrittenBy: by.Person, WrittenAt: s.now(),
		}
		if isNew, err := insertAge(ctx, tx, by.Tenant, box, record); err != nil || !isNew {
			return err
		}
		records, err := listAges(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, AgeOf(nil, records).facts(), s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.AgeRecorded, Dossier: dossiers.TimelineID(dossier), Detail: string(finding.Finding)})
	})
}

// Name records who acts for the child.
func (s *Service) Name(ctx context.Context, dossier dossiers.ID, id GuardianID, a Appointment) error {
	by, err := access.Require(ctx, access.MinorWrite)
	if err != nil {
		return err
	}
	if err := a.Check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		guardian := Guardian{
			GuardianID: id, DossierID: dossier, Role: a.Role, Since: *a.Since, Until: a.Until, Particulars: keys.Of(a.GuardianDetails),
			Version: 1, WrittenBy: by.Person, WrittenAt: s.now(),
		}
		if isNew, err := insertGuardian(ctx, tx, by.Tenant, box, guardian); err != nil || !isNew {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.GuardianNamed, Dossier: dossiers.TimelineID(dossier), Detail: string(a.Role)})
	})
}

// Guardian gives one, for its form.
func (s *Service) Guardian(ctx context.Context, dossier dossiers.ID, id GuardianID) (dossiers.Mention, Guardian, error) {
	if _, err := access.Require(ctx, access.MinorWrite); err != nil {
		return dossiers.Mention{}, Guardian{}, err
	}
	var mention dossiers.Mention
	var guardian Guardian
	err := s.read(ctx, dossier, &guardian, dossiers.Mentioned(dossier, &mention), oneGuardian(dossier, id, &guardian))
	return mention, guardian, err
}

// read asks for one sealed thing of a dossier, which leaves an entry, and opens it.
func (s *Service) read(ctx context.Context, dossier dossiers.ID, row keys.Row, questions ...tenantdb.Question) error {
	if err := s.db.Read(ctx, append(questions, journal.Seen(ctx, dossiers.TimelineID(dossier)))...); err != nil {
		return err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return err
	}
	return box.Open(row)
}

// ChangeGuardian corrects who acts for the child, or ends it; as what and since when was said once. When somebody else
// changed it meanwhile it is a fault.Conflict, and the guardian is what is there now.
func (s *Service) ChangeGuardian(ctx context.Context, dossier dossiers.ID, id GuardianID, version int, a Appointment) (current Guardian, err error) {
	by, err := access.Require(ctx, access.MinorWrite)
	if err != nil {
		return Guardian{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if current, err = findGuardian(ctx, tx, dossier, id); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
			return err
		}
		if err := box.Open(&current); err != nil {
			return err
		}
		a.Role, a.Since = current.Role, &current.Since
		if err := a.Check(); err != nil {
			return tenantdb.AndCommit(err)
		}
		if current.Particulars.Get() == a.GuardianDetails && sameDay(current.Until, a.Until) {
			return nil
		}
		if current.Version != version {
			return tenantdb.AndCommit(fault.Conflict("minors.conflict"))
		}
		changed := current
		changed.Until, changed.Particulars, changed.Version = a.Until, keys.Of(a.GuardianDetails), version+1
		changed.WrittenBy, changed.WrittenAt = by.Person, s.now()
		if err := updateGuardian(ctx, tx, box, changed); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.GuardianChanged, Dossier: dossiers.TimelineID(dossier), Detail: string(current.Role)})
	})
	return current, err
}

// Notify records what was reported to the child protection authority.
func (s *Service) Notify(ctx context.Context, dossier dossiers.ID, id ReportID, n Notice) error {
	by, err := access.Require(ctx, access.MinorWrite)
	if err != nil {
		return err
	}
	if err := n.Check(forms.Today(s.now())); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		report := Report{
			ProtectionReportID: id, DossierID: dossier, ReportedOn: *n.ReportedOn, AnsweredOn: n.AnsweredOn, Particulars: keys.Of(n.ReportDetails),
			Version: 1, WrittenBy: by.Person, WrittenAt: s.now(),
		}
		if isNew, err := insertReport(ctx, tx, by.Tenant, box, report); err != nil || !isNew {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.ProtectionReported, Dossier: dossiers.TimelineID(dossier)})
	})
}

// Report gives one, for its form.
func (s *Service) Report(ctx context.Context, dossier dossiers.ID, id ReportID) (dossiers.Mention, Report, error) {
	if _, err := access.Require(ctx, access.MinorWrite); err != nil {
		return dossiers.Mention{}, Report{}, err
	}
	var mention dossiers.Mention
	var report Report
	err := s.read(ctx, dossier, &report, dossiers.Mentioned(dossier, &mention), oneReport(dossier, id, &report))
	return mention, report, err
}

// ChangeReport adds the authority's answer, or corrects the report; the rest is as in ChangeGuardian.
func (s *Service) ChangeReport(ctx context.Context, dossier dossiers.ID, id ReportID, version int, n Notice) (current Report, err error) {
	by, err := access.Require(ctx, access.MinorWrite)
	if err != nil {
		return Report{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		if current, err = findReport(ctx, tx, dossier, id); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
			return err
		}
		if err := box.Open(&current); err != nil {
			return err
		}
		n.ReportedOn = &current.ReportedOn
		if err := n.Check(forms.Today(s.now())); err != nil {
			return tenantdb.AndCommit(err)
		}
		if current.Particulars.Get() == n.ReportDetails && sameDay(current.AnsweredOn, n.AnsweredOn) {
			return nil
		}
		if current.Version != version {
			return tenantdb.AndCommit(fault.Conflict("minors.conflict"))
		}
		changed := current
		changed.AnsweredOn, changed.Particulars, changed.Version = n.AnsweredOn, keys.Of(n.ReportDetails), version+1
		changed.WrittenBy, changed.WrittenAt = by.Person, s.now()
		if err := updateReport(ctx, tx, box, changed); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.ProtectionChanged, Dossier: dossiers.TimelineID(dossier)})
	})
	return current, err
}

func sameDay(one, other *time.Time) bool {
	if one == nil || other == nil {
		return one == other
	}
	return one.Equal(*other)
}
