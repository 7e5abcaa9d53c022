package handovers

import (
	"context"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/appointments"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/referrals"
	"passerelle/internal/restrictions"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with handovers.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// List shows what each member carries; who was asked to be relieved first.
func (s *Service) List(ctx context.Context) ([]Line, error) {
	if _, err := access.Require(ctx, access.HandoverCreate); err != nil {
		return nil, err
	}
	var staff []members.Member
	var cases, todo, waiting, coming []dossiers.Carried
	var asked []struct{ FromID tenantdb.PersonID }
	err := s.db.Read(tenantdb.Throughout(ctx), members.All(&staff), dossiers.CountByResponsible(&cases), tasks.CountByAssignee(&todo), referrals.CountUnanswered(&waiting), appointments.CountComing(s.now(), &coming), askOpen(&asked))
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, member := range staff {
		line := Line{Member: member, Load: Load{of(cases, member), of(todo, member), of(waiting, member), of(coming, member)}}
		for _, open := range asked {
			line.Asked = line.Asked || open.FromID == member.MemberID
		}
		if line.Asked || !line.Light() || member.Accompanies() {
			lines = append(lines, line)
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		switch {
		case a.Pressing() == b.Pressing():
			return 0
		case a.Pressing():
			return -1
		default:
			return 1
		}
	})
	return lines, nil
}

func of(carried []dossiers.Carried, member members.Member) int {
	for _, c := range carried {
		if c.MemberID == member.MemberID {
			return c.N
		}
	}
	return 0
}

// HandOver gives everything that one member carries to another, in one act, and says how much it was.
func (s *Service) HandOver(ctx context.Context, from, to tenantdb.PersonID) (Load, error) {
	by, err := access.Require(ctx, access.HandoverCreate)
	if err != nil {
		return Load{}, err
	}
	var done Load
	// What somebody hands over is handed over whole: numbers are shown, and no dossier. Nobody takes over by that, from somebody who is still
	// there, what is kept from her or him.
	whole, err := s.whole(ctx, by, from, to)
	if err != nil {
		return Load{}, err
	}
	err = s.db.Write(whole, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		staff, err := members.List(ctx, tx)
		if err != nil {
			return err
		}
		if err := check(staff, from, to); err != nil {
			return err
		}
		if err := restrictions.NameInstead(ctx, tx, by.Tenant, from, to); err != nil {
			return err
		}
		if done.Referrals, err = countUnanswered(ctx, tx, from); err != nil {
			return err
		}
		if done.Dossiers, err = dossiers.HandOver(ctx, tx, by, from, to, s.now()); err != nil {
			return err
		}
		if done.Tasks, err = tasks.HandOver(ctx, tx, by, from, to); err != nil {
			return err
		}
		if done.Appointments, err = appointments.HandOver(ctx, tx, by, from, to, s.now()); err != nil {
			return err
		}
		if err := finish(ctx, tx, by, ids.New[Handover](), from, to, done, s.now()); err != nil {
			return err
		}
		return members.Note(ctx, tx, by, members.HandedOver, from, members.Name(staff, from), members.Name(staff, to), s.now())
	})
	return done, err
}

// whole is the context in which everything is handed over, restricted dossiers as well.
func (s *Service) whole(ctx context.Context, by access.Principal, from, to tenantdb.PersonID) (context.Context, error) {
	if to != by.Person {
		return tenantdb.Throughout(ctx), nil
	}
	var staff []members.Member
	if err := s.db.Read(ctx, members.All(&staff)); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(staff, func(m members.Member) bool { return m.MemberID == from && m.EndedAt != nil }) {
		return tenantdb.Throughout(ctx), nil
	}
	return ctx, nil
}

// Ask has the work of a member handed over: whoever coordinates is shown that it waits. Asking twice asks once.
func (s *Service) Ask(ctx context.Context, from tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		staff, err := members.List(ctx, tx)
		if err != nil {
			return err
		}
		name, err := nameOf(staff, from)
		if err != nil {
			return err
		}
		fresh, err := insertAsked(ctx, tx, by, ids.New[Handover](), from, s.now())
		if err != nil || !fresh {
			return err
		}
		return members.Note(ctx, tx, by, members.HandoverAsked, from, name, "", s.now())
	})
}

// Of shows what was handed over of a member's work, the newest first: numbers alone.
func (s *Service) Of(ctx context.Context, from tenantdb.PersonID) (handovers []Handover, err error) {
	if _, err := access.Require(ctx, access.MemberList); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, listOf(from, &handovers))
	return handovers, err
}
