package members

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
)

// Change gives a person another role instead of the one that she or he has. It begins at once: sessions end.
func (s *Service) Change(ctx context.Context, id tenantdb.PersonID, role access.Role) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, self, person Person, admins int) error {
		if person.GoneAt(s.now()) {
			return fault.Conflict("members.ending.already")
		}
		if err := (Grant{By: self, To: person, From: person.Role, Into: role, Admins: admins}).Check(); err != nil {
			return err
		}
		if err := updateRole(ctx, tx, person, role); err != nil {
			if tenantdb.Violates(err, "members_are_expected_once_for_a_role") {
				return fault.Invalid("role", "members.role.twice")
			}
			return err
		}
		if err := signin.EndSessionsOf(ctx, tx, s.now(), id); err != nil {
			return err
		}
		done := aboutPerson(RoleChanged, person)
		done.role, done.detail = role, string(person.Role)
		return s.record(ctx, tx, by, done)
	})
}

// about does something about one person, with the admins counted and nobody else changing either. It answers when this process knows of
// no session any more: it is told like all others, and somebody who was shut out might come in between.
func (s *Service) about(ctx context.Context, by access.Principal, id tenantdb.PersonID, do func(ctx context.Context, tx tenantdb.Tx, self, person Person, admins int) error) error {
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		admins, err := lockAdmins(ctx, tx)
		if err != nil {
			return err
		}
		person, err := lockPerson(ctx, tx, id)
		if err != nil {
			return err
		}
		self, err := findPerson(ctx, tx, by.Person)
		if err != nil {
			return err
		}
		return do(ctx, tx, self, person, admins)
	})
	s.door.Forget("")
	return err
}

// Give gives a person of the staff one more role: a membership of its own, between which the person switches.
func (s *Service) Give(ctx context.Context, id tenantdb.PersonID, role access.Role) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, self, person Person, admins int) error {
		switch {
		case person.GoneAt(s.now()):
			return fault.Conflict("members.ending.already")
		case person.AtOffice() || !person.Bound || role == person.Role:
			return fault.Invalid("role", "members.role.missing")
		}
		if err := (Grant{By: self, To: person, Into: role, Admins: admins}).Check(); err != nil {
			return err
		}
		more := person
		more.PersonID, more.Role, more.JoinedAt = ids.New[tenantdb.Person](), role, s.now()
		identity, err := findIdentity(ctx, tx, id)
		if err != nil {
			return err
		}
		if more, err = s.settle(ctx, tx, by.Tenant, more, identity); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutPerson(RoleGiven, more))
	})
}

// End ends a membership: on a day, or at once, and then its sessions with it, everywhere. What the person has invited and waits still is
// withdrawn.
func (s *Service) End(ctx context.Context, id tenantdb.PersonID, as Ending, on *time.Time) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, _, person Person, admins int) error {
		return s.end(ctx, tx, by, Farewell{Who: person, As: as, On: on, Admins: admins})
	})
}

func (s *Service) end(ctx context.Context, tx tenantdb.Tx, by access.Principal, farewell Farewell) error {
	now := s.now()
	until, err := farewell.Until(now)
	if err != nil {
		return err
	}
	if err := updateEnd(ctx, tx, farewell.Who, &until, farewell.As); err != nil {
		return err
	}
	done := aboutPerson(Ended, farewell.Who)
	switch {
	case until.After(now):
		done.deed, done.detail = Planned, farewell.On.Format(time.DateOnly)
	case farewell.As == Disabled:
		done.deed = Shut
	}
	// Sessions end also where the day is ahead: what is kept of them in memory does not know of it.
	if err := signin.EndSessionsOf(ctx, tx, now, farewell.Who.PersonID); err != nil {
		return err
	}
	if !until.After(now) {
		if err := withdrawOf(ctx, tx, farewell.Who.PersonID, by.Person, now); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, by, done)
}

// Readmit lets a membership go on that has ended, or was to.
func (s *Service) Readmit(ctx context.Context, id tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, self, person Person, _ int) error {
		if err := (Return{By: self, Who: person}).Check(); err != nil {
			return err
		}
		if err := usage.Admit(ctx, tx, person.AtOffice(), s.now()); err != nil {
			return err
		}
		if err := updateEnd(ctx, tx, person, nil, ""); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutPerson(Readmitted, person))
	})
}

// SignOut ends the sessions of a person, on all devices. She or he can sign in again.
func (s *Service) SignOut(ctx context.Context, id tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, _, person Person, _ int) error {
		if err := signin.EndSessionsOf(ctx, tx, s.now(), id); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutPerson(SessionsEnded, person))
	})
}
