package members

import (
	"context"
	"errors"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/usage"
)

// Joining is an application as the page on which it is answered shows it.
type Joining struct {
	Application
	// Proposed is the role that the groups of the application propose.
	Proposed access.Role
	Places   []Place
	Kind     signin.Kind
}

// Roles are those that can be given through the connection.
func (j Joining) Roles() []access.Role {
	if j.Kind == signin.KindOffice {
		return OfficeRoles
	}
	return StaffRoles
}

// Application shows one.
func (s *Service) Application(ctx context.Context, id signin.ApplicationID) (Joining, error) {
	by, err := access.Require(ctx, access.MemberList)
	if err != nil {
		return Joining{}, err
	}
	var joining Joining
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if joining.Application, err = findApplication(ctx, tx, id); err != nil {
			return err
		}
		proposals, err := listProposals(ctx, tx)
		if err != nil {
			return err
		}
		joining.Proposed = proposed(proposals, joining.Groups)
		joining.Places, err = listPlaces(ctx, tx)
		return err
	})
	if err != nil {
		return Joining{}, err
	}
	joining.Kind, err = s.kindOf(ctx, by.Tenant, joining.ConnectionID)
	return joining, err
}

func (s *Service) kindOf(ctx context.Context, tenant tenantdb.TenantID, id signin.ConnectionID) (signin.Kind, error) {
	connections, err := s.connections(ctx, tenant)
	if err != nil {
		return "", err
	}
	for _, connection := range connections {
		if connection.ID == id {
			return connection.Kind, nil
		}
	}
	return "", fault.NotFound()
}

// Accept gives somebody who waits a role.
func (s *Service) Accept(ctx context.Context, id signin.ApplicationID, answer Answer) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	joining, err := s.Application(ctx, id)
	if err != nil {
		return err
	}
	if err := answer.check().Err(); err != nil {
		return err
	}
	if answer.Role.AtOffice() != (joining.Kind == signin.KindOffice) {
		return fault.Invalid("role", "members.role.missing")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		now := s.now()
		applicant, err := lockApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		if applicant.AcceptedAt != nil {
			return fault.Conflict("members.application.answered")
		}
		self, err := findPerson(ctx, tx, by.Person)
		if err != nil {
			return err
		}
		person := Person{
			PersonID: ids.New[tenantdb.Person](), Name: answer.Name, Email: applicant.Email, Role: answer.Role, OfficeID: answer.Office,
			ConnectionID: applicant.ConnectionID, Subject: applicant.Subject, JoinedAt: now,
		}
		if err := (Grant{By: self, To: person, Into: answer.Role}).Check(); err != nil {
			return err
		}
		if !answer.Office.Zero() {
			if _, err := findPlace(ctx, tx, answer.Office); err != nil {
				return err
			}
		}
		if err := usage.Admit(ctx, tx, answer.Role.AtOffice(), now); err != nil {
			return err
		}
		if person, err = s.settle(ctx, tx, by.Tenant, person, applicant.IdentityID); err != nil {
			return err
		}
		if err := updateAccepted(ctx, tx, id, by.Person, now); err != nil {
			return err
		}
		return s.record(ctx, tx, by, aboutPerson(Accepted, person))
	})
}

// settle makes a membership and binds it, or lets the one go on that this human being has had before.
func (s *Service) settle(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, person Person, identity signin.IdentityID) (Person, error) {
	fresh, err := insertPerson(ctx, tx, tenant, person, identity)
	if err != nil || fresh {
		return person, err
	}
	before, err := lockSame(ctx, tx, person, identity)
	if errors.Is(err, fault.NotFound()) {
		return Person{}, fault.Conflict("members.role.twice")
	}
	if err != nil {
		return Person{}, err
	}
	before.Role = person.Role
	if err := signin.EndSessionsOf(ctx, tx, s.now(), before.PersonID); err != nil {
		return Person{}, err
	}
	return before, bindPerson(ctx, tx, before, identity)
}

// Refuse leaves somebody without a role. It can be thought over: a role can be given later.
func (s *Service) Refuse(ctx context.Context, id signin.ApplicationID) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		applicant, err := lockApplication(ctx, tx, id)
		if err != nil {
			return err
		}
		if applicant.Answered() {
			return fault.Conflict("members.application.answered")
		}
		if err := updateRefused(ctx, tx, id, by.Person, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, by, about{deed: Refused, id: applicant.ApplicationID.UUID(), name: applicant.Name})
	})
}

// Propose has a role proposed for members of a group at the provider.
func (s *Service) Propose(ctx context.Context, proposal Proposal) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	var problems fault.Problems
	if proposal.GroupName == "" {
		problems.Add("group", "members.group.missing")
	}
	if !fits(proposal.Role, false) || proposal.Role == access.Admin {
		problems.Add("role", "members.role.missing")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := upsertProposal(ctx, tx, by.Tenant, proposal); err != nil {
			return err
		}
		return s.record(ctx, tx, by, about{deed: Proposed, id: by.Tenant.UUID(), role: proposal.Role, detail: proposal.GroupName})
	})
}

// Unpropose has none proposed any more.
func (s *Service) Unpropose(ctx context.Context, group string) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := deleteProposal(ctx, tx, group); err != nil {
			return err
		}
		return s.record(ctx, tx, by, about{deed: Unproposed, id: by.Tenant.UUID(), detail: group})
	})
}
