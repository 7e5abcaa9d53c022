package members

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Colleagues are the people of one office, as whoever leads it sees them.
type Colleagues struct {
	People      []Person
	Invitations []Invitation
	OfficeName  string
	// Self is who looks.
	Self  tenantdb.PersonID
	At    time.Time
	Posts bool
}

// Colleagues shows the people of the own office, and who is invited.
func (s *Service) Colleagues(ctx context.Context) (Colleagues, error) {
	by, err := access.Require(ctx, access.OfficePeople)
	if err != nil {
		return Colleagues{}, err
	}
	shown := Colleagues{OfficeName: by.OfficeName, Self: by.Person, At: s.now(), Posts: s.posts}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if shown.People, err = listColleagues(ctx, tx, by.Office); err != nil {
			return err
		}
		shown.Invitations, err = listInvitations(ctx, tx, by.Office)
		return err
	})
	return shown, err
}

// InviteColleague invites somebody to the own office.
func (s *Service) InviteColleague(ctx context.Context, id InvitationID, name, email string, language i18n.Lang) (code string, err error) {
	by, err := access.Require(ctx, access.OfficePeople)
	if err != nil {
		return "", err
	}
	draft := Draft{ID: id, Name: name, Email: email, Role: access.OfficeMember, Office: by.Office, Language: language}
	if draft.Connection, err = s.ownConnection(ctx, by); err != nil {
		return "", err
	}
	return s.invite(inAdministration(ctx, by), by, draft)
}

// ownConnection is the one through which whoever leads an office comes: so do the colleagues.
func (s *Service) ownConnection(ctx context.Context, by access.Principal) (id signin.ConnectionID, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		self, err := findPerson(ctx, tx, by.Person)
		id = self.ConnectionID
		return err
	})
	return id, err
}

// RenewColleague sends a new code to somebody who is invited to the own office.
func (s *Service) RenewColleague(ctx context.Context, id InvitationID) (code string, err error) {
	by, err := access.Require(ctx, access.OfficePeople)
	if err != nil {
		return "", err
	}
	return s.renew(inAdministration(ctx, by), by, id, by.Office)
}

// WithdrawColleague takes an invitation to the own office back.
func (s *Service) WithdrawColleague(ctx context.Context, id InvitationID) error {
	by, err := access.Require(ctx, access.OfficePeople)
	if err != nil {
		return err
	}
	return s.withdraw(inAdministration(ctx, by), by, id, by.Office)
}

// EndColleague ends the membership of somebody at the own office, at once. Who leads it, only somebody who administers ends.
func (s *Service) EndColleague(ctx context.Context, id tenantdb.PersonID) error {
	by, err := access.Require(ctx, access.OfficePeople)
	if err != nil {
		return err
	}
	err = s.db.Write(inAdministration(ctx, by), func(ctx context.Context, tx tenantdb.Tx) error {
		person, err := lockPerson(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case person.OfficeID != by.Office:
			return fault.NotFound()
		case person.Role != access.OfficeMember:
			return fault.Refused("members.office.lead_stays")
		}
		return s.end(ctx, tx, by, Farewell{Who: person, As: Left})
	})
	s.door.Forget("")
	return err
}
