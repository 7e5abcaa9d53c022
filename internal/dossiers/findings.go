package dossiers

import (
	"context"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

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
	if err := Report(ctx, tx, box, id, findings, factsOf(all), s.now()); err != nil {
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
		if mention, err = MentionOf(ctx, tx, finding.DossierID); err != nil {
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
