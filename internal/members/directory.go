package members

import (
	"context"
	"errors"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// ErrLastAdmins says that a directory would leave a tenant with fewer than two people who administer it: one alone could neither give
// a role nor change a connection.
var ErrLastAdmins = errors.New("one of the last two administrators")

// fewestAdmins is how many a directory leaves.
const fewestAdmins = 2

// Shutting is that a directory shuts somebody out, by whichever of her or his memberships.
type Shutting struct {
	People []Person
	Admins int
}

// Check holds that two stay who administer: all of the memberships end, or none.
func (s Shutting) Check(now time.Time) error {
	for _, person := range s.People {
		if person.Role == access.Admin && person.EndedAt == nil && s.Admins <= fewestAdmins {
			return ErrLastAdmins
		}
	}
	return nil
}

// EndKnownAs ends, at once, the memberships of whomever a provider calls by a subject, in the transaction of what asks for it. Sessions
// end with them (the database sees to that), and what the person carries stays to be handed over. It says how many ended.
func EndKnownAs(ctx context.Context, tx tenantdb.Tx, by access.Principal, connection signin.ConnectionID, subject string, now time.Time) (ended int, err error) {
	admins, err := lockAdmins(ctx, tx)
	if err != nil {
		return 0, err
	}
	people, err := lockKnownAs(ctx, tx, connection, subject)
	if err != nil {
		return 0, err
	}
	if err := (Shutting{people, admins}).Check(now); err != nil {
		return 0, err
	}
	for _, person := range people {
		if person.GoneAt(now) {
			continue
		}
		if err := updateEnd(ctx, tx, person, &now, Disabled); err != nil {
			return 0, err
		}
		done := aboutPerson(Shut, person)
		if err := insertAct(ctx, tx, by, done, now); err != nil {
			return 0, err
		}
		if err := journal.Record(ctx, tx, done.entry()); err != nil {
			return 0, err
		}
		ended++
	}
	return ended, nil
}

// WorksHere says whether whomever a provider calls by a subject has a membership that lasts.
func WorksHere(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, subject string, now time.Time) (bool, error) {
	people, err := listKnownAs(ctx, tx, connection, subject)
	for _, person := range people {
		if !person.GoneAt(now) {
			return true, err
		}
	}
	return false, err
}
