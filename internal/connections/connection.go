// Package connections is how an organisation's administrators set up and change the providers through which its people, and
// those of its partner organisations, sign in. A connection is written, checked, tried in a sign-in that opens no session,
// proposed by one administrator and approved by another; what changes a live one waits, and ends the sessions of all who came
// through it. Letting people in is internal/signin's.
package connections

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// ID identifies a connection.
type ID = signin.ConnectionID

// Connection is one of the tenant's, as it is at present.
type Connection struct {
	ConnectionID ID
	Slug         string
	Kind         signin.Kind
	Terms        Terms
	LiveAt       *time.Time
	EndedAt      *time.Time
}

// Live says whether people come in through it.
func (c Connection) Live() bool { return c.LiveAt != nil && c.EndedAt == nil }

// Ended says whether people came in through it once.
func (c Connection) Ended() bool { return c.EndedAt != nil }

// Name is what it is called; one that is not live yet is called as its change says.
func (f File) Name() string {
	if f.Connection.Terms.Issuer == "" && f.Change != nil {
		return f.Change.Terms.Name
	}
	return f.Connection.Terms.Name
}

// File is a connection with what is being made of it.
type File struct {
	Connection Connection
	// Change is what is being made of it now; nil where that is nothing.
	Change *Change
	// History are changes that are over, the last first.
	History []Change
	// People is how many sign in through it, and Administrators how many of the tenant's could approve a change.
	People, Administrators int
	// Names are those of the administrators in it.
	Names map[tenantdb.PersonID]string
	// Trial is how the reader's own last trial of the change went.
	Trial *Trial
	// Settings are the tenant's, and Reader is who looks.
	Settings Settings
	Reader   tenantdb.PersonID
}

// NeedsDelay says whether the change waits for the tenant's delay: where people come in already.
func (f File) NeedsDelay() bool { return f.Connection.Live() }

// NewIssuer says whether another provider takes over.
func (f File) NewIssuer() bool {
	return f.Change != nil && f.Connection.Live() && f.Change.Kind == Set && f.Change.Terms.Issuer != f.Connection.Terms.Issuer
}

// Overview is the tenant's connections, and how changes of them are treated.
type Overview struct {
	Files          []File
	Settings       Settings
	Administrators int
	Now            time.Time
}

// Trial is how a trial went. What the provider said is sealed.
type Trial struct {
	Version int
	TriedAt time.Time
	Outcome string
	Report  Report
}

// Passed says whether the person would have been let in.
func (t Trial) Passed() bool { return t.Outcome == "" }

// Report is what the provider said in a trial, and what would become of it.
type Report struct {
	Claims               []Claim
	Subject, Name, Email string
	// Fate is what would happen to the person: the end of a message key.
	Fate string
	// Person and Role are who the person would be, where that is known.
	Person string
	Role   access.Role
	Office string
	// OutsideDomain says that the e-mail is of none of the connection's domains.
	OutsideDomain bool
}

// Claim is one thing that the provider said.
type Claim struct{ Name, Value string }

// SlugOf is the place of a connection in its redirect address: it says nothing of whose it is, and is known before the
// connection is, so that it can be copied to the provider first.
func SlugOf(id ID) string {
	sum := sha256.Sum256([]byte(id.String()))
	return "c" + hex.EncodeToString(sum[:6])
}
