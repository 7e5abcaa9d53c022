package members

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/jobs"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
)

// Invite invites somebody, and has the e-mail sent. Where none are sent, the code is given, once, to be handed over. The same form sent
// twice invites once.
func (s *Service) Invite(ctx context.Context, draft Draft) (code string, err error) {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return "", err
	}
	return s.invite(ctx, by, draft)
}

func (s *Service) invite(ctx context.Context, by access.Principal, draft Draft) (code string, err error) {
	connections, err := s.connections(ctx, by.Tenant)
	if err != nil {
		return "", err
	}
	problems := draft.check()
	if len(problems) == 0 {
		if draft.Connection, err = draft.through(ofKind(connections, draft.Role)); err != nil {
			return "", err
		}
	}
	if err := problems.Err(); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if !draft.Office.Zero() {
			if _, err := findPlace(ctx, tx, draft.Office); err != nil {
				return err
			}
		}
		if err := usage.Admit(ctx, tx, draft.Role.AtOffice(), s.now()); err != nil {
			return err
		}
		fresh, err := insertInvitation(ctx, tx, by, draft, s.now())
		if err != nil || !fresh {
			return err
		}
		if code, err = s.hand(ctx, tx, by.Tenant, draft.ID, 0); err != nil {
			return err
		}
		return s.record(ctx, tx, by, about{deed: Invited, id: draft.ID.UUID(), name: draft.Name, role: draft.Role, office: draft.Office})
	})
	return code, err
}

// ofKind are the connections through which people of a role come.
func ofKind(connections []signin.Connection, role access.Role) (fit []signin.Connection) {
	kind := signin.KindStaff
	if role.AtOffice() {
		kind = signin.KindOffice
	}
	for _, connection := range connections {
		if connection.Kind == kind {
			fit = append(fit, connection)
		}
	}
	return fit
}

// hand has an e-mail with a code sent, or makes the code.
func (s *Service) hand(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id InvitationID, letter int) (code string, err error) {
	if s.posts {
		return "", jobs.Plan(ctx, tx, jobs.Planned{Job: Letter{tenant, id, letter}})
	}
	slug, err := findSlug(ctx, tx, tenant)
	if err != nil {
		return "", err
	}
	code, hash := signin.NewCode(slug)
	return code, updateCode(ctx, tx, id, hash, s.now().Add(lifetime))
}

// Renew sends a new code, or gives one; the one before is worth nothing from then on.
func (s *Service) Renew(ctx context.Context, id InvitationID) (code string, err error) {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return "", err
	}
	return s.renew(ctx, by, id, tenantdb.OfficeID{})
}

func (s *Service) renew(ctx context.Context, by access.Principal, id InvitationID, office tenantdb.OfficeID) (code string, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		invitation, err := lockOpen(ctx, tx, id, office)
		if err != nil {
			return err
		}
		if err := renewInvitation(ctx, tx, id); err != nil {
			return err
		}
		if code, err = s.hand(ctx, tx, by.Tenant, id, invitation.Letter+1); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutInvitation(Renewed, invitation))
	})
	return code, err
}

func aboutInvitation(deed Deed, i Invitation) about {
	return about{deed: deed, id: i.InvitationID.UUID(), name: i.Name, role: i.Role, office: i.OfficeID}
}

// lockOpen gives an invitation that waits still, of an office where one is named.
func lockOpen(ctx context.Context, tx tenantdb.Tx, id InvitationID, office tenantdb.OfficeID) (Invitation, error) {
	invitation, err := lockInvitation(ctx, tx, id)
	switch {
	case err != nil:
		return Invitation{}, err
	case !office.Zero() && invitation.OfficeID != office:
		return Invitation{}, fault.NotFound()
	case !invitation.Open():
		return Invitation{}, fault.Conflict("members.invitation.answered")
	}
	return invitation, nil
}

// Withdraw takes an invitation back; its code is worth nothing from then on.
func (s *Service) Withdraw(ctx context.Context, id InvitationID) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.withdraw(ctx, by, id, tenantdb.OfficeID{})
}

func (s *Service) withdraw(ctx context.Context, by access.Principal, id InvitationID, office tenantdb.OfficeID) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		invitation, err := lockOpen(ctx, tx, id, office)
		if err != nil {
			return err
		}
		if err := updateWithdrawn(ctx, tx, id, by.Person, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutInvitation(Withdrew, invitation))
	})
}
