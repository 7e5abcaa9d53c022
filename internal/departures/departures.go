// Package departures is how an organisation leaves, as those see it who administer it: for which key everything is encrypted that
// leaves, which one of them gives and another confirms, and whether it is planned that everything is deleted here. What leaves is
// written, and deleted, by command (internal/transfers).
package departures

import (
	"errors"
	"strings"
	"time"

	"filippo.io/age"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Key is the public key for which an archive is encrypted.
type Key struct {
	Recipient string
	Version   int
	WrittenBy tenantdb.PersonID
	WrittenAt time.Time
	// ConfirmedBy is nobody until another one has confirmed it.
	ConfirmedBy tenantdb.PersonID
	ConfirmedAt *time.Time
}

// Confirmed says that archives are encrypted for it.
func (k Key) Confirmed() bool { return k.ConfirmedAt != nil }

// Confirm says that a second person has compared it.
func (k *Key) Confirm(by tenantdb.PersonID, at time.Time) error {
	switch {
	case k.Confirmed():
		return fault.Conflict("departures.key.confirmed_already")
	case k.WrittenBy == by:
		return fault.Refused("departures.key.another")
	}
	k.ConfirmedBy, k.ConfirmedAt = by, &at
	return nil
}

// ParseKey reads a public key as age-keygen prints it (age1…). A private one is refused in words of its own: it has to be thought of as
// given away.
func ParseKey(typed string) (string, error) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if strings.HasPrefix(typed, "age-secret-key-") {
		return "", fault.Invalid("recipient", "departures.key.private")
	}
	key, err := age.ParseX25519Recipient(typed)
	if err != nil {
		return "", fault.Invalid("recipient", "departures.key.wrong")
	}
	return key.String(), nil
}

// Removal is that everything is to be deleted here.
type Removal struct{ PlannedAt, DueAt time.Time }

// Sheet is what stands of leaving.
type Sheet struct {
	// Key is nil where none was given, Removal where none is planned.
	Key     *Key
	Removal *Removal
	// Names are those of the administrators.
	Names map[tenantdb.PersonID]string
	// Me is who reads it: whoever gave the key does not confirm it.
	Me tenantdb.PersonID
}

// MayConfirm says whether the reader is the one to confirm the key.
func (s Sheet) MayConfirm() bool {
	return s.Key != nil && !s.Key.Confirmed() && s.Key.WrittenBy != s.Me
}

var errMoved = errors.New("the key was changed meanwhile")
