package signin

import "passerelle/internal/ids"

// IdentityID identifies an identity.
type IdentityID = ids.ID[Identity]

// Identity is who a provider says that somebody is: (connection, issuer, subject). The name and the e-mail are for
// display; they decide nothing and link nothing.
type Identity struct {
	ID           IdentityID
	ConnectionID ConnectionID
	Issuer       string
	Subject      string
	Name         string
	Email        string
}
