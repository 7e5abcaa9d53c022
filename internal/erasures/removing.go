package erasures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/retention"
	"passerelle/internal/tenantdb"
)

// Standing is what becomes of one closed dossier, and until when a removal that is ordered today could be taken back.
type Standing struct {
	Line
	Grace int
	Today time.Time
}

// Going says that nothing is to be decided yet: the dossier is open, or somebody looks after the person again.
func (s Standing) Going() bool { return s.ClosedAt.IsZero() }

// Standing shows what becomes of a dossier that is closed, or will be.
func (s *Service) Standing(ctx context.Context, id dossiers.ID) (standing Standing, err error) {
	by, err := access.Require(ctx, access.RetentionShow)
	if err != nil {
		return Standing{}, err
	}
	standing.Today = forms.Today(s.now())
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		policy, err := retention.FindPolicy(ctx, tx, by.Tenant)
		if err != nil {
			return err
		}
		standing.Grace = policy.Grace
		standing.Line, err = findLine(ctx, tx, policy.Schedule, standing.Today, id)
		if errors.Is(err, fault.NotFound()) {
			var mention dossiers.Mention
			mention, err = findDossier(ctx, tx, id)
			standing.Line = Line{DossierID: mention.DossierID, CodeName: mention.CodeName}
		}
		return err
	})
	return standing, err
}

// mostAtOnce is how many removals are ordered with one form: a page of them.
const mostAtOnce = onAPage

// Order has dossiers removed that have been kept for long enough, after the days of grace, all of them or none. Until then it can be taken
// back. Sent twice, it is ordered once.
func (s *Service) Order(ctx context.Context, ids []dossiers.ID, as retention.Outcome) error {
	by, err := access.Require(ctx, access.DossierErase)
	if err != nil {
		return err
	}
	switch {
	case len(ids) == 0 || len(ids) > mostAtOnce:
		return fault.Invalid("dossiers", "retention.removal.none")
	case as != retention.Anonymise && as != retention.Delete:
		return fault.Invalid("as", "retention.removal.as_missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		policy, err := retention.FindPolicy(ctx, tx, by.Tenant)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.order(ctx, tx, by, policy, id, as); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) order(ctx context.Context, tx tenantdb.Tx, by access.Principal, policy retention.Policy, id dossiers.ID, as retention.Outcome) error {
	if _, err := lockDossier(ctx, tx, id); err != nil {
		return err
	}
	now := s.now()
	today := forms.Today(now)
	line, err := findLine(ctx, tx, policy.Schedule, today, id)
	switch {
	case err != nil:
		return err
	case line.Ordered() && line.As == as:
		return nil // the form was sent twice, or somebody else decided the same
	case line.Ordered():
		return fault.Invalid("dossiers", "retention.removal.already", "CodeName", string(line.CodeName))
	}
	if err := line.mayGo(as, today); err != nil {
		return err
	}
	if err := dossiers.MayBeErased(ctx, tx, id, by.Person); err != nil {
		return err
	}
	due := today.AddDate(0, 0, policy.Grace)
	if err := insertRemoval(ctx, tx, removalRow{TenantID: by.Tenant, DossierID: id, Outcome: as, DueOn: due, OrderedBy: by.Person, OrderedAt: now}); err != nil {
		return err
	}
	if err := jobs.Plan(ctx, tx, Removing{by.Tenant, by.Person, id, due.Format(time.DateOnly)}.planned(due)); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierRemovalOrdered, Dossier: dossiers.TimelineID(id), Reason: string(as)})
}

// Withdraw takes the order to remove a dossier back. Sent twice, it is taken back once.
func (s *Service) Withdraw(ctx context.Context, id dossiers.ID) error {
	if _, err := access.Require(ctx, access.DossierErase); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := lockDossier(ctx, tx, id); err != nil {
			return err
		}
		if err := dossiers.Unchanged(ctx, tx, id); err != nil {
			return err
		}
		return withdraw(ctx, tx, id, journal.DossierRemovalWithdrawn, "")
	})
}

// withdraw takes an order back, if there is one, and leaves the entry of why.
func withdraw(ctx context.Context, tx tenantdb.Tx, id dossiers.ID, action journal.Action, why string) error {
	was, err := deleteRemoval(ctx, tx, id)
	if err != nil || !was {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: action, Dossier: dossiers.TimelineID(id), Reason: why})
}

// Postpone keeps a closed dossier on until a day, for a reason, and takes back what was ordered. seen is Postponement.Seen of what the form
// was filled in from.
func (s *Service) Postpone(ctx context.Context, id dossiers.ID, seen string, p Postponement) error {
	by, err := access.Require(ctx, access.RetentionPostpone)
	if err != nil {
		return err
	}
	now := s.now()
	if err := p.Check(forms.Today(now)); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := lockDossier(ctx, tx, id); err != nil {
			return err
		}
		line, err := findLine(ctx, tx, retention.Usual(), forms.Today(now), id)
		switch {
		case errors.Is(err, fault.NotFound()):
			return fault.Refused("retention.postpone.open")
		case err != nil:
			return err
		case !line.MayPostpone(by):
			return fault.Refused("retention.postpone.refused")
		case line.Postponement.Seen() == p.Seen() && !line.Ordered():
			return nil // the form was sent twice, or somebody else decided the same
		case line.Postponement.Seen() != seen:
			return fault.Conflict("retention.postpone.conflict")
		}
		row := postponementRow{TenantID: by.Tenant, DossierID: id, Until: *p.PostponedUntil, Ground: p.Ground, PostponedBy: by.Person, PostponedAt: now}
		if err := upsertPostponement(ctx, tx, row); err != nil {
			return err
		}
		if err := withdraw(ctx, tx, id, journal.DossierRemovalWithdrawn, string(p.Ground)); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierRemovalPostponed, Dossier: dossiers.TimelineID(id), Reason: string(p.Ground)})
	})
}

// removed says that a dossier is gone: there is nothing left to do.
func removed(err error) bool { return errors.Is(err, fault.NotFound()) }

// wrong wraps what went wrong with the removal of a dossier.
func wrong(id dossiers.ID, err error) error {
	if err == nil || removed(err) {
		return nil
	}
	return fmt.Errorf("remove dossier %s: %w", id, err)
}
