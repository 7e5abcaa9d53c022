package operators

import (
	"context"
	"errors"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Redeem binds an operator to whoever signed in and enters the code that was handed to her or him. Every refusal is the same to
// whoever tries.
func (s *Service) Redeem(ctx context.Context, session Session, typed string) (Arrival, error) {
	prefix, hash, ok := signin.ReadCode(typed)
	if !ok || prefix != codePrefix {
		return Arrival{}, errCode
	}
	now := s.now()
	var arrival Arrival
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		operator, err := takeCode(ctx, tx, hash, session.Issuer, session.Subject, now)
		if err != nil {
			return err
		}
		if err := insertAct(ctx, tx, entry{Operator: operator.OperatorID, Action: Bound}); err != nil {
			return err
		}
		bound := session
		bound.Operator, bound.BoundAt, bound.ConfirmedAt = &operator, now, time.Time{}
		arrival, err = s.goOn(ctx, tx, session, bound)
		return err
	})
	if errors.Is(err, fault.NotFound()) || tenantdb.Violates(err, "operators_are_one_person_each") {
		return Arrival{}, errCode
	}
	return arrival, err
}

// goOn replaces a session by one with a new secret.
func (s *Service) goOn(ctx context.Context, tx tenantdb.Tx, from, to Session) (arrival Arrival, err error) {
	if err := replaceSession(ctx, tx, from.hash, s.now()); err != nil {
		return Arrival{}, err
	}
	arrival.Token, err = s.start(ctx, tx, &to)
	arrival.Session = to
	return arrival, err
}

// Ask asks the browser to register a passkey, or to sign with one.
func (s *Service) Ask(ctx context.Context, session Session, register bool) (Ceremony, error) {
	asked := Ceremony{ChallengeID: ids.New[Ceremony](), Register: register}
	if session.Operator == nil || register && !session.MayRegister(s.now()) {
		return Ceremony{}, errRegister
	}
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		keys, err := listKeys(ctx, tx, session.Operator.OperatorID)
		if err != nil {
			return err
		}
		ask := s.factor.AskToConfirm
		if register {
			ask = s.factor.AskToRegister
		}
		var ceremony []byte
		if asked.Options, ceremony, err = ask(session.holder(kept(keys))); err != nil {
			return err
		}
		return insertChallenge(ctx, tx, asked, session.SessionID, ceremony, s.now())
	})
	return asked, err
}

// Confirm takes a browser's answer, be it a new passkey or a signature, and goes on in a session in which both factors were shown.
func (s *Service) Confirm(ctx context.Context, session Session, answer Answer) (Arrival, error) {
	if session.Operator == nil {
		return Arrival{}, errRegister
	}
	who, now := session.Operator.OperatorID, s.now()
	var register bool
	var ceremony []byte
	err := s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		register, ceremony, err = deleteChallenge(ctx, tx, answer.ChallengeID, session.SessionID, now)
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, passkeys.Late()
	}
	if err != nil {
		return Arrival{}, err
	}
	var arrival Arrival
	err = s.write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		// Looked at anew: somebody may have been removed, or another may have registered, meanwhile.
		current, err := lockOperator(ctx, tx, who)
		if err != nil {
			return err
		}
		keys, err := listKeys(ctx, tx, who)
		if err != nil {
			return err
		}
		checked := session
		checked.Operator = &current
		if register {
			err = s.register(ctx, tx, checked, kept(keys), ceremony, answer.Response)
		} else {
			err = s.sign(ctx, tx, checked, keys, ceremony, answer.Response)
		}
		if passkeys.Doubted(err) {
			return errors.Join(insertAct(ctx, tx, entry{Operator: who, Action: KeyDenied}), tenantdb.AndCommit(err))
		}
		if err != nil {
			return err
		}
		if err := noteArrival(ctx, tx, who, now); err != nil {
			return err
		}
		if err := insertAct(ctx, tx, entry{Operator: who, Action: SignedIn}); err != nil {
			return err
		}
		checked.ConfirmedAt, checked.BoundAt = now, time.Time{}
		arrival, err = s.goOn(ctx, tx, session, checked)
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return Arrival{}, ErrNoSession
	}
	return arrival, err
}

func (s *Service) register(ctx context.Context, tx tenantdb.Tx, session Session, keys []passkeys.Kept, ceremony []byte, response string) error {
	if !session.MayRegister(s.now()) {
		return errRegister
	}
	made, err := s.factor.Registered(session.holder(keys), ceremony, response)
	if err != nil {
		return err
	}
	if err := insertKey(ctx, tx, session.Operator.OperatorID, made, s.now()); err != nil {
		return err
	}
	return insertAct(ctx, tx, entry{Operator: session.Operator.OperatorID, Action: KeyAdded})
}

func (s *Service) sign(ctx context.Context, tx tenantdb.Tx, session Session, keys []keyRow, ceremony []byte, response string) error {
	signed, err := s.factor.Confirmed(session.holder(kept(keys)), ceremony, response)
	if err != nil {
		return err
	}
	return updateKey(ctx, tx, signed, s.now())
}
