package members

import (
	"net/mail"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// InvitationID identifies an invitation.
type InvitationID = ids.ID[Invitation]

// Invitation is that somebody may join, by a code that is sent by e-mail or handed over. To whom the e-mail went decides nothing:
// whoever enters the code after signing in through the right connection joins, and the code is used up.
type Invitation struct {
	InvitationID InvitationID
	Name, Email  string
	Role         access.Role
	OfficeID     tenantdb.OfficeID
	OfficeName   string
	ConnectionID signin.ConnectionID
	Language     i18n.Lang
	InvitedBy    tenantdb.PersonID
	InvitedAt    time.Time
	// ExpiresAt is until when the code is good; nil while none was made.
	ExpiresAt *time.Time
	// SentAt is when the e-mail went.
	SentAt *time.Time
	// Letter counts how often it was renewed.
	Letter      int
	WithdrawnAt *time.Time
	RedeemedAt  *time.Time
}

// lifetime is how long a code is good.
const lifetime = 7 * 24 * time.Hour

// Open says that it was neither used nor withdrawn.
func (i Invitation) Open() bool { return i.WithdrawnAt == nil && i.RedeemedAt == nil }

// ExpiredAt says that its code is good no more.
func (i Invitation) ExpiredAt(now time.Time) bool {
	return i.ExpiresAt != nil && !now.Before(*i.ExpiresAt)
}

// Redeemable says whether an identity may join by it. All refusals are the same to whoever tries: which of them it is would tell
// whether an invitation exists.
func (i Invitation) Redeemable(identity signin.Identity, inviter Person, now time.Time) error {
	stranger := Person{ConnectionID: identity.ConnectionID, Subject: identity.Subject}
	if !i.Open() || i.ExpiresAt == nil || i.ExpiredAt(now) || i.ConnectionID != identity.ConnectionID || inviter.same(stranger) {
		return invalidCode()
	}
	return nil
}

func invalidCode() error { return fault.Invalid("code", "members.join.invalid") }

// Draft is an invitation as somebody writes it.
type Draft struct {
	ID          InvitationID
	Name, Email string
	Role        access.Role
	Office      tenantdb.OfficeID
	Language    i18n.Lang
	// Connection is chosen where the address does not say it.
	Connection signin.ConnectionID
}

// check gives what is wrong with it; offices says whether the office is one of the tenant's, and open.
func (d Draft) check() (problems fault.Problems) {
	if d.Name == "" {
		problems.Add("name", "members.name.missing")
	}
	if address, err := mail.ParseAddress(d.Email); err != nil || address.Address != d.Email || len(d.Email) > 254 {
		problems.Add("email", "members.email.not_an_address")
	}
	if !fits(d.Role, d.Role.AtOffice()) {
		problems.Add("role", "members.role.missing")
	}
	if d.Role.AtOffice() == d.Office.Zero() {
		problems.Add("office", "members.office.missing")
	}
	return problems
}

// through finds the connection of an invitation: the one that was chosen, or else the one that serves the address, or else the only one
// that there is.
func (d Draft) through(connections []signin.Connection) (signin.ConnectionID, error) {
	for _, connection := range connections {
		if connection.ID == d.Connection {
			return connection.ID, nil
		}
	}
	if d.Connection.Zero() {
		for _, connection := range connections {
			if connection.Serves(d.Email[strings.LastIndexByte(d.Email, '@')+1:]) {
				return connection.ID, nil
			}
		}
		if len(connections) == 1 {
			return connections[0].ID, nil
		}
	}
	return signin.ConnectionID{}, fault.Invalid("connection", "members.connection.missing")
}

// readCode takes the code of an invitation apart. It is made and read like that of a first administrator (signin.NewCode).
func readCode(typed string) (slug string, hash []byte, err error) {
	slug, hash, ok := signin.ReadCode(typed)
	if !ok {
		return "", nil, invalidCode()
	}
	return slug, hash, nil
}

// dayAfter is when a day has ended in Zurich.
func dayAfter(day time.Time) time.Time {
	year, month, number := day.Date()
	return time.Date(year, month, number+1, 0, 0, 0, 0, i18n.Zone)
}
