package offices

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// FindAgreement gives an agreement, with the office's entry.
func (s *Service) FindAgreement(ctx context.Context, id AgreementID) (Agreement, Entry, error) {
	if _, err := access.Require(ctx, access.OfficeShow); err != nil {
		return Agreement{}, Entry{}, err
	}
	var found []Agreement
	if err := s.db.Read(ctx, agreementOf(id, &found)); err != nil {
		return Agreement{}, Entry{}, fmt.Errorf("find agreement %s: %w", id, err)
	}
	if len(found) == 0 {
		return Agreement{}, Entry{}, fault.NotFound()
	}
	sheet, err := s.Find(ctx, found[0].OfficeID)
	return found[0], sheet.Entry, err
}

// Agree writes down an agreement with an office. The same form sent twice does it once.
func (s *Service) Agree(ctx context.Context, office ID, id AgreementID, terms Terms) error {
	by, err := access.Require(ctx, access.AgreementManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		entry, err := lockEntry(ctx, tx, office)
		if err != nil {
			return err
		}
		if err := terms.Check(); err != nil {
			return err
		}
		fresh, err := insertAgreement(ctx, tx, by, Agreement{id, office, terms, 1}, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			there, err := findAgreement(ctx, tx.Select(), id)
			if err == nil && there.OfficeID != office {
				return fault.NotFound()
			}
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementAdded, Reason: string(entry.Kind)})
	})
}

// ChangeAgreement writes an agreement anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict.
func (s *Service) ChangeAgreement(ctx context.Context, id AgreementID, version int, terms Terms) (Agreement, error) {
	by, err := access.Require(ctx, access.AgreementManage)
	if err != nil {
		return Agreement{}, err
	}
	var agreement Agreement
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if agreement, err = findAgreement(ctx, tx.Select().For("no key update"), id); err != nil {
			return err
		}
		entry, err := lockEntry(ctx, tx, agreement.OfficeID)
		if err != nil {
			return err
		}
		if err := terms.Check(); err != nil {
			return err
		}
		if agreement.Terms.same(terms) {
			return nil
		}
		if agreement.Version != version {
			return fault.Conflict("offices.conflict")
		}
		agreement.Terms, agreement.Version = terms, version+1
		if err := updateAgreement(ctx, tx, by, agreement, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementChanged, Reason: string(entry.Kind)})
	})
	return agreement, err
}

// RemoveAgreement takes an agreement out that was entered by mistake, and gives the office that it was with.
func (s *Service) RemoveAgreement(ctx context.Context, id AgreementID) (ID, error) {
	if _, err := access.Require(ctx, access.AgreementManage); err != nil {
		return ID{}, err
	}
	var agreement Agreement
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if agreement, err = findAgreement(ctx, tx.Select(), id); err != nil {
			return err
		}
		if err := deleteAgreement(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.AgreementRemoved})
	})
	return agreement.OfficeID, err
}
