package passkeys

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Service is how people register passkeys, confirm with them, and get new ones when they are lost.
type Service struct {
	db      *tenantdb.DB
	door    *signin.Service
	relying relying
	now     func() time.Time
	mails   bool
}

// New makes the service for an application that is reached at the origins. Mails says that e-mails are sent.
func New(db *tenantdb.DB, door *signin.Service, origins []string, now func() time.Time, mails bool) (*Service, error) {
	relying, err := rely(origins)
	if err != nil {
		return nil, err
	}
	return &Service{db, door, relying, now, mails}, nil
}

// Origin is where passkeys work; empty says that they work nowhere, since the application is reached by a number.
func (s *Service) Origin() string { return s.relying.origin }

// factor is the scope in which somebody's passkeys exist. The session has to be that of whoever asks.
func factor(ctx context.Context, by access.Principal, session signin.Session) (context.Context, error) {
	if session.Membership.Person != by.Person || session.Membership.Tenant != by.Tenant || session.Identity.ID.Zero() || len(session.Binding()) == 0 {
		return nil, fault.NotFound()
	}
	return tenantdb.WithScope(ctx, tenantdb.Factor(by.Tenant, by.Office, by.Person, session.Identity.ID.UUID())), nil
}

// Own is what somebody has to confirm with, and what can be done about it.
type Own struct {
	Standing
	Passkeys []Passkey
	// Asked is the recovery that was asked for and that nothing has ended yet; nil is none.
	Asked *Recovery
	// Administrators is how many others could grant one.
	Administrators int
}

// Enough says whether there are the two admins that a recovery needs.
func (o Own) Enough() bool { return o.Administrators >= administratorsNeeded }

// Show gives the passkeys of whoever asks.
func (s *Service) Show(ctx context.Context, session signin.Session) (Own, error) {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return Own{}, err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return Own{}, err
	}
	var own Own
	err = s.db.View(scoped, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		own, err = s.own(ctx, tx, session)
		return err
	})
	if err != nil {
		return Own{}, fmt.Errorf("show passkeys: %w", err)
	}
	administrators, err := s.door.Administrators(ctx, session)
	own.Administrators = len(administrators)
	return own, err
}

func (s *Service) own(ctx context.Context, tx tenantdb.Tx, session signin.Session) (Own, error) {
	keys, err := listPasskeys(ctx, tx)
	if err != nil {
		return Own{}, err
	}
	recovery, err := findOwnRecovery(ctx, tx)
	if err != nil {
		return Own{}, err
	}
	own := Own{Standing: standing(session, len(keys), recovery, s.now()), Passkeys: keys}
	if recovery != nil && (recovery.Waits(s.now()) || recovery.Granted(s.now())) {
		own.Asked = recovery
	}
	return own, nil
}

// BeginRegistration asks the browser for a new passkey, if one may be registered now.
func (s *Service) BeginRegistration(ctx context.Context, session signin.Session) (Ceremony, error) {
	return s.begin(ctx, access.PasskeyKeep, session, toRegister)
}

// BeginConfirmation asks the browser to sign with one of the person's passkeys. Without any it is fault.NotFound: the first has to
// be registered before.
func (s *Service) BeginConfirmation(ctx context.Context, session signin.Session) (Ceremony, error) {
	return s.begin(ctx, access.PasskeyKeep, session, toConfirm)
}

func (s *Service) begin(ctx context.Context, action access.Action, session signin.Session, what purpose) (Ceremony, error) {
	by, err := access.Require(ctx, action)
	if err != nil {
		return Ceremony{}, err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return Ceremony{}, err
	}
	begun := Ceremony{ChallengeID: ids.New[Ceremony]()}
	err = s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		own, err := s.own(ctx, tx, session)
		if err != nil {
			return err
		}
		var ceremony webauthn.SessionData
		of := accountOf(session, own.Passkeys)
		if what == toConfirm {
			if own.Keys == 0 {
				return fault.NotFound()
			}
			begun.Options, ceremony, err = s.relying.askToConfirm(of)
		} else {
			if err := own.room(); err != nil {
				return err
			}
			begun.Options, ceremony, err = s.relying.askToRegister(of)
		}
		if err != nil {
			return err
		}
		if err := deleteOldChallenges(ctx, tx, s.now()); err != nil {
			return err
		}
		return insertChallenge(ctx, tx, session, begun.ChallengeID, what, ceremony, s.now().Add(challengeLifetime))
	})
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to %s: %w", what, err)
	}
	return begun, nil
}

// room says whether a passkey may be registered, and whether there is room for one more.
func (o Own) room() error {
	if err := o.MayRegister(); err != nil {
		return err
	}
	if o.Keys >= most && !o.Replaces() {
		return fault.Refused("passkeys.refused.many")
	}
	return nil
}

// take uses a challenge up: whatever becomes of the answer to it, it is worth nothing afterwards.
func (s *Service) take(scoped context.Context, session signin.Session, id ChallengeID, what purpose) (ceremony webauthn.SessionData, err error) {
	err = s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		ceremony, err = deleteChallenge(ctx, tx, session, id, what, s.now())
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return ceremony, errLate
	}
	return ceremony, err
}

// Answer is what a browser answers to a ceremony.
type Answer struct {
	ChallengeID ChallengeID
	// Response is what the passkey said, as the standard writes it (JSON).
	Response string
}

// Confirm checks that somebody has confirmed with a passkey of hers or his, and gives the session in which that counts.
func (s *Service) Confirm(ctx context.Context, session signin.Session, answer Answer) (signin.Arrival, error) {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return signin.Arrival{}, err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return signin.Arrival{}, err
	}
	if answer.Response == "" {
		return signin.Arrival{}, errSilent
	}
	ceremony, err := s.take(scoped, session, answer.ChallengeID, toConfirm)
	if err != nil {
		return signin.Arrival{}, err
	}
	err = s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		keys, err := lockPasskeys(ctx, tx)
		if err != nil {
			return err
		}
		key, err := s.relying.confirmed(accountOf(session, keys), ceremony, answer.Response)
		if err != nil {
			reason := "answer"
			if errors.Is(err, errCopied) && !key.PasskeyID.Zero() {
				reason = "sign_count"
			}
			return errors.Join(journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRefused, Reason: reason}), tenantdb.AndCommit(err))
		}
		if err := updatePasskey(ctx, tx, key, s.now()); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyUsed})
	})
	if err != nil {
		return signin.Arrival{}, err
	}
	return s.door.Confirm(ctx, session, false)
}

// Register takes a new passkey, and gives the session in which having shown it counts as having confirmed. After a recovery it
// takes the place of those that are there, and every other session of the person ends.
func (s *Service) Register(ctx context.Context, session signin.Session, answer Answer, name, otherwise string) (signin.Arrival, error) {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return signin.Arrival{}, err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return signin.Arrival{}, err
	}
	if answer.Response == "" {
		return signin.Arrival{}, errSilent
	}
	ceremony, err := s.take(scoped, session, answer.ChallengeID, toRegister)
	if err != nil {
		return signin.Arrival{}, err
	}
	replaces := false
	err = s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := lockPasskeys(ctx, tx); err != nil {
			return err
		}
		own, err := s.own(ctx, tx, session)
		if err != nil {
			return err
		}
		if err := own.room(); err != nil {
			return err
		}
		made, err := s.relying.registered(accountOf(session, own.Passkeys), ceremony, answer.Response)
		if err != nil {
			return errors.Join(journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRefused, Reason: "answer"}), tenantdb.AndCommit(err))
		}
		told := []tenantdb.PersonID{by.Person}
		if replaces = own.Replaces(); replaces {
			if err := deletePasskeys(ctx, tx); err != nil {
				return err
			}
			if err := endRecovery(ctx, tx, own.Asked.RecoveryID, true, s.now()); err != nil {
				return err
			}
			if err := journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRecoveryUsed}); err != nil {
				return err
			}
			told = append(told, own.Asked.FirstBy, own.Asked.SecondBy)
		}
		key := Passkey{PasskeyID: ids.New[Passkey](), Name: named(name, otherwise), AddedAt: s.now(), credential: made}
		if err := insertPasskey(ctx, tx, session, key); err != nil {
			if tenantdb.Violates(err, "passkeys_are_registered_once") {
				return errAnswer
			}
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyAdded}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by.Tenant, told...)
	})
	if err != nil {
		return signin.Arrival{}, err
	}
	return s.door.Confirm(ctx, session, replaces)
}

// Remove takes away one of several passkeys of whoever asks, who has confirmed just before.
func (s *Service) Remove(ctx context.Context, session signin.Session, id ID) error {
	by, err := access.Require(ctx, access.PasskeyKeep)
	if err != nil {
		return err
	}
	scoped, err := factor(ctx, by, session)
	if err != nil {
		return err
	}
	return s.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		keys, err := lockPasskeys(ctx, tx)
		if err != nil {
			return err
		}
		if err := standing(session, len(keys), nil, s.now()).MayRemove(); err != nil {
			return err
		}
		if err := deletePasskey(ctx, tx, id); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.PasskeyRemoved}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by.Tenant, by.Person)
	})
}
