// Package keys encrypts what must not be read in a stolen backup, and is the only one that knows how: names and
// whereabouts, what was written about a person, what was sent to an office. A master key, which no database holds, wraps
// a keyset for each tenant, that wraps one for each dossier and each referral, and those seal the fields. Keysets lie in
// a schema of their own behind a connection of their own, so that they can be kept on another server and forgotten
// apart from the data: a dossier whose keyset is destroyed is unreadable in every backup that there is.
//
// A store declares what is sealed by its type, Sealed, and opens or seals a whole row with the Box of its dossier.
package keys

import (
	"errors"

	"github.com/google/uuid"
)

// Kind is what a keyset belongs to.
type Kind string

// The kinds. An office opens referrals and never a dossier, so that a referral has a keyset of its own; what a person has
// typed and not yet handed in is sealed for that person. A lodging is a place where people are housed: its address belongs to
// no dossier, and is destroyed by itself. A directory, whose holder is the tenant, seals how those are reached whom the tenant
// calls in and who have no account here. A connection's seals what this installation shows to a provider, and what the provider
// answered to a trial. A move's seals the private key to which another tenant has sealed what it hands over. A journal's keyset, whose holder is the tenant as well, signs and seals nothing.
const (
	Dossier    Kind = "dossier"
	Referral   Kind = "referral"
	Person     Kind = "person"
	Lodging    Kind = "lodging"
	Directory  Kind = "directory"
	Connection Kind = "connection"
	Move       Kind = "move"
	Journal    Kind = "journal"
)

// Holder is the one thing, of the tenant whose scope is bound, whose fields a keyset seals.
type Holder struct {
	Kind Kind
	ID   uuid.UUID
}

// Errors of opening. None of them says anything of what was sealed.
var (
	// ErrDestroyed is returned for a holder whose keyset was destroyed, or that never had one.
	ErrDestroyed = errors.New("the keys are gone: what they sealed cannot be read any more")
	// ErrForged is returned for a ciphertext that was changed, or that was sealed for another place.
	ErrForged = errors.New("a sealed value was changed, or comes from another place")
	// ErrUnavailable is returned where the keys cannot be had at present: their database, or what keeps the master key, does not answer.
	ErrUnavailable = errors.New("what keeps the keys does not answer")
	// ErrOpen is returned where something would be written that nobody has sealed.
	ErrOpen = errors.New("a value that has to be sealed would have been written in clear")
)

// ForgedError is ErrForged, and says whose it was.
type ForgedError struct{ Holder Holder }

func (e *ForgedError) Error() string { return ErrForged.Error() }

// Is makes it the same as ErrForged.
func (e *ForgedError) Is(target error) bool { return target == ErrForged }
