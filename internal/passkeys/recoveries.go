package passkeys

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// AskRecovery asks the admins of the tenant to let a new passkey be registered. Whoever has none yet needs no recovery.
func (s *Service) AskRecovery(ctx context.Context, session signin.Session) error {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return err
	}
	administrators, err := s.door.Administrators(ctx, session)
	if err != nil {
		return err
	}
	if len(administrators) < administratorsNeeded {
		return fault.Refused("passkeys.recovery.refused.few")
	}
	return s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		own, err := s.own(ctx, tx, session)
		if err != nil {
			return err
		}
		switch {
		case own.Keys == 0:
			return fault.Refused("passkeys.recovery.refused.none")
		case own.Asked != nil:
			return nil // asked twice is asked once
		}
		// What lapsed makes room for a new one.
		lapsed, err := findOwnRecovery(ctx, tx)
		if err != nil {
			return err
		}
		if lapsed != nil {
			if err := endRecovery(ctx, tx, lapsed.RecoveryID, false, s.now()); err != nil {
				return err
			}
		}
		err = insertRecovery(ctx, tx, session, ids.New[Recovery](), s.now())
		if tenantdb.Violates(err, "passkey_recoveries_wait_one_at_a_time") {
			return fault.Conflict("passkeys.recovery.refused.over")
		}
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRecoveryAsked}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by.Tenant, append(administrators, by.Person)...)
	})
}

// WithdrawRecovery takes back what was asked for: the passkey was found again.
func (s *Service) WithdrawRecovery(ctx context.Context, session signin.Session) error {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return err
	}
	return s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		asked, err := findOwnRecovery(ctx, tx)
		if err != nil || asked == nil {
			return err
		}
		if err := endRecovery(ctx, tx, asked.RecoveryID, false, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRecoveryWithdrawn})
	})
}

// Recoveries gives to an admin what people of the tenant and of its offices have asked for, newest first.
func (s *Service) Recoveries(ctx context.Context) (list []Recovery, err error) {
	if _, err := access.Require(ctx, access.PasskeyRecoveryList); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		list, err = listRecoveries(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list recoveries: %w", err)
	}
	return list, nil
}

// Considered is a recovery before an admin, and what she or he may do about it.
type Considered struct {
	Recovery
	// Own: the admin asked for it her- or himself. Said: has granted it already.
	Own, Said bool
}

// Consider gives a recovery to an admin.
func (s *Service) Consider(ctx context.Context, id RecoveryID) (Considered, error) {
	by, err := access.Require(ctx, access.PasskeyRecoveryList)
	if err != nil {
		return Considered{}, err
	}
	var considered Considered
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		found, err := findRecovery(ctx, tx, id)
		if err != nil {
			return err
		}
		identity, err := findIdentity(ctx, tx, by.Person)
		considered = Considered{found, found.Of(identity), found.GrantedBy(identity)}
		return err
	})
	if err != nil {
		return Considered{}, fmt.Errorf("consider recovery %s: %w", id, err)
	}
	return considered, nil
}

// Grant is an admin's yes to a recovery; Refuse a no.
func (s *Service) Grant(ctx context.Context, id RecoveryID, reason string) error {
	return s.answer(ctx, access.PasskeyRecoveryGrant, id, reason, (*Recovery).Grant, journal.PasskeyRecoveryGranted)
}

// Refuse is an admin's no to a recovery.
func (s *Service) Refuse(ctx context.Context, id RecoveryID, reason string) error {
	return s.answer(ctx, access.PasskeyRecoveryGrant, id, reason, (*Recovery).Refuse, journal.PasskeyRecoveryRefused)
}

func (s *Service) answer(ctx context.Context, action access.Action, id RecoveryID, reason string,
	say func(*Recovery, tenantdb.PersonID, signin.IdentityID, string, time.Time) error, entry journal.Action) error {
	by, err := access.Require(ctx, action)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		recovery, err := lockRecovery(ctx, tx, id)
		if err != nil {
			return err
		}
		identity, err := findIdentity(ctx, tx, by.Person)
		if err != nil {
			return err
		}
		if err := say(&recovery, by.Person, identity, reason, s.now()); err != nil {
			return err
		}
		if err := updateAnswer(ctx, tx, recovery); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: entry}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by.Tenant, recovery.PersonID, recovery.FirstBy, recovery.SecondBy, by.Person)
	})
}
