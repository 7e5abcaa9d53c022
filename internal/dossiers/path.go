package dossiers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
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

func (r *reported) open(ctx context.Context, open func(keys.Row) error, today time.Time) (Standing, error) {
	facts, err := agenda.Open(open, r.facts)
	if err != nil {
		return Standing{}, err
	}
	rules, err := agenda.Rules(ctx)
	if err != nil {
		return Standing{}, err
	}
	standing := Standing{Course: PhaseOf(facts, today), Dates: rules.Deadlines(facts)}
	if len(r.setting) > 0 {
		if err := open(&r.setting[0]); err != nil {
			return Standing{}, err
		}
		standing.Setting = &r.setting[0]
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
	standing, err := reported.open(ctx, file.Open, forms.Today(s.now()))
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
	if path.Standing, err = reported.open(ctx, box.Open, forms.Today(s.now())); err != nil {
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

// SetPhase sets the phase against what follows from the facts, until it is given back. Where another setting holds than the
// one that was seen, it is a fault.Conflict.
func (s *Service) SetPhase(ctx context.Context, id ID, choice Choice) error {
	by, err := access.Require(ctx, access.PhaseSet)
	if err != nil {
		return err
	}
	if err := choice.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		held, err := currentSetting(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case held.SettingID == choice.ID:
			return nil // the form was sent twice
		case held.SettingID != choice.Seen:
			return fault.Conflict("dossiers.phase.set_meanwhile")
		}
		now := s.now()
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		if err := setPhase(ctx, tx, box, by, Setting{SettingID: choice.ID, DossierID: id, Phase: choice.Phase, Words: keys.Of(choice.Reason), SetAt: now}); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.UpdatedAt = choice.Phase, true, now
		if err := updateStanding(ctx, tx, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.PhaseSet, Dossier: TimelineID(id), Detail: string(choice.Phase)})
	})
}

func setPhase(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, setting Setting) error {
	if err := box.Seal(&setting); err != nil {
		return fmt.Errorf("seal setting of the phase: %w", err)
	}
	return insertSetting(ctx, tx, by.Tenant, by.Person, setting)
}

// ReleasePhase lets the phase follow from the facts again.
func (s *Service) ReleasePhase(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.PhaseSet)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil || !dossier.PhaseSet {
			return err
		}
		facts, err := agenda.Load(ctx, tx, box.Open, TimelineID(id))
		if err != nil {
			return err
		}
		now := s.now()
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.UpdatedAt = PhaseOf(facts, everything(facts)).Phase, false, now
		if err := updateStanding(ctx, tx, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.PhaseReleased, Dossier: TimelineID(id), Detail: string(dossier.Phase)})
	})
}

// RecordFinding records what a body found. The same form sent twice records it once.
func (s *Service) RecordFinding(ctx context.Context, id ID, finding FindingID, statement Statement) error {
	by, err := access.Require(ctx, access.FindingWrite)
	if err != nil {
		return err
	}
	now := s.now()
	if err := statement.Check(forms.Today(now)).Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		fresh, err := find(ctx, tx, box, by, Finding{FindingID: finding, DossierID: id, RecordedAt: now}, statement)
		if err != nil || !fresh {
			return err
		}
		return s.found(ctx, tx, box, by, id, timeline.FindingRecorded, statement.Verdict)
	})
}

// find writes a finding down.
func find(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, f Finding, statement Statement) (bool, error) {
	f.Body, f.Verdict, f.FoundOn, f.Words = statement.Body, statement.Verdict, *statement.On, keys.Of(FindingWords{Basis: statement.Basis})
	if err := box.Seal(&f); err != nil {
		return false, fmt.Errorf("seal finding: %w", err)
	}
	return insertFinding(ctx, tx, by.Tenant, by.Person, f)
}

// found tells the agenda and the timeline that the findings of a dossier have changed.
func (s *Service) found(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, id ID, kind timeline.Kind, verdict Verdict) error {
	all, err := listFindings(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := Report(ctx, tx, box, id, findings, factsOf(all)); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: TimelineID(id), Detail: string(verdict)})
}

// FindFinding shows a finding that somebody is about to correct or withdraw.
func (s *Service) FindFinding(ctx context.Context, id FindingID) (Mention, Finding, error) {
	if _, err := access.Require(ctx, access.FindingWrite); err != nil {
		return Mention{}, Finding{}, err
	}
	var mention Mention
	var finding Finding
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if finding, err = findFinding(ctx, tx, id); err != nil {
			return err
		}
		if mention, err = mentioned(ctx, tx, finding.DossierID); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(finding.DossierID)})
	})
	if err != nil {
		return Mention{}, Finding{}, err
	}
	box, err := s.keys.Box(ctx, HolderOf(finding.DossierID))
	if err != nil {
		return Mention{}, Finding{}, err
	}
	return mention, finding, box.Open(&finding)
}

// CorrectFinding puts another finding in the place of one, which stays with the reason why it was wrong. One that somebody
// else has corrected or withdrawn meanwhile is a fault.Conflict.
func (s *Service) CorrectFinding(ctx context.Context, id, instead FindingID, statement Statement, why string) error {
	by, err := access.Require(ctx, access.FindingWrite)
	if err != nil {
		return err
	}
	now := s.now()
	problems := statement.Check(forms.Today(now))
	if why == "" {
		problems.Add("why", "dossiers.finding.why_missing")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.withdraw(ctx, id, instead, why, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, wrong Finding) error {
		_, err := find(ctx, tx, box, by, Finding{FindingID: instead, DossierID: wrong.DossierID, RecordedAt: now, Corrects: id}, statement)
		if err != nil {
			return err
		}
		return s.found(ctx, tx, box, by, wrong.DossierID, timeline.FindingCorrected, statement.Verdict)
	})
}

// WithdrawFinding takes a finding back, which stays with the reason.
func (s *Service) WithdrawFinding(ctx context.Context, id FindingID, why string) error {
	by, err := access.Require(ctx, access.FindingWrite)
	if err != nil {
		return err
	}
	if why == "" {
		return fault.Invalid("why", "dossiers.finding.why_missing")
	}
	return s.withdraw(ctx, id, FindingID{}, why, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, wrong Finding) error {
		return s.found(ctx, tx, box, by, wrong.DossierID, timeline.FindingWithdrawn, wrong.Verdict)
	})
}

// withdraw marks a finding as wrong, and does what follows.
func (s *Service) withdraw(ctx context.Context, id, instead FindingID, why string, then func(context.Context, tenantdb.Tx, *keys.Box, Finding) error) error {
	by, _ := access.From(ctx)
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		wrong, err := findFinding(ctx, tx, id)
		if err != nil {
			return err
		}
		_, box, err := hold(ctx, tx, s.keys, wrong.DossierID, Dossier.takesChanges)
		if err != nil {
			return err
		}
		// Whoever was quicker has let the dossier go by now.
		if wrong, err = findFinding(ctx, tx, id); err != nil {
			return err
		}
		if !wrong.Stands() {
			return s.againOrLate(ctx, tx, box, wrong, instead, why)
		}
		if err := box.Open(&wrong); err != nil {
			return err
		}
		now := s.now()
		wrong.WithdrawnAt, wrong.Words = &now, keys.Of(FindingWords{Basis: wrong.Words.Get().Basis, Why: why})
		if err := box.Seal(&wrong); err != nil {
			return err
		}
		if err := updateWithdrawal(ctx, tx, by.Person, wrong); err != nil {
			return err
		}
		return then(ctx, tx, box, wrong)
	})
}

// againOrLate tells a form that was sent twice from one that came too late.
func (s *Service) againOrLate(ctx context.Context, tx tenantdb.Tx, box *keys.Box, wrong Finding, instead FindingID, why string) error {
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(wrong.DossierID)}); err != nil {
		return err
	}
	if err := box.Open(&wrong); err != nil {
		return err
	}
	all, err := listFindings(ctx, tx, wrong.DossierID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(f Finding) bool { return f.Corrects == wrong.FindingID })
	if wrong.Words.Get().Why == why && (at < 0 && instead.Zero() || at >= 0 && all[at].FindingID == instead) {
		return nil
	}
	return tenantdb.AndCommit(fault.Conflict("dossiers.finding.changed_meanwhile"))
}

// Calendar is all dates of a dossier, and which of them somebody does without.
type Calendar struct {
	Mention
	List    deadlines.List
	Waivers []Waiver
	closed  bool
}

// Closed says that nothing of it can be changed.
func (c Calendar) Closed() bool { return c.closed }

// Known are the dates that press nobody and are open.
func (c Calendar) Known() (known deadlines.List) {
	for _, d := range c.List {
		if d.Open() && !d.Rule.Kind.Presses() {
			known = append(known, d)
		}
	}
	return known
}

// Settled are the dates that nobody waits for any more.
func (c Calendar) Settled() (past deadlines.List) {
	for _, d := range c.List {
		if !d.Open() {
			past = append(past, d)
		}
	}
	return past
}

// Waiver is what somebody wrote who does without a date.
func (c Calendar) Waiver(d deadlines.Deadline) (Waiver, bool) {
	i := slices.IndexFunc(c.Waivers, func(w Waiver) bool { return w.Rule == d.ID && w.About == d.Of })
	if i < 0 {
		return Waiver{}, false
	}
	return c.Waivers[i], true
}

// Calendar shows all dates of a dossier.
func (s *Service) Calendar(ctx context.Context, id ID) (Calendar, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Calendar{}, err
	}
	var calendar Calendar
	var dossier Dossier
	var reported []agenda.Reported
	if err := s.db.Read(ctx, ofID(id, &dossier), agenda.OfDossier(TimelineID(id), &reported), ofWaivers(id, &calendar.Waivers), journal.Seen(ctx, TimelineID(id))); err != nil {
		return Calendar{}, fmt.Errorf("show the dates of dossier %s: %w", id, err)
	}
	calendar.Mention, calendar.closed = Mention{id, dossier.CodeName}, dossier.Closed()
	box, err := s.keys.Box(ctx, HolderOf(id))
	if err != nil {
		return Calendar{}, err
	}
	if calendar.List, err = agenda.Of(ctx, box.Open, reported); err != nil {
		return Calendar{}, err
	}
	return calendar, openAll(box, calendar.Waivers)
}

// Waive does without a date that presses, for a reason. To do without it twice is to do without it once.
func (s *Service) Waive(ctx context.Context, id ID, rule deadlines.RuleID, about, reason string) error {
	by, err := access.Require(ctx, access.DeadlineWaive)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("reason", "dossiers.waiver.reason_missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		all, err := listWaivers(ctx, tx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(w Waiver) bool { return w.Rule == rule && w.About == about }) {
			return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)})
		}
		list, err := dates(ctx, tx, box, id)
		if err != nil {
			return err
		}
		if _, err := mayBeWaived(list, rule, about); err != nil {
			return err
		}
		waiver := Waiver{DossierID: id, Rule: rule, About: about, Words: keys.Of(reason), WaivedAt: s.now()}
		if err := box.Seal(&waiver); err != nil {
			return fmt.Errorf("seal waiver: %w", err)
		}
		if err := insertWaiver(ctx, tx, by.Tenant, by.Person, waiver); err != nil {
			return err
		}
		if err := Report(ctx, tx, box, id, waivers, settled(append(all, waiver))); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.DeadlineWaived, Dossier: TimelineID(id), Detail: string(rule)})
	})
}

// TakeUp makes a date count again that somebody had done without.
func (s *Service) TakeUp(ctx context.Context, id ID, rule deadlines.RuleID, about string) error {
	by, err := access.Require(ctx, access.DeadlineWaive)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		was, err := deleteWaiver(ctx, tx, id, rule, about)
		if err != nil || !was {
			return err
		}
		all, err := listWaivers(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := Report(ctx, tx, box, id, waivers, settled(all)); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.WaiverTakenBack, Dossier: TimelineID(id), Detail: string(rule)})
	})
}

// dates are the deadlines of a dossier within the transaction of a change.
func dates(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID) (deadlines.List, error) {
	facts, err := agenda.Load(ctx, tx, box.Open, TimelineID(id))
	if err != nil {
		return nil, err
	}
	rules, err := agenda.Rules(ctx)
	if err != nil {
		return nil, err
	}
	return rules.Deadlines(facts), nil
}

// Closing is what somebody has to know who closes, follows up or reopens a dossier.
type Closing struct {
	Dossier
	Owed Checklist
	// Closures are the latest first; where the dossier is closed, that one holds.
	Closures []Closure
}

// Closing shows what a dossier still owes before it can be closed, and when it was closed before.
func (s *Service) Closing(ctx context.Context, id ID) (Closing, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Closing{}, err
	}
	var closing Closing
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
			return err
		}
		closing.Dossier = dossier
		if closing.Owed, err = s.owes(ctx, tx, box, id); err != nil {
			return err
		}
		if closing.Closures, err = listClosures(ctx, tx, id); err != nil {
			return err
		}
		return openAll(box, closing.Closures)
	})
	return closing, err
}

// owes asks everybody who may know what a dossier still owes.
func (s *Service) owes(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID) (Checklist, error) {
	list, err := dates(ctx, tx, box, id)
	if err != nil {
		return Checklist{}, err
	}
	var others []Obligation
	for _, owed := range s.owed {
		more, err := owed(ctx, tx, id)
		if err != nil {
			return Checklist{}, err
		}
		others = append(others, more...)
	}
	return checklist(list, others, forms.Today(s.now())), nil
}

// Close ends the accompaniment, once nothing is owed any more. A phase that a person had set is given back: a closed
// dossier says so. Sent twice, it closes once; where somebody else has closed it, it is a fault.Conflict.
func (s *Service) Close(ctx context.Context, id ID, ending Ending) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	if err := ending.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if dossier.Closed() {
			return s.closedAlready(ctx, tx, id, ending.ID)
		}
		owed, err := s.owes(ctx, tx, box, id)
		if err != nil {
			return err
		}
		if err := owed.Check(); err != nil {
			return err
		}
		now := s.now()
		closure := Closure{ClosureID: ending.ID, DossierID: id, Reason: ending.Reason, Words: keys.Of(ClosureWords{Note: ending.Note}), ClosedAt: now}
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := insertClosure(ctx, tx, by.Tenant, by.Person, closure); err != nil {
			return err
		}
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.ClosedAt = Closed, false, &now
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.DossierClosed)
	})
}

// closedAlready tells a form that was sent twice from one that came too late.
func (s *Service) closedAlready(ctx context.Context, tx tenantdb.Tx, id ID, ending ClosureID) error {
	closures, err := listClosures(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
		return err
	}
	if closures[0].ClosureID == ending {
		return nil
	}
	return tenantdb.AndCommit(fault.Conflict("dossiers.closure.already"))
}

// turn writes that a dossier was closed, followed up or reopened, and tells the agenda and the timeline.
func (s *Service) turn(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, dossier Dossier, closure Closure, kind timeline.Kind) error {
	dossier.UpdatedAt = s.now()
	if err := updateStanding(ctx, tx, dossier); err != nil {
		return err
	}
	if err := Report(ctx, tx, box, dossier.DossierID, closing, closure.facts()); err != nil {
		return err
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: TimelineID(dossier.DossierID), Detail: string(closure.Reason)})
}

// BeginAftercare lets somebody look after the person again, the dossier staying closed.
func (s *Service) BeginAftercare(ctx context.Context, id ID, note string) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	return s.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier Dossier, closure Closure) error {
		if dossier.InAftercare() {
			return nil
		}
		now := s.now()
		words := closure.Words.Get()
		words.Aftercare = note
		closure.AftercareAt, closure.Words = &now, keys.Of(words)
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := updateAftercare(ctx, tx, by.Person, closure); err != nil {
			return err
		}
		dossier.Phase, dossier.AftercareAt = Aftercare, &now
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.AftercareBegun)
	})
}

// Reopen takes the accompaniment up again, for a reason. The closing stays among those that were.
func (s *Service) Reopen(ctx context.Context, id ID, reason string) error {
	by, err := access.Require(ctx, access.DossierClose)
	if err != nil {
		return err
	}
	if reason == "" {
		return fault.Invalid("why", "dossiers.closure.why_missing")
	}
	return s.change(ctx, id, func(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier Dossier, closure Closure) error {
		now := s.now()
		words := closure.Words.Get()
		words.Reopening = reason
		closure.ReopenedAt, closure.Words = &now, keys.Of(words)
		if err := box.Seal(&closure); err != nil {
			return fmt.Errorf("seal closure: %w", err)
		}
		if err := updateReopening(ctx, tx, by.Person, closure); err != nil {
			return err
		}
		dossier.ClosedAt, dossier.AftercareAt = nil, nil
		return s.turn(ctx, tx, box, by, dossier, closure, timeline.DossierReopened)
	})
}

// change is what follows a closing that holds; an open dossier has none.
func (s *Service) change(ctx context.Context, id ID, change func(context.Context, tenantdb.Tx, *keys.Box, Dossier, Closure) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, nil)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil {
			return err
		}
		if !dossier.Closed() {
			return tenantdb.AndCommit(fault.Refused("dossiers.closure.not_closed"))
		}
		closures, err := listClosures(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := box.Open(&closures[0]); err != nil {
			return err
		}
		return change(ctx, tx, box, dossier, closures[0])
	})
}
