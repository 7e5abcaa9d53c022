package signin

import (
	"strings"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// ConnectionID identifies a connection.
type ConnectionID = ids.ID[Connection]

// Kind is whom a connection lets in.
type Kind string

// Staff of an NGO and people of offices come through connections of their own, never through each other's.
const (
	KindStaff  Kind = "staff"
	KindOffice Kind = "office"
)

// Connection is an organisation's OpenID provider, as we are registered with it.
type Connection struct {
	ID           ConnectionID
	TenantID     tenantdb.TenantID // of staff connections
	Slug         string            // its place in the redirect URI
	Name         string
	Kind         Kind
	Issuer       string
	ClientID     string
	EmailDomains []string
	// SecretID is where what we show to the provider is kept, sealed; zero where that is nothing.
	SecretID SecretID
	// Scopes are what is asked for; NameClaim and EmailClaim say where the provider puts how somebody is called.
	Scopes                []string
	NameClaim, EmailClaim string
	// Live is false before it has gone live, and once it has ended: nobody comes in through it.
	Live bool
}

// Shared says that several tenants come through the connection: it belongs to none who could answer a stranger.
func (c Connection) Shared() bool { return c.TenantID.Zero() }

// keeper is whose keys seal what the connection shows: its tenant's, and those of one that several tenants share its own.
func (c Connection) keeper() tenantdb.TenantID { return Keeper(c.TenantID, c.ID) }

// Keeper is the tenant of the keys of a connection, which for a shared one is the connection itself.
func Keeper(tenant tenantdb.TenantID, id ConnectionID) tenantdb.TenantID {
	if tenant.Zero() {
		return ids.From[tenantdb.Tenant](id.UUID())
	}
	return tenant
}

// Serves says whether the connection is that of an e-mail domain.
func (c Connection) Serves(domain string) bool {
	for _, own := range c.EmailDomains {
		if strings.EqualFold(own, domain) {
			return true
		}
	}
	return false
}

// choose finds the connection of a work e-mail by its domain alone: it must not be told whether the person exists.
func choose(connections []Connection, email string) (Connection, error) {
	email = strings.TrimSpace(email)
	if email == "" {
		return Connection{}, fault.Invalid("email", "signin.email.missing")
	}
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at == len(email)-1 || len(email) > 254 || strings.ContainsAny(email, " \t\r\n") {
		return Connection{}, fault.Invalid("email", "signin.email.not_an_address")
	}
	for _, connection := range connections {
		if connection.Serves(email[at+1:]) {
			return connection, nil
		}
	}
	return Connection{}, fault.Invalid("email", "signin.email.unknown_organisation")
}
