package members

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Join makes somebody a member who has signed in and enters the code of an invitation: it says in which role, and is used up by it.
// Whatever is wrong with a code, the answer is the same.
func (s *Service) Join(ctx context.Context, identity signin.Identity, typed string) (tenantdb.PersonID, error) {
	slug, hash, err := readCode(typed)
	if err != nil {
		return tenantdb.PersonID{}, err
	}
	// Whoever signed in at an issuer that the connection has no more is nobody here.
	connections, err := s.door.Connections(ctx)
	if err != nil {
		return tenantdb.PersonID{}, err
	}
	if !slices.ContainsFunc(connections, func(c signin.Connection) bool { return c.ID == identity.ConnectionID && c.Issuer == identity.Issuer }) {
		return tenantdb.PersonID{}, invalidCode()
	}
	var of struct{ TenantID tenantdb.TenantID }
	err = s.db.Read(tenantdb.WithScope(ctx, tenantdb.SignIn()), tenantOf(slug, &of))
	if errors.Is(err, fault.NotFound()) {
		return tenantdb.PersonID{}, invalidCode()
	}
	if err != nil {
		return tenantdb.PersonID{}, fmt.Errorf("join: %w", err)
	}
	// A membership that this human being has had before goes on, under the same identifier.
	joined := Person{PersonID: ids.New[tenantdb.Person]()}
	err = s.db.View(tenantdb.WithScope(ctx, tenantdb.Administration(of.TenantID, tenantdb.PersonID{})), func(ctx context.Context, tx tenantdb.Tx) error {
		return findBefore(ctx, tx, hash, identity, &joined.PersonID)
	})
	if err != nil {
		return tenantdb.PersonID{}, fmt.Errorf("join: %w", err)
	}
	by := access.Principal{Tenant: of.TenantID, Person: joined.PersonID}
	err = s.db.Write(inAdministration(ctx, by), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		joined, err = s.join(ctx, tx, by, hash, identity)
		return err
	})
	switch {
	case errors.Is(err, fault.NotFound()), errors.Is(err, fault.Conflict("")):
		return tenantdb.PersonID{}, invalidCode()
	case err != nil:
		return tenantdb.PersonID{}, fmt.Errorf("join: %w", err)
	}
	return joined.PersonID, nil
}

func (s *Service) join(ctx context.Context, tx tenantdb.Tx, by access.Principal, hash []byte, identity signin.Identity) (Person, error) {
	now := s.now()
	invitation, err := lockInvitationByCode(ctx, tx, hash)
	if err != nil {
		return Person{}, err
	}
	inviter, err := findPerson(ctx, tx, invitation.InvitedBy)
	if err != nil {
		return Person{}, err
	}
	if err := invitation.Redeemable(identity, inviter, now); err != nil {
		return Person{}, err
	}
	joined, err := s.settle(ctx, tx, by.Tenant, Person{
		PersonID: by.Person, Name: invitation.Name, Email: invitation.Email, Role: invitation.Role, OfficeID: invitation.OfficeID,
		ConnectionID: identity.ConnectionID, Subject: identity.Subject, JoinedAt: now,
	}, identity.ID)
	if err != nil {
		return Person{}, err
	}
	if joined.EndedAt != nil && joined.EndedAt.After(invitation.InvitedAt) {
		return Person{}, invalidCode() // it was sent before somebody shut the person out
	}
	if err := updateRedeemed(ctx, tx, invitation.InvitationID, identity.ID, now); err != nil {
		return Person{}, err
	}
	if err := settleApplication(ctx, tx, identity.ID, joined.PersonID, now); err != nil {
		return Person{}, err
	}
	// The act is the person's own, who is a member from now on.
	by.Role, by.Name = joined.Role, joined.Name
	return joined, s.record(inAdministration(ctx, by), tx, by, aboutPerson(Joined, joined))
}
