package offices

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// BodyList is all bodies, and the day that it is.
type BodyList struct {
	Bodies Bodies
	Today  time.Time
}

// ListBodies gives the organisations, regions and authorities.
func (s *Service) ListBodies(ctx context.Context) (BodyList, error) {
	if _, err := access.Require(ctx, access.OfficeList); err != nil {
		return BodyList{}, err
	}
	list := BodyList{Today: forms.Today(s.now())}
	if err := s.db.Read(ctx, listedBodies(&list.Bodies)); err != nil {
		return BodyList{}, fmt.Errorf("list bodies: %w", err)
	}
	return list, nil
}

// AddBody adds an organisation, a region or an authority. The same form sent twice adds one.
func (s *Service) AddBody(ctx context.Context, id BodyID, p BodyParticulars) error {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		return s.addBody(ctx, tx, by, known, id, p)
	})
}

func (s *Service) addBody(ctx context.Context, tx tenantdb.Tx, by access.Principal, known Bodies, id BodyID, p BodyParticulars) error {
	if err := p.Check(id, known); err != nil {
		return err
	}
	fresh, err := insertBody(ctx, tx, by, Body{id, p.Kind, p.Name, p.Website, p.AuthorityID, p.Validity, 1}, s.now())
	if err != nil || !fresh {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyAdded, Reason: string(p.Kind)})
}

// ChangeBody writes a body anew that somebody saw in a version. When it was changed meanwhile it is a fault.Conflict.
func (s *Service) ChangeBody(ctx context.Context, id BodyID, version int, p BodyParticulars) (Body, error) {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return Body{}, err
	}
	var body Body
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		if body = known.Among(id); body.BodyID.Zero() {
			return fault.NotFound()
		}
		p.Kind = body.Kind
		if err := p.Check(id, known); err != nil {
			return err
		}
		if body.Particulars().same(p) {
			return nil
		}
		if body.Version != version {
			return fault.Conflict("offices.conflict")
		}
		if err := updateBody(ctx, tx, by, Body{id, p.Kind, p.Name, p.Website, p.AuthorityID, p.Validity, version + 1}, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyChanged, Reason: string(p.Kind)})
	})
	return body, err
}

// RemoveBody takes a body out that was entered by mistake and that nothing names.
func (s *Service) RemoveBody(ctx context.Context, id BodyID) error {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		known, err := lockBodies(ctx, tx)
		if err != nil {
			return err
		}
		if err := deleteBody(ctx, tx, id); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.BodyRemoved, Reason: string(known.Among(id).Kind)})
	})
}
