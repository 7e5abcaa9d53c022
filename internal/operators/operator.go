// Package operators is those who run the installation: who they are, how they sign in to the console and confirm there, and what
// they have done. They have no place in a tenant and reach nothing of one. It acts as the role of the database that sees the
// registry of tenants, and has no key.
package operators

import (
	"crypto/sha256"
	"errors"
	"net/mail"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// ID identifies an operator.
type ID = ids.ID[Operator]

// Operator is somebody who runs the installation.
type Operator struct {
	OperatorID  ID
	Name, Email string
	AddedAt     time.Time
	// ArrivedAt is when she or he first came in; zero is not yet.
	ArrivedAt time.Time
	// CodeExpiresAt is until when the code is good by which she or he is bound; zero where none is open.
	CodeExpiresAt time.Time
	// Keys is how many passkeys there are.
	Keys int
}

// person is how the rest of the program calls an operator.
func (o Operator) person() tenantdb.PersonID { return ids.From[tenantdb.Person](o.OperatorID.UUID()) }

// fewest is how many have to stay: nobody adds a person, or helps one who lost her key, alone.
const fewest = 2

const (
	longestName  = 100
	longestEmail = 254
	// codeLifetime is how long somebody has to come.
	codeLifetime = 7 * 24 * time.Hour
	// codePrefix begins every code, where that of a tenant's names the tenant. No tenant is called so: a short name has no underscore.
	codePrefix = "_console"
)

// ErrNobody says that nobody is called so.
var ErrNobody = errors.New("there is no operator of that e-mail: passerelle operator list names them")

// Draft is somebody who is to be added.
type Draft struct{ Name, Email string }

// Check gives what is wrong with it.
func (d Draft) Check() error {
	address, err := mail.ParseAddress(d.Email)
	switch {
	case strings.TrimSpace(d.Name) == "" || len(d.Name) > longestName:
		return fault.Invalid("name", "operators.name.missing")
	case err != nil || address.Address != d.Email || len(d.Email) > longestEmail:
		return fault.Invalid("email", "operators.email.none")
	}
	return nil
}

// Handed is a code, known once.
type Handed struct {
	Operator Operator
	Code     string
}

// SessionID identifies a session to whoever it is; it opens nothing.
type SessionID = ids.ID[Session]

// The limits of a session are those of the application's.
const (
	idleLimit     = 15 * time.Minute
	absoluteLimit = 8 * time.Hour
	seenEvery     = time.Minute
	// countsFor is how long a code that was entered, or a passkey, counts.
	countsFor = 10 * time.Minute
)

// Session is somebody whom the provider vouches for.
type Session struct {
	SessionID SessionID
	// Operator is nobody as long as whoever it is has entered no code.
	Operator              *Operator
	Issuer, Subject, Name string
	CSRF                  string
	Browser, System       string
	CreatedAt, SeenAt     time.Time
	ExpiresAt             time.Time
	// BoundAt is when a code was entered in this session; ConfirmedAt when she or he last confirmed with a passkey in it.
	BoundAt, ConfirmedAt time.Time

	hash []byte
}

func recent(at, now time.Time) bool {
	return !at.IsZero() && !now.Before(at) && now.Sub(at) < countsFor
}

// In says that somebody has shown both factors.
func (s Session) In() bool { return s.Operator != nil && !s.ConfirmedAt.IsZero() }

// Confirmed says that she or he has confirmed just before.
func (s Session) Confirmed(now time.Time) bool { return recent(s.ConfirmedAt, now) }

// over says that the session has ended by itself.
func (s Session) over(now time.Time) bool {
	return !now.Before(s.ExpiresAt) || now.Sub(s.SeenAt) >= idleLimit
}

// MayRegister says whether a passkey may be registered in this session: the first one right after the code was entered, or, for
// somebody whose subject those who set the installation up have named, at the first arrival; a further one with one that is there.
func (s Session) MayRegister(now time.Time) bool {
	switch {
	case s.Operator == nil:
		return false
	case s.Operator.Keys > 0:
		return s.Confirmed(now)
	default:
		return recent(s.BoundAt, now) || s.Operator.CodeExpiresAt.IsZero() && s.Operator.ArrivedAt.IsZero()
	}
}

// Principal is the operator of a session, as the rest of the program asks for it.
func (s Session) Principal() access.Principal {
	return access.Principal{Role: access.Operator, Person: s.Operator.person(), Name: s.Operator.Name}
}

// holder is how authenticators tell the account apart: it names nobody.
func (s Session) holder(keys []passkeys.Kept) passkeys.Holder {
	sum := sha256.Sum256([]byte("passerelle console passkey " + s.Operator.OperatorID.String()))
	return passkeys.Holder{ID: sum[:], Name: s.Operator.Name + " (Passerelle)", Keys: keys}
}

// Ceremony is what a browser is asked.
type Ceremony struct {
	ChallengeID ids.ID[Ceremony]
	Options     string
	Register    bool
}

// Answer is what a browser answers.
type Answer struct {
	ChallengeID ids.ID[Ceremony]
	Response    string
}

// Action is what an operator did.
type Action string

// The actions, beside those that stand in a tenant's journal as well.
const (
	Added     Action = "operator_added"
	Removed   Action = "operator_removed"
	Reset     Action = "operator_reset"
	Bound     Action = "operator_bound"
	KeyAdded  Action = "passkey_added"
	KeyDenied Action = "passkey_refused"
	SignedIn  Action = "signed_in"
)

// Act is one of them.
type Act struct {
	ActID ids.ID[Act]
	// By is who did it, empty for a command; About and Tenant are whom and what it was done to.
	By, About, Tenant string
	Action            Action
	Reason            string
	ActedAt           time.Time
}

var (
	// ErrNoSession says that nobody is signed in with this cookie.
	ErrNoSession = signin.ErrNoSession
	// ErrExpired says so of a session that has run out by itself, and gives it: what was typed in it can be kept.
	ErrExpired  = signin.ErrExpired
	errCode     = fault.Invalid("code", "operators.code.invalid")
	errFew      = fault.Refused("operators.refused.few")
	errSelf     = fault.Refused("operators.refused.self")
	errRegister = fault.Refused("operators.refused.register")
)
